"""How long a statement waits for somebody else's lock: a moment at a page, a minute elsewhere.

A page that waits holds a thread, and those who only read need one. What works beside the web
server holds nobody up, and should not give up a mail that was just taken.
"""

from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

REQUEST_SECONDS = 2.0
BACKGROUND_SECONDS = 60.0

_at_a_page = ContextVar("at_a_page", default=False)


def in_request() -> bool:
    """Whether somebody waits for the answer to a request."""
    return _at_a_page.get()


def request_lock_timeout(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware."""

    def middleware(request: HttpRequest) -> HttpResponse:
        before = _at_a_page.set(True)
        try:
            return get_response(request)
        finally:
            _at_a_page.reset(before)

    return middleware
