"""System checks of accounts."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.contrib.auth.models import User
from django.core import checks
from django.db import DatabaseError, transaction
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential


@checks.register(checks.Tags.security, deploy=True)
def second_factor_is_required(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    if settings.SECOND_FACTOR_REQUIRED or not settings.HTTPS:
        return []
    return [
        checks.Warning(
            "SECOND_FACTOR is false on a public site: a password alone opens the desk.",
            hint="Unset SECOND_FACTOR, and each account sets up a passkey or an app at its next "
            "sign-in.",
            id="accounts.W001",
        )
    ]


@checks.register(checks.Tags.database)
def staff_has_second_factors(
    databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Ignores database errors: `migrate` runs this before the tables exist."""
    if not settings.SECOND_FACTOR_REQUIRED or "default" not in (databases or ()):
        return []
    try:
        with transaction.atomic():
            number = _without_second_factor()
    except DatabaseError:
        return []
    if not number:
        return []
    return [
        checks.Warning(
            f"{number} of the accounts that may open the desk have no second factor yet.",
            hint="They're asked to set one up when they sign in. Close those that aren't used: "
            "Practice, Who can sign in.",
            id="accounts.W002",
        )
    ]


def _without_second_factor() -> int:
    staff = User.objects.filter(is_active=True, is_staff=True)
    for model in (TOTPDevice, WebAuthnCredential):
        staff = staff.exclude(pk__in=model.objects.filter(confirmed=True).values("user"))
    return staff.count()
