"""Pages about one's own sign-in: the second factor, recovery codes, and sessions."""

from http import HTTPStatus
from typing import Any

import segno
from django.contrib import admin, messages
from django.contrib.admin.views.decorators import staff_member_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential

from runfit.accounts import limits
from runfit.accounts.factors import services as factors
from runfit.accounts.factors.passkeys import passkey_addresses, passkeys_work
from runfit.accounts.forms import AddressForm, CodeForm
from runfit.accounts.sign_ins.services import sign_ins_end, sign_ins_end_others, sign_ins_of
from runfit.lib.audit import change_log
from runfit.lib.sign_in.recent import recent_sign_in_check

WRONG_CODE = _(
    "That code doesn't work. Codes change every 30 seconds: try the one that's there now."
)


def page(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    """A page of the desk that no cache keeps."""
    context = {**admin.site.each_context(request), "next": next_address(request), **context}
    response = TemplateResponse(request, f"admin/account/{template}.html", context)
    response["Cache-Control"] = "no-store"
    return response


def next_address(request: HttpRequest) -> str:
    """Where to go on, if that's on this site."""
    address = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        address, {request.get_host()}, require_https=request.is_secure()
    )
    return address if is_ours else ""


def owner(request: HttpRequest) -> User:
    """The account that's signed in: each view here asks for one."""
    user: User = request.user  # type: ignore[assignment]
    return user


def sign_in(request: HttpRequest) -> HttpResponse:
    """Django's page, with passkeys, and limits before a password is looked at."""
    extra = {"passkey": passkeys_work() and passkey_addresses()}
    if request.method != "POST":
        return admin.site.login(request, extra)
    who = limits.who_tries(request, request.POST.get("username", ""))
    try:
        limits.attempt_begin(kind=limits.SIGN_IN, who=who)
    except limits.TooManyAttemptsError as error:
        return limits.too_many_page(request, error)
    response = admin.site.login(request, extra)
    if response.status_code == HTTPStatus.FOUND:
        limits.attempts_forget(kind=limits.SIGN_IN, who=who)
        limits.browser_remember(response, who)
    return response


@never_cache
@staff_member_required
def prove(request: HttpRequest) -> HttpResponse:
    """After the password: a passkey, a code of the app, or a recovery code."""
    user = owner(request)
    owned = factors.factors_of(user)
    form = CodeForm(request.POST or None)
    if form.is_valid():
        who = limits.who_tries(request, f"account {user.pk}")
        try:
            limits.attempt_begin(kind=limits.CODE, who=who)
        except limits.TooManyAttemptsError as error:
            return limits.too_many_page(request, error)
        device = factors.code_verify(user=user, code=form.cleaned_data["code"])
        if device is not None:
            limits.attempts_forget(kind=limits.CODE, who=who)
            factors.second_factor_passed(request, device)
            return redirect(next_address(request) or "admin:index")
        form.refuse(WRONG_CODE)
    return page(
        request,
        "second_factor",
        title=gettext("One more step"),
        has_permission=False,  # no menu yet
        form=form,
        factors=owned,
        passkeys=passkeys_work() and owned.passkeys,
        passkey=passkey_addresses(),
    )


@never_cache
@staff_member_required
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """The account's own page: second factor and sessions."""
    recent_sign_in_check(request)
    user = owner(request)
    return page(
        request,
        "account",
        title=gettext("Your sign-in"),
        has_permission=not factors.must_enroll(request),
        factors=factors.factors_of(user),
        must_enroll=factors.must_enroll(request),
        passkeys_work=passkeys_work(),
        passkey=passkey_addresses(register=True),
        sign_ins=sign_ins_of(user),
        here=request.session.session_key,
        address=AddressForm(initial={"email": user.email}),
    )


@never_cache
@staff_member_required
def app(request: HttpRequest) -> HttpResponse:
    """Sets up an authenticator app. Only a post makes a new secret."""
    recent_sign_in_check(request)
    user = owner(request)
    form = CodeForm(request.POST if "code" in request.POST else None)
    device = factors.app_waiting(user)
    if device is None or (request.method == "POST" and not form.is_bound):
        if request.method != "POST":
            return redirect("accounts:account")
        device = factors.app_begin(user=user)
    if form.is_valid():
        if factors.app_confirm(device=device, code=form.cleaned_data["code"]):
            factors.second_factor_passed(request, device)
            sign_ins_end_others(request=request, user=user)
            return _codes_page(request)
        form.refuse(WRONG_CODE)
    return page(
        request,
        "app",
        title=gettext("Set up an authenticator app"),
        has_permission=not factors.must_enroll(request),
        form=form,
        secret=_in_fours(device),
        qr_code=_qr_code(device.config_url),
    )


@never_cache
@staff_member_required
@require_POST
def codes(request: HttpRequest) -> HttpResponse:
    recent_sign_in_check(request)
    if not factors.has_factor(owner(request)):
        return redirect("accounts:account")
    return _codes_page(request)


@staff_member_required
@require_POST
def passkey_remove(request: HttpRequest, pk: int) -> HttpResponse:
    recent_sign_in_check(request)
    device = get_object_or_404(WebAuthnCredential, pk=pk, user=owner(request))
    factors.factor_remove(request=request, device=device)
    messages.success(request, gettext("That passkey no longer opens this account."))
    return redirect("accounts:account")


@staff_member_required
@require_POST
def app_remove(request: HttpRequest) -> HttpResponse:
    recent_sign_in_check(request)
    device = get_object_or_404(TOTPDevice, user=owner(request), confirmed=True)
    factors.factor_remove(request=request, device=device)
    messages.success(request, gettext("The app's codes no longer open this account."))
    return redirect("accounts:account")


@staff_member_required
@require_POST
def email(request: HttpRequest) -> HttpResponse:
    """Where a new password can be sent."""
    recent_sign_in_check(request)
    form, user = AddressForm(request.POST), owner(request)
    if form.is_valid():
        before, user.email = user.email, form.cleaned_data["email"]
        user.save(update_fields=["email"])
        change_log(user, "email", *("set" if each else "" for each in (before, user.email)))
        messages.success(request, gettext("Saved."))
    else:
        messages.error(request, gettext("That's not an email address, so it wasn't saved."))
    return redirect("accounts:account")


@staff_member_required
@require_POST
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    user = owner(request)
    sign_ins_end(user=user, sign_ins=user.sign_ins.filter(pk=pk))
    messages.success(request, gettext("Signed out there."))
    return redirect("accounts:account")


@staff_member_required
@require_POST
def sessions_end(request: HttpRequest) -> HttpResponse:
    sign_ins_end_others(request=request, user=owner(request))
    messages.success(request, gettext("Signed out everywhere but here."))
    return redirect("accounts:account")


def _codes_page(request: HttpRequest) -> HttpResponse:
    """Shows new codes. They're made by a post, so a reload asks first."""
    return page(
        request,
        "codes",
        title=gettext("Your recovery codes"),
        has_permission=not factors.must_enroll(request),
        codes=factors.codes_make(user=owner(request)),
    )


def _in_fours(device: TOTPDevice) -> str:
    """The secret as apps take it when it's typed."""
    secret = device.config_url.partition("secret=")[2].partition("&")[0]
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def _qr_code(address: str) -> SafeString:
    """Marked safe: it's nothing but shapes."""
    return mark_safe(segno.make(address).svg_inline(scale=4, border=2, light="#fff"))
