"""The id of the request that's being answered: in each line of its log, in its response, and in
Sentry. It says nothing about the visitor."""

import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings

HEADER = "X-Request-ID"
VALID = re.compile(r"[A-Za-z0-9._-]{8,64}")

_current: ContextVar[str] = ContextVar("request_id", default="")


def current() -> str:
    """Blank outside a request."""
    return _current.get()


@contextmanager
def request_id(environ: Mapping[str, Any]) -> Iterator[str]:
    """A new one, or the one that a trusted proxy gave the request."""
    given = environ.get("HTTP_X_REQUEST_ID", "")
    is_trusted = settings.TRUSTED_PROXIES and VALID.fullmatch(given)
    token = _current.set(given if is_trusted else uuid.uuid4().hex)
    try:
        yield _current.get()
    finally:
        _current.reset(token)
