"""Pages that are the same for many people but for a few words of their own, such as the token in
every link: rendered once, then filled in.

Rendering is most of what such a page costs, and the same page is rendered again and again. So it's
cut where its first reader's own words stand, and the next reader gets the pieces with theirs. The
same goes for compressing it.
"""

import gzip
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from itertools import zip_longest
from typing import Any, NamedTuple

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.html import conditional_escape

from runfit.lib.http import kept_page
from runfit.lib.shared_pages.gzipped import gzipped_text
from runfit.lib.translation import use_language

LEAST = 12
"""Characters of own words: they must stand nowhere else on the page."""
VARIABLE = "own-words-called-{}"
NOT_MADE = ()
FORM_TOKEN = "csrf_token"  # noqa: S105 - a name


class _CutPage(NamedTuple):
    """Pieces, and between them the names of what fills the gaps."""

    pieces: list[str]
    gaps: list[str]


def shared_page(
    request: HttpRequest,
    template: str,
    context: Callable[[], dict[str, Any]],
    *,
    language: str,
    same: object,
    own: Sequence[str],
    variables: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The page. Its reader's alone are `own`, words that stand anywhere, and `variables`, which the
    template shows just as they are. `same` is all else that it shows, as a value whose `repr` says
    so: who has the same gets the same page, and `context` isn't called."""
    variables = variables or {}
    key = f"{template}:{sha256(repr((language, same)).encode()).hexdigest()}"
    page = caches["shared"].get(key)
    if page is None:
        blanks = {name: VARIABLE.format(name) for name in (*variables, FORM_TOKEN)}
        with use_language(language):
            html = render_to_string(template, {**context(), **blanks}, request)
        places = {words: str(place) for place, words in enumerate(own)}
        page = _cut(html, places | {blank: name for name, blank in blanks.items()})
        caches["shared"].set(key, page, timeout=None)
    fills = dict(zip(map(str, range(len(own))), own, strict=True))
    fills |= {name: conditional_escape(words) for name, words in variables.items()}
    if FORM_TOKEN in page.gaps:  # asking for it sets a cookie
        fills[FORM_TOKEN] = get_token(request)
    text = _filled(page, fills)
    # Words that visitors type have any length, so pages with variables aren't kept gzipped.
    return kept_page(
        request, text, lambda: None if variables else _gzipped(key, page, fills, text.encode())
    )


def text_of(response: HttpResponse) -> str:
    """A page's text, for showing it within another one."""
    is_gzipped = response.headers.get("Content-Encoding") == "gzip"
    return (gzip.decompress(response.content) if is_gzipped else response.content).decode()


def _gzipped(key: str, page: _CutPage, fills: Mapping[str, str], html: bytes) -> bytes | None:
    """The page gzipped, unless that can't be made."""
    words = {name: fills[name].encode() for name in page.gaps}
    lengths = {name: len(word) for name, word in words.items()}
    key = ":".join(["gzipped", key, *map(str, lengths.values())])
    text = caches["shared"].get(key)
    if text is None:
        text = gzipped_text(page.pieces, page.gaps, lengths) or NOT_MADE
        caches["shared"].set(key, text, timeout=None)
    return None if text == NOT_MADE else text.filled(words, html)


def _cut(html: str, names: Mapping[str, str]) -> _CutPage:
    """Cuts at these words, the longest first: a shorter one may stand in it."""
    if any(len(words) < LEAST for words in names):
        raise ValueError("Own words as short as this may stand elsewhere, too.")
    pieces: list[str] = [html]
    gaps: list[str] = []
    for words in sorted(names, key=len, reverse=True):
        finer: list[str] = []
        named: list[str] = []
        for piece, gap in zip_longest(pieces, gaps):
            parts = piece.split(words)
            finer += parts
            named += [names[words]] * (len(parts) - 1) + ([gap] if gap else [])
        pieces, gaps = finer, named
    return _CutPage(pieces, gaps)


def _filled(page: _CutPage, fills: Mapping[str, str]) -> str:
    parts = [""] * (len(page.pieces) + len(page.gaps))
    parts[::2] = page.pieces
    parts[1::2] = [fills[name] for name in page.gaps]
    return "".join(parts)
