"""The page that asks for the password or a passkey again, and goes on with what was sent."""

from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.http import escape_leading_slashes
from django.utils.translation import gettext

from runfit.accounts import limits
from runfit.accounts.factors.passkeys import passkey_addresses, passkeys_work
from runfit.accounts.factors.services import factors_of, must_enroll
from runfit.busy_page import posted_data
from runfit.lib.sign_in.recent import is_recent, sign_in_confirm

PASSWORD = "confirm_password"  # noqa: S105 - the name of a field
OPENING = "confirm_opening"
"""In the form if the page was only to be opened: then it's opened again."""


def is_confirming(request: HttpRequest) -> bool:
    return request.method == "POST" and PASSWORD in request.POST


def confirm_posted(request: HttpRequest) -> HttpResponse | None:
    """None lets the view have what was sent. A passkey has already made the sign-in recent."""
    user: User = request.user  # type: ignore[assignment]
    if not is_recent(request):
        who = limits.who_tries(request, user.get_username())
        try:
            limits.attempt_begin(kind=limits.SIGN_IN, who=who)
        except limits.TooManyAttemptsError as error:
            return limits.too_many_page(request, error)
        if not user.check_password(request.POST[PASSWORD]):
            return confirm_page(request, wrong=True)
        limits.attempts_forget(kind=limits.SIGN_IN, who=who)
        sign_in_confirm(request)
    if OPENING in request.POST:
        return HttpResponseRedirect(escape_leading_slashes(request.get_full_path()))
    return None


def confirm_page(request: HttpRequest, *, wrong: bool = False) -> HttpResponse:
    """Keeps what was sent in hidden fields. Passwords among it are asked for again."""
    opening = request.method != "POST" or OPENING in request.POST
    context = {
        **admin.site.each_context(request),
        "has_permission": not must_enroll(request),
        "title": gettext("Is it still you?"),
        "address": escape_leading_slashes(request.get_full_path()),
        "opening": opening,
        "posted": None if opening else posted_data(request, leave_out={PASSWORD}),
        "wrong": wrong,
        "passkeys": passkeys_work() and factors_of(request.user).passkeys,  # type: ignore[arg-type]
        "passkey": passkey_addresses(),
    }
    response = TemplateResponse(request, "admin/account/confirm.html", context, status=403)
    response["Cache-Control"] = "no-store"
    return response.render()
