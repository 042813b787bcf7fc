"""Asks for the password or a passkey again before what would hurt most in a stranger's hands."""

import time
from datetime import timedelta

from django.http import HttpRequest

CONFIRMED_AT = "confirmed_at"
RECENT = timedelta(minutes=15)


class SignInTooOldError(Exception):
    """The middleware answers with a page that asks again, and then goes on with what was sent."""


def is_recent(request: HttpRequest) -> bool:
    confirmed_at = request.session.get(CONFIRMED_AT, 0.0)
    return bool(time.time() - confirmed_at < RECENT.total_seconds())


def recent_sign_in_check(request: HttpRequest) -> None:
    """Raises SignInTooOldError. Call it before anything is changed or shown."""
    if not is_recent(request):
        raise SignInTooOldError


def sign_in_confirm(request: HttpRequest) -> None:
    """Starts the time anew, after a password or a passkey was right."""
    request.session[CONFIRMED_AT] = time.time()
