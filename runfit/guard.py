"""Rejects requests that Django can't parse, before Django sees them.

Django's own middleware comes too late: a request is built from its headers before any of it runs,
in time that can grow with the square of their length, and its error pages read the same headers
again. Any remaining exception becomes an error page, and every response gets the security headers
here. The HTTP library's own reply to bytes that aren't HTTP (an empty 400) is out of its reach.
"""

import logging
from collections.abc import Callable
from email.message import Message
from functools import cache
from typing import Any, cast
from urllib.parse import quote

from csp.constants import HEADER as CSP
from csp.constants import NONE
from csp.utils import build_policy
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.http import parse_header_parameters

from runfit.lib.metrics import REFUSALS
from runfit.monitoring.request_ids import HEADER, current, request_id

logger = logging.getLogger(__name__)

LONGEST_ADDRESS = 4096
LONGEST_HEADER = 8192
"""Bytes."""

FRAME_ANCESTORS = "frame-ancestors"
UNFRAMED = f"{FRAME_ANCESTORS} {NONE}"

OF_SCRIPTED_PAGES = {"cross-origin-opener-policy", "permissions-policy", HEADER.lower()}
OF_DOCUMENTS = {*OF_SCRIPTED_PAGES, CSP.lower(), "referrer-policy", "x-frame-options"}
PARTS = {"text/css", "text/javascript", "application/javascript"}
"""Types of what a page loads. Opened alone, it's shown as plain text."""
DRAWING = "image/svg+xml"
DRAWING_POLICY = f"default-src {NONE}; {UNFRAMED}"
"""Opened alone, it could run scripts."""

Environ = dict[str, Any]
StartResponse = Callable[..., Any]


class GuardedHandler(WSGIHandler):
    """Django's WSGI handler behind the checks of this module."""

    def __call__(self, environ: Environ, start_response: StartResponse) -> HttpResponseBase:
        with request_id(environ):
            return self._answer(environ, _with_own_headers(environ, start_response))

    def _answer(self, environ: Environ, start: StartResponse) -> HttpResponseBase:
        status = refusal(environ)
        if status:
            REFUSALS.labels(status).inc()
            logger.warning("Refused with %s: %s", status, HttpResponse(status=status).reason_phrase)
            return _page(status, start)
        environ["CONTENT_TYPE"] = _as_utf8(environ.get("CONTENT_TYPE", ""))
        try:
            return super().__call__(environ, start)
        except Exception:
            logger.exception("No error page could be made")
            return _page(500, start)


def refusal(environ: Environ) -> int | None:
    """The status to reject a request with, or None."""
    address = quote(environ.get("PATH_INFO", ""), encoding="latin-1")
    if len(address) + len(environ.get("QUERY_STRING", "")) > LONGEST_ADDRESS:
        return 414
    content_type = environ.get("CONTENT_TYPE", "")
    headers = (value for name, value in environ.items() if name.startswith("HTTP_"))
    if any(len(value) > LONGEST_HEADER for value in (content_type, *headers)):
        return 431
    try:
        parse_header_parameters(content_type)
    except ValueError:  # a parameter in an unknown encoding (RFC 2231)
        return 400
    return None


def _as_utf8(content_type: str) -> str:
    """Drops any other `charset`: Django would decode URLs and forms with whatever Python codec it
    names, even `hex`. Our pages are UTF-8, and so are their forms."""
    if "charset" not in content_type.lower():
        return content_type
    message = Message()
    message["Content-Type"] = content_type
    if message.get_content_charset() != "utf-8":
        message.del_param("charset")
    return message["Content-Type"]


def _page(status: int, start: StartResponse) -> HttpResponse:
    template = "errors/500.html" if status == 500 else "errors/refused.html"
    response = HttpResponse(render_to_string(template, {"status": status}), status=status)
    start(f"{status} {response.reason_phrase}", [*response.items()])
    return response


def _with_own_headers(environ: Environ, start_response: StartResponse) -> StartResponse:
    def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        sent = {name.lower() for name, _ in headers}
        if _may_be_framed(headers):
            sent.add("x-frame-options")
        known = [*security_headers(), *_https_headers(environ), (HEADER, current())]
        missing = [header for header in known if header[0].lower() not in sent]
        return start_response(status, _obeyed(environ, [*headers, *missing]), *more)

    return start


def _obeyed(environ: Environ, headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The headers without those that browsers obey on pages alone: a page loads a dozen files, and
    on a slow line, each byte counts."""
    content_type = next((value for name, value in headers if name.lower() == "content-type"), "")
    kind = content_type.partition(";")[0]
    if kind == DRAWING:
        return [*_without({*OF_SCRIPTED_PAGES, CSP.lower()}, headers), (CSP, DRAWING_POLICY)]
    if kind in PARTS and "HTTP_SERVICE_WORKER" not in environ:  # a worker has a policy of its own
        return _without(OF_DOCUMENTS, headers)
    return headers


def _without(names: set[str], headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [header for header in headers if header[0].lower() not in names]


def _may_be_framed(headers: list[tuple[str, str]]) -> bool:
    """Whether the policy lists sites, which the older header can't."""
    policies = [value for name, value in headers if name == CSP]
    return any(FRAME_ANCESTORS in policy and UNFRAMED not in policy for policy in policies)


@cache
def security_headers() -> tuple[tuple[str, str], ...]:
    """For every response that doesn't say otherwise, also one that skips the middleware."""
    return (
        (CSP, build_policy()),
        ("X-Frame-Options", settings.X_FRAME_OPTIONS),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", settings.SECURE_REFERRER_POLICY),
        ("Cross-Origin-Opener-Policy", settings.SECURE_CROSS_ORIGIN_OPENER_POLICY),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", settings.PERMISSIONS_POLICY),
        ("Cache-Control", "private, no-cache"),
    )


def _https_headers(environ: Environ) -> list[tuple[str, str]]:
    """Also for refused requests: a visitor's first one may be."""
    proxy = cast("tuple[str, str] | None", settings.SECURE_PROXY_SSL_HEADER)
    name, secure = proxy or ("wsgi.url_scheme", "https")
    if not settings.SECURE_HSTS_SECONDS or environ.get(name) != secure:
        return []
    subdomains = "; includeSubDomains" if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else ""
    preload = "; preload" if settings.SECURE_HSTS_PRELOAD else ""
    value = f"max-age={settings.SECURE_HSTS_SECONDS}{subdomains}{preload}"
    return [("Strict-Transport-Security", value)]
