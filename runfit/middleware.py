"""What only the desk needs: people who sign in, and the record of what they change."""

from functools import cache
from typing import Any

from auditlog.middleware import AuditlogMiddleware
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.urls import reverse


def at_the_desk(request: HttpRequest) -> bool:
    return request.path.startswith(_desk())


@cache
def _desk() -> str:
    return reverse("admin:index")


class DeskOnly:
    """Runs a middleware for the admin's requests only. Runners' pages need no session, no sign-in,
    and no messages."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        if at_the_desk(request):
            return super().__call__(request)  # type: ignore[misc]
        return self.get_response(request)


class DeskSessionMiddleware(DeskOnly, SessionMiddleware):
    def process_request(self, request: HttpRequest) -> None:
        """What is no key of a session is not looked up: the quotes of a cookie may hide a NUL
        (`"\\000"`), which PostgreSQL refuses."""
        name = settings.SESSION_COOKIE_NAME
        if not request.COOKIES.get(name, "").isalnum():
            request.COOKIES.pop(name, None)
        super().process_request(request)


class DeskAuthenticationMiddleware(DeskOnly, AuthenticationMiddleware):
    pass


class DeskMessageMiddleware(DeskOnly, MessageMiddleware):
    pass


class DeskAuditMiddleware(DeskOnly, AuditlogMiddleware):
    pass
