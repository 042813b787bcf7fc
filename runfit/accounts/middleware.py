"""Asks for the second factor first, and for the password again before what would hurt most."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from runfit.accounts import limits
from runfit.accounts.confirm import confirm_page, confirm_posted, is_confirming
from runfit.accounts.factors.services import DUE, has_factor, must_enroll
from runfit.accounts.sign_ins.services import sign_in_follow
from runfit.lib.sign_in.recent import SignInTooOldError
from runfit.middleware import is_desk

ALWAYS = {"sign_in", "admin:logout", "desk_language"}
PROVING = {
    "accounts:second_factor",
    "accounts:passkey_sign_in_begin",
    "accounts:passkey_sign_in_complete",
}
ENROLLING = {
    "accounts:account",
    "accounts:app",
    "accounts:codes",
    "accounts:passkey_register_begin",
    "accounts:passkey_register_complete",
    "admin:password_change",
    "admin:password_change_done",
}


class SignInMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_desk(request):
            return self.get_response(request)
        key = request.session.session_key
        response = self.get_response(request)
        if request.user.is_authenticated:
            sign_in_follow(request=request, key_before=key)
        return response

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        if not is_desk(request) or not request.user.is_authenticated:
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if step := _missing_step(request, name):
            return _detour(request, step)
        if name == "admin:password_change" and request.method == "POST":
            return _limited(request)
        return confirm_posted(request) if is_confirming(request) else None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, SignInTooOldError):
            return confirm_page(request)
        return None


def _limited(request: HttpRequest) -> HttpResponse | None:
    """Django's page for a new password takes guesses at the old one, too."""
    who = limits.who_tries(request, request.user.get_username())
    try:
        limits.attempt_begin(kind=limits.SIGN_IN, who=who)
    except limits.TooManyAttemptsError as error:
        return limits.too_many_page(request, error)
    return None


def _missing_step(request: HttpRequest, name: str) -> str:
    """The page that comes before the one that was asked for; blank if none does."""
    if name in ALWAYS:
        return ""
    if request.session.get(DUE):
        return "" if name in PROVING else "accounts:second_factor"
    if not must_enroll(request):
        return ""
    if has_factor(request.user):  # type: ignore[arg-type]
        return "" if name in PROVING else "accounts:second_factor"
    return "" if name in ENROLLING else "accounts:account"


def _detour(request: HttpRequest, step: str) -> HttpResponseRedirect:
    if request.method != "GET":
        return redirect(step)
    return HttpResponseRedirect(f"{reverse(step)}?{urlencode({'next': request.get_full_path()})}")
