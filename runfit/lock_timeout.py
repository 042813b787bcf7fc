"""How long a statement waits for a lock: two seconds in a request, a minute elsewhere.

A waiting request holds a thread that reads need. Background work delays no request, and shouldn't
give up an email that it just claimed.
"""

from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

REQUEST_SECONDS = 2.0
BACKGROUND_SECONDS = 60.0

_in_request = ContextVar("in_request", default=False)


def in_request() -> bool:
    """Whether this code runs in a request."""
    return _in_request.get()


def request_lock_timeout(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: marks the code that runs in a request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        token = _in_request.set(True)
        try:
            return get_response(request)
        finally:
            _in_request.reset(token)

    return middleware
