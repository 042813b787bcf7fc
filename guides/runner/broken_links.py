"""Repairs links that email programs damaged (extra characters, line breaks, uppercase), as long as
the token is complete."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve

from guides.signed_links import SIGNERS, is_signed

LINK = re.compile(
    r"(?<![a-z])(result|guide|unsubscribe|preferences)[/\\]+(.*)", re.IGNORECASE | re.DOTALL
)
SIGNED = re.compile(r"[^0-9]*([0-9]{1,18})\.([A-Za-z0-9_-]{32,})")
RESULT = re.compile(r"[^A-Za-z0-9_-]*([A-Za-z0-9_-]{43})(?![A-Za-z0-9])")
SUBPAGE = re.compile(
    r"[^/]*/+(session/+[0-9]+|calendar|download|retest|secret|data|erase|on-its-way|clearance|guide"
    r"|then-and-now|sheet|series|check-ins)(?![a-z])",
    re.IGNORECASE,
)
LENGTHS = (43, 32)  # of a signature: in old emails, and today
LINE_END = re.compile(r"=?[\s\u00ad\u200b-\u200f\u2060\ufeff+]+")
"""Line breaks and invisible characters, after an optional quoted-printable '='."""
QUOTED = {"=2E": ".", "=2D": "-", "=5F": "_", "=2F": "/"}


def broken_links_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware that redirects a damaged link to its page. It acts on 404 responses only, so
    intact links cost nothing. A POST is served directly, since one-click unsubscribing (RFC 8058)
    doesn't follow redirects."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        address = repaired_path(request.path_info) if response.status_code == 404 else None
        if address is None:
            return response
        if request.method not in {"GET", "HEAD"}:
            request.path = request.path_info = address
            return get_response(request)
        query = request.META.get("QUERY_STRING", "")
        redirect = HttpResponseRedirect(f"{address}?{query}" if query else address)
        redirect["Cache-Control"] = "no-store"
        redirect["Referrer-Policy"] = "no-referrer"
        return redirect

    return middleware


def is_link(path: str) -> bool:
    """Whether the path looks like an emailed link."""
    match = LINK.search(path)
    return match is not None and match[1].lower() in SIGNERS


def repaired_path(path: str) -> str | None:
    """The intended path; None if the token isn't complete or nothing needs repair."""
    match = LINK.search(path)
    if match is None:
        return None
    kind = match[1].lower()
    for text in _decodings(match[2]):
        for token, after in _tokens(kind, text):
            address = _address(f"/{kind}/{token}/", after)
            return None if address == path else address
    return None


def _decodings(text: str) -> Iterator[str]:
    """The text without line breaks, as is and decoded from quoted-printable."""
    text = LINE_END.sub("", unescape(unquote(text)))
    yield text.replace("=", "")
    for encoded, char in QUOTED.items():
        text = text.replace(encoded, char)
    yield text.replace("=", "")


def _tokens(kind: str, text: str) -> Iterator[tuple[str, str]]:
    """Complete tokens at the start of the text, with the text after them."""
    if kind == "result":
        if match := RESULT.match(text):
            yield match[1], text[match.end() :]
    elif match := SIGNED.match(text):
        for length in LENGTHS:
            token = f"{match[1]}.{match[2][:length]}"
            if len(match[2]) >= length and is_signed(kind, token):
                signature_end = match.start(2) + length
                yield token.lower() if length == LENGTHS[-1] else token, text[signature_end:]


def _address(page: str, after: str) -> str:
    """The page's URL, with the requested subpage if it exists."""
    subpage = SUBPAGE.match(after)
    try:
        address = f"{page}{subpage[1].lower()}/" if subpage else page
        resolve(address)
    except Resolver404:
        return page
    return address
