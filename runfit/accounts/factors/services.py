"""Second factors of an account: passkeys, an authenticator app, and recovery codes."""

import secrets
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django_otp import devices_for_user
from django_otp import login as device_login
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential

from runfit.lib.audit import change_log
from runfit.lib.sign_in.recent import sign_in_confirm

DUE = "second_factor_due"
"""In the session: the password was right, the second factor is still to come."""
CODES = 10
HALF = 5
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike  # pragma: allowlist secret
APP_CODE = 6
RECORDED = "second factor"


@dataclass(frozen=True, slots=True)
class Factors:
    passkeys: list[WebAuthnCredential]
    app: TOTPDevice | None
    codes: int

    def __bool__(self) -> bool:
        return bool(self.passkeys or self.app)


def factors_of(user: User) -> Factors:
    return Factors(
        list(WebAuthnCredential.objects.filter(user=user, confirmed=True).order_by("pk")),
        TOTPDevice.objects.filter(user=user, confirmed=True).first(),
        StaticToken.objects.filter(device__user=user).count(),
    )


def has_factor(user: User) -> bool:
    """Recovery codes alone are none."""
    models = (WebAuthnCredential, TOTPDevice)
    return any(model.objects.filter(user=user, confirmed=True).exists() for model in models)


def must_enroll(request: HttpRequest) -> bool:
    """Whether this session lacks the second factor that the site demands."""
    user: Any = request.user
    return bool(settings.SECOND_FACTOR_REQUIRED and user.is_staff and not user.is_verified())


def second_factor_passed(request: HttpRequest, device: Device) -> None:
    device_login(request, device)
    request.session.pop(DUE, None)
    sign_in_confirm(request)


def app_begin(*, user: User) -> TOTPDevice:
    """A new secret for an authenticator app, which counts once a code proves that it's there."""
    TOTPDevice.objects.filter(user=user, confirmed=False).delete()
    device: TOTPDevice = TOTPDevice.objects.create(user=user, name="app", confirmed=False)
    return device


def app_waiting(user: User) -> TOTPDevice | None:
    return TOTPDevice.objects.filter(user=user, confirmed=False).last()


def app_confirm(*, device: TOTPDevice, code: str) -> bool:
    """Replaces an earlier app."""
    if not device.verify_token(_plain(code)):
        return False
    with transaction.atomic():
        TOTPDevice.objects.filter(user=device.user, confirmed=True).delete()
        TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
        device.confirmed = True
        change_log(device.user, RECORDED, "", "app")
    return True


def codes_make(*, user: User) -> list[str]:
    """New recovery codes in place of the old ones. Only their hashes are kept."""
    codes = ["".join(secrets.choice(LETTERS) for _ in range(2 * HALF)) for _ in range(CODES)]
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name="codes")
        StaticToken.objects.bulk_create(
            StaticToken(device=device, token=_code_hash(user, code)) for code in codes
        )
        change_log(user, RECORDED, "", "recovery codes")
    return [f"{code[:HALF]}-{code[HALF:]}" for code in codes]


@transaction.atomic
def code_verify(*, user: User, code: str) -> Device | None:
    """The device behind a code of the app, or a recovery code, which then is used up."""
    plain = _plain(code)
    is_app = plain.isdigit() and len(plain) == APP_CODE
    model, token = (TOTPDevice, plain) if is_app else (StaticDevice, _code_hash(user, plain))
    devices = model.objects.devices_for_user(user, confirmed=True).select_for_update()
    found = next((device for device in devices if device.verify_token(token)), None)
    if found is not None and not is_app:
        change_log(user, RECORDED, "recovery code", "used")
    return found


def factor_remove(*, request: HttpRequest, device: Device) -> None:
    """Removes a passkey or the app. With the last one, the codes go too."""
    user = device.user
    with transaction.atomic():
        change_log(user, RECORDED, _name(device), "")
        device.delete()
        if not has_factor(user):
            StaticDevice.objects.filter(user=user).delete()
    other = next(iter(devices_for_user(user)), None)
    if other is not None:  # this session stays verified if it was by what's gone
        device_login(request, other)


def factors_reset(*, user: User) -> None:
    """Takes away all factors of someone who lost them."""
    with transaction.atomic():
        for device in devices_for_user(user, confirmed=None):
            device.delete()
        change_log(user, RECORDED, "all", "reset")


def _name(device: Device) -> str:
    return "passkey" if isinstance(device, WebAuthnCredential) else "app"


def _plain(code: str) -> str:
    return "".join(sign for sign in code.lower() if sign.isalnum())


def _code_hash(user: User, code: str) -> str:
    """As many characters as the column takes. Too many to try, even with the database at hand."""
    digest = salted_hmac("accounts.recovery_code", f"{user.pk}:{code}", algorithm="sha256")
    return digest.hexdigest()[:16]
