"""Passkeys: django-otp-webauthn's ceremonies, with the device's own check of who holds it."""

import logging
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import User
from django.core.exceptions import BadRequest
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django_otp_webauthn import views
from django_otp_webauthn.helpers import WebAuthnHelper
from django_otp_webauthn.models import AbstractWebAuthnCredential, WebAuthnCredential
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from runfit.accounts import limits
from runfit.accounts.factors.services import RECORDED, has_factor, second_factor_passed
from runfit.accounts.sign_ins.devices import device_name
from runfit.accounts.sign_ins.services import sign_ins_end_others
from runfit.lib.audit import change_log
from runfit.lib.http import json_posted
from runfit.lib.sign_in.recent import recent_sign_in_check

logger = logging.getLogger(__name__)


class PasskeyHelper(WebAuthnHelper):
    """A passkey asks for a fingerprint, a face, or a PIN each time, and knows whose it is: it's two
    factors in one, and opens without a name and a password."""

    def get_generate_registration_options_kwargs(self, *, user: AbstractBaseUser) -> dict[str, Any]:
        options: dict[str, Any] = super().get_generate_registration_options_kwargs(user=user)
        options["authenticator_selection"] = AuthenticatorSelectionCriteria(
            user_verification=UserVerificationRequirement.REQUIRED,
            resident_key=ResidentKeyRequirement.REQUIRED,
        )
        return options

    def get_generate_authentication_options_kwargs(
        self, *, user: AbstractBaseUser | None = None, require_user_verification: bool
    ) -> dict[str, Any]:
        options: dict[str, Any] = super().get_generate_authentication_options_kwargs(
            user=user, require_user_verification=True
        )
        return options

    def create_credential(self, *args: Any, **kwargs: Any) -> WebAuthnCredential:
        credential: WebAuthnCredential = super().create_credential(*args, **kwargs)
        credential.name = device_name(self.request)
        return credential


class JsonObjectMixin:
    """Refuses what isn't a JSON object of the expected kind: the library assumes it in places."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            if isinstance(json_posted(request), dict):
                return super().dispatch(request, *args, **kwargs)  # type: ignore[misc, no-any-return]
        except (AttributeError, BadRequest, KeyError, RecursionError, TypeError, ValueError):
            logger.info("A passkey's answer couldn't be read.")
        return JsonResponse({"detail": "Not a passkey's answer"}, status=400)


class RegisterBegin(JsonObjectMixin, views.BeginCredentialRegistrationView):
    def check_can_register(self) -> None:
        recent_sign_in_check(self.request)


class RegisterComplete(JsonObjectMixin, views.CompleteCredentialRegistrationView):
    def check_can_register(self) -> None:
        recent_sign_in_check(self.request)

    def post(self, *args: Any, **kwargs: Any) -> JsonResponse:
        """With the first one, sessions that were opened by a password alone end."""
        request: HttpRequest = self.request
        user: User = request.user  # type: ignore[assignment]
        is_first = not has_factor(user)
        response: JsonResponse = super().post(*args, **kwargs)  # type: ignore[no-untyped-call]
        change_log(user, RECORDED, "", "passkey")
        if is_first:
            sign_ins_end_others(request=request, user=user)
        return response


class SignInBegin(JsonObjectMixin, views.BeginCredentialAuthenticationView):
    def post(self, *args: Any, **kwargs: Any) -> JsonResponse:
        """A stranger's first step stores a session, so it's limited."""
        if not self.request.user.is_authenticated:
            who = limits.who_begins(self.request)
            try:
                limits.attempt_begin(kind=limits.PASSKEY, who=who)
            except limits.TooManyAttemptsError:
                return JsonResponse({"detail": "Too many tries"}, status=429)
        response: JsonResponse = super().post(*args, **kwargs)  # type: ignore[no-untyped-call]
        return response


class SignInComplete(JsonObjectMixin, views.CompleteCredentialAuthenticationView):
    def complete_auth(self, device: AbstractWebAuthnCredential) -> Any:
        super().complete_auth(device)
        limits.attempts_forget(kind=limits.PASSKEY, who=limits.who_begins(self.request))
        second_factor_passed(self.request, device)


def passkeys_work() -> bool:
    """Browsers offer passkeys on https and on this computer's own name."""
    return bool(settings.PASSKEYS)


def passkey_addresses(*, register: bool = False) -> dict[str, str]:
    name = "register" if register else "sign_in"
    return {step: reverse(f"accounts:passkey_{name}_{step}") for step in ("begin", "complete")}
