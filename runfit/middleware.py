"""Middleware: pages and their headers, sessions that cost nothing unless asked, and the desk's."""

from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from typing import Any

from auditlog.middleware import AuditlogMiddleware
from csp.constants import HEADER
from csp.middleware import CSPMiddleware, PolicyParts
from csp.utils import build_policy
from django.conf import settings
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.urls import reverse


class CspMiddleware(CSPMiddleware):
    """Builds the policy once: only a few of the desk's pages have one of their own."""

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        self.policy, self.plain = build_policy(), PolicyParts()

    def process_request(self, request: HttpRequest) -> None:
        """No page of ours has a nonce."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if self.get_policy_parts(request, response) != self.plain:
            return super().process_response(request, response)
        response.headers[HEADER] = self.policy
        return response


class PageGZipMiddleware(GZipMiddleware):
    """Compresses pages here, so that they stay light whatever stands in front. PDF and raster
    images are left alone: they are compressed already.

    Django pads each page by a random length, so that its size tells nothing of the CSRF token.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> Any:
        if response.headers.get("Content-Type", "").startswith(("text/", "image/svg+xml")):
            return super().process_response(request, response)
        return response


def script_redirects(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a script hears where its form leads, and goes there once. Sent there, it would
    have fetched a page that the browser then fetches again."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        asked = request.headers.get("X-Sent-By") == "script"
        if asked and response.status_code == HTTPStatus.SEE_OTHER:
            response["X-Go-To"] = response["Location"]
            del response["Location"]
            response.status_code = HTTPStatus.NO_CONTENT
        return response

    return middleware


class LazySessionMiddleware(SessionMiddleware):
    """Sessions, and with them `request.user`, for any code that asks. A page that asks for neither
    is answered as if there were none: no query, no cookie, no `Vary: Cookie`."""

    def process_request(self, request: HttpRequest) -> None:
        """What is no key of a session is not looked up: the quotes of a cookie may hide a NUL
        (`"\\000"`), which PostgreSQL refuses."""
        name = settings.SESSION_COOKIE_NAME
        if not request.COOKIES.get(name, "").isalnum():
            request.COOKIES.pop(name, None)
        super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Django would take a cookie that holds no session away again, asked or not."""
        if request.session.accessed or request.session.modified:
            return super().process_response(request, response)
        return response


def is_desk(request: HttpRequest) -> bool:
    return request.path.startswith(_desk())


@cache
def _desk() -> str:
    return reverse("admin:index")


class DeskOnly:
    """Runs a middleware for the admin's requests only. Runners' pages need neither messages nor
    the log of changes."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        if is_desk(request):
            return super().__call__(request)  # type: ignore[misc]
        return self.get_response(request)


class DeskMessageMiddleware(DeskOnly, MessageMiddleware):
    pass


class DeskAuditMiddleware(DeskOnly, AuditlogMiddleware):
    pass
