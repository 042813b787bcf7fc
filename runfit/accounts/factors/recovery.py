"""What's left where someone has lost all passkeys, the app, and the codes."""

from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext

from runfit.accounts.factors.services import factors_reset
from runfit.accounts.limits import name_unlock
from runfit.accounts.sign_ins.services import sign_ins_end
from runfit.accounts.views import page
from runfit.lib.sign_in.recent import recent_sign_in_check


def account_recover(*, user: User) -> None:
    """Takes the second factors away, ends all sessions, and lets the name sign in at once."""
    factors_reset(user=user)
    sign_ins_end(user=user, sign_ins=user.sign_ins.all())
    name_unlock(user.get_username())


@staff_member_required
def factors_reset_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Who may do everything resets the second factors of someone else."""
    if not request.user.is_superuser:
        raise PermissionDenied
    recent_sign_in_check(request)
    user = get_object_or_404(User, pk=pk)
    if request.method == "POST":
        account_recover(user=user)
        messages.success(request, gettext("Reset. They set up a new one when they sign in."))
        return redirect("admin:auth_user_change", user.pk)
    title = gettext("Reset the second factor of {name}?").format(name=user.get_username())
    return page(request, "factors_reset", title=title, account=user)
