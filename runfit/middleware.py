"""Middleware: CSP, compression, redirects for scripts, lazy sessions, and the desk's."""

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

from runfit.lib.translation import use_language


class CspMiddleware(CSPMiddleware):
    """Builds the policy once. Only a few of the desk's pages have their own."""

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        self.policy, self.plain = build_policy(), PolicyParts()

    def process_request(self, request: HttpRequest) -> None:
        """Our pages use no nonce."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if self.get_policy_parts(request, response) != self.plain:
            return super().process_response(request, response)
        response.headers[HEADER] = self.policy
        return response


class PageGZipMiddleware(GZipMiddleware):
    """Compresses pages here, whatever the proxy does. PDFs and raster images already are.

    Django pads each page by a random length, so its size reveals nothing about the CSRF token.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> Any:
        if response.headers.get("Content-Type", "").startswith(("text/", "image/svg+xml")):
            return super().process_response(request, response)
        return response


def script_redirects(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: gives a script the target of a redirect in a header. If `fetch` followed it, the
    page would be loaded twice."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_script = request.headers.get("X-Sent-By") == "script"
        if is_script and response.status_code == HTTPStatus.SEE_OTHER:
            response["X-Go-To"] = response["Location"]
            del response["Location"]
            response.status_code = HTTPStatus.NO_CONTENT
        return response

    return middleware


class LazySessionMiddleware(SessionMiddleware):
    """Sessions and `request.user` for any code that uses them. A page that uses neither needs no
    query, and sends no cookie and no `Vary: Cookie`."""

    def process_request(self, request: HttpRequest) -> None:
        """Drops malformed session keys: a quoted cookie may hide a NUL (`"\\000"`), which
        PostgreSQL rejects."""
        name = settings.SESSION_COOKIE_NAME
        if not request.COOKIES.get(name, "").isalnum():
            request.COOKIES.pop(name, None)
        super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Otherwise Django would delete a cookie without a session on every page."""
        if request.session.accessed or request.session.modified:
            return super().process_response(request, response)
        return response


def is_desk(request: HttpRequest) -> bool:
    return request.path.startswith(_desk())


@cache
def _desk() -> str:
    return reverse("admin:index")


def desk_language(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: the desk speaks the language that was picked in this browser. Runners' pages, and
    previews of them, speak their content's."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not is_desk(request):
            return get_response(request)
        picked = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, settings.LANGUAGE_CODE)
        with use_language(picked):
            return get_response(request)

    return middleware


class DeskOnly:
    """Mixin: runs a middleware for admin requests only. Runners' pages need neither messages nor
    the audit log."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        if is_desk(request):
            return super().__call__(request)  # type: ignore[misc]
        return self.get_response(request)


class DeskMessageMiddleware(DeskOnly, MessageMiddleware):
    pass


class DeskAuditMiddleware(DeskOnly, AuditlogMiddleware):
    pass
