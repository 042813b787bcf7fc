"""Links that were changed on their way: a sign is stuck to them, a line end broke them, or they are
in capitals. Where the token is whole, they lead to their page."""

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
    r"[^/]*/+(session/+[0-9]+|download|secret|data|erase|on-its-way|clearance|guide)(?![a-z])",
    re.IGNORECASE,
)
LENGTHS = (43, 32)  # of a signature: in mails that went out before, and today
LINE_END = re.compile(r"=?[\s\u00ad\u200b-\u200f\u2060\ufeff+]+")
"""And what else stands for one, with the sign of quoted-printable before it."""
QUOTED = {"=2E": ".", "=2D": "-", "=5F": "_", "=2F": "/"}


def broken_links_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware. Mends a link only once nothing was found under it, so whole ones cost nothing
    more. A POST is served at once, before anything redirects it: a mail program that unsubscribes
    with one click (RFC 8058) follows no redirect."""

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
    """Whether this was to be a link of an email."""
    found = LINK.search(path)
    return found is not None and found[1].lower() in SIGNERS


def repaired_path(path: str) -> str | None:
    """The address that was meant; None where the token is not whole, or nothing is to mend."""
    found = LINK.search(path)
    if found is None:
        return None
    kind = found[1].lower()
    for text in _readings(found[2]):
        for token, after in _tokens(kind, text):
            address = _address(f"/{kind}/{token}/", after)
            return None if address == path else address
    return None


def _readings(text: str) -> Iterator[str]:
    text = LINE_END.sub("", unescape(unquote(text)))
    yield text.replace("=", "")
    for written, sign in QUOTED.items():
        text = text.replace(written, sign)
    yield text.replace("=", "")


def _tokens(kind: str, text: str) -> Iterator[tuple[str, str]]:
    """Whole tokens at the beginning, each with what follows it."""
    if kind == "result":
        if found := RESULT.match(text):
            yield found[1], text[found.end() :]
    elif found := SIGNED.match(text):
        for length in LENGTHS:
            token = f"{found[1]}.{found[2][:length]}"
            if len(found[2]) >= length and is_signed(kind, token):
                signature_end = found.start(2) + length
                yield token.lower() if length == LENGTHS[-1] else token, text[signature_end:]


def _address(page: str, after: str) -> str:
    """With the page below it that was asked for, if there is such a one."""
    below = SUBPAGE.match(after)
    try:
        address = f"{page}{below[1].lower()}/" if below else page
        resolve(address)
    except Resolver404:
        return page
    return address
