"""Secrets that anyone could guess."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.conf import settings
from django.core import checks

from guides.checks.hosts import SETTINGS, site_is_local

EXAMPLES = ("change-me", "django-insecure-")
"""How the keys of examples begin: those of .env.example, and of Django's new projects."""
FEW_CHARACTERS = 5
HINT = 'Make one with: python3 -c "import secrets; print(secrets.token_hex(32))"'


class Key(NamedTuple):
    variable: str
    value: str
    least: int
    """Characters; 0 for the database, which may let this host in without a password."""


@checks.register(SETTINGS, checks.Tags.security)
def keys_are_secret(**kwargs: Any) -> list[checks.CheckMessage]:
    """On a computer of one's own, any key will do."""
    if site_is_local():
        return []
    return [
        checks.Error(f"{key.variable} {fault}: anyone can guess it.", hint=HINT, id="guides.E005")
        for key in _keys()
        if (fault := key_fault(key.value, key.least))
    ]


def key_fault(value: str, least: int) -> str:
    """What is wrong with this key; blank if nothing is, or if it isn't set."""
    if value.startswith(EXAMPLES):
        return "is the example"
    if value and least and len(set(value)) < FEW_CHARACTERS:
        return f"has fewer than {FEW_CHARACTERS} different characters"
    if value and len(value) < least:
        return f"is shorter than {least} characters"
    return ""


def _keys() -> Iterator[Key]:
    yield Key("SECRET_KEY", settings.SECRET_KEY, 32)
    yield Key("The password in DATABASE_URL", settings.DATABASES["default"].get("PASSWORD", ""), 0)
    password = settings.ANYMAIL_WEBHOOK_SECRET.partition(":")[2]
    yield Key("The password in MAIL_WEBHOOK_SECRET", password, 12)
    yield Key("METRICS_TOKEN", settings.METRICS_TOKEN, 16)
    yield Key("NEWSLETTER_SECRET", settings.NEWSLETTER_SECRET, 12)
