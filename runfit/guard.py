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
from typing import Any
from urllib.parse import quote

from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.http import parse_header_parameters

logger = logging.getLogger(__name__)

LONGEST_ADDRESS = 4096
LONGEST_HEADER = 8192
"""Bytes."""

Environ = dict[str, Any]
StartResponse = Callable[..., Any]


class GuardedHandler(WSGIHandler):
    """Django's WSGI handler behind the checks of this module."""

    def __call__(self, environ: Environ, start_response: StartResponse) -> HttpResponseBase:
        start = _with_security_headers(environ, start_response)
        status = refusal(environ)
        if status:
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


def _with_security_headers(environ: Environ, start_response: StartResponse) -> StartResponse:
    def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        sent = {name.lower() for name, _ in headers}
        missing = [header for header in security_headers() if header[0].lower() not in sent]
        return start_response(status, [*headers, *missing], *more)

    return start


@cache
def security_headers() -> tuple[tuple[str, str], ...]:
    """For responses that skip some of the middleware."""
    return (
        (HEADER, build_policy()),
        ("X-Frame-Options", settings.X_FRAME_OPTIONS),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", settings.SECURE_REFERRER_POLICY),
        ("Cross-Origin-Opener-Policy", settings.SECURE_CROSS_ORIGIN_OPENER_POLICY),
    )
