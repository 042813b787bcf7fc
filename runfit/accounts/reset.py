"""A new password by email. What the pages say and do is the same for any address."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.contrib.auth.views import PasswordResetConfirmView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from runfit.accounts import limits
from runfit.accounts.forms import AddressForm
from runfit.accounts.models import AccountEmail
from runfit.accounts.outbox import account_email_add
from runfit.accounts.views import page
from runfit.lib.audit import change_log

PER_ADDRESS = 3
"""Emails for one address in an hour."""


def reset_request(request: HttpRequest) -> HttpResponse:
    """Leaves a row, whoever asks. The worker finds out whether there's such an account."""
    form = AddressForm(request.POST or None)
    if not form.is_valid():
        return page(request, "reset", title=gettext("Forgot your password?"), form=form)
    address = form.cleaned_data["email"]
    try:
        limits.attempt_begin(kind=limits.RESET, who=limits.who_tries(request, address))
    except limits.TooManyAttemptsError as error:
        return limits.too_many_page(request, error)
    if limits.attempts_of_name(address, kind=limits.RESET) <= PER_ADDRESS:
        account_email_add(
            kind=AccountEmail.Kind.RESET, address=address, language=get_language() or "en"
        )
    return redirect("accounts:reset_sent")


def reset_sent(request: HttpRequest) -> HttpResponse:
    return page(request, "reset_sent", title=gettext("Check your email"))


class ResetConfirm(PasswordResetConfirmView):
    """Sets the password, and nothing more: signing in still takes the second factor."""

    template_name = "admin/account/reset_confirm.html"
    title = _("Pick a new password")
    success_url = reverse_lazy("sign_in")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "next": "", "has_permission": False}

    def form_valid(self, form: Any) -> HttpResponse:
        user: User = form.user
        with transaction.atomic():
            response = super().form_valid(form)
            change_log(user, "password", "", "reset by email")
        limits.name_unlock(user.get_username())
        messages.success(self.request, gettext("That's your password now. Sign in with it."))
        return response
