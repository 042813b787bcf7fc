"""What happens once someone has signed in, whichever way."""

from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from runfit.accounts.factors.services import DUE, has_factor
from runfit.accounts.sign_ins.services import sign_in_begin
from runfit.lib.sign_in.recent import sign_in_confirm


@receiver(user_logged_in)
def session_begin(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Without a second factor yet: django-otp adds that to the session when it's been given."""
    sign_in_begin(request=request, user=user)
    sign_in_confirm(request)
    if has_factor(user):
        request.session[DUE] = True
