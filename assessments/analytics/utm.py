"""Where a runner came from: the `utm_source` of the link, or the page of another site around a
frame. Both are passed on in URLs.

It isn't stored in a cookie, and it identifies a link or a page, not a person.
"""

import re

from django.http import HttpRequest
from django.utils.text import slugify

from assessments.analytics.aggregation import OTHER
from assessments.embed_sites import is_listed
from assessments.frames import frame_at
from assessments.selectors import practice

PARAMETER = "utm_source"
PAGE_PARAMETER = "from"
"""The site and path of the page around a frame, without its query."""
LONGEST = 64
CUT = "/..."
SOURCE = re.compile(rf"[A-Za-z0-9._-]{{1,{LONGEST}}}")
PAGE = re.compile(r"([a-z0-9.:-]+)((?:/[a-z0-9._~%@+,;=:-]*)*)")
MEASURE_AGAIN = "measure-again"
"""The source of the link in the email after four weeks."""
SHARED = "shared-result"
"""The source of the page of a result type that a runner shared."""
OWN_SOURCES = frozenset({MEASURE_AGAIN, SHARED, OTHER})
"""Counted by RunFit itself: no name for a link of the PT's."""


def source_of(request: HttpRequest) -> str:
    """Lowercased; blank if missing or invalid."""
    source = source_clean(request.GET.get(PARAMETER, ""))
    if source or not frame_at(request.path):
        return source
    return page_clean(request.GET.get(PAGE_PARAMETER, ""))


def source_clean(text: str) -> str:
    return text.lower() if SOURCE.fullmatch(text) else ""


def page_clean(text: str) -> str:
    """The page, if its site is listed. One that's too long to store keeps its end, which mostly
    says what it's about."""
    match = PAGE.fullmatch(text.lower())
    if match is None or not is_listed(match[1], practice().embed_sites):
        return ""
    host, path = match[1].removeprefix("www."), match[2].rstrip("/")
    if len(host) + len(path) > LONGEST:
        rest = LONGEST - len(host) - len(CUT)
        return f"{host}{CUT}{path[-rest:]}" if rest > 0 else host[:LONGEST]
    return f"{host}{path}"


def is_article(source: str) -> bool:
    """Whether it's a page around a frame. (A listed site alone looks like a name.)"""
    return "/" in source or is_listed(source, practice().embed_sites)


def source_from_words(words: str) -> str:
    """A source such as clinic-wall for “Clinic wall”. Blank without letters or numbers."""
    return source_clean(words.strip()) or slugify(words)


def with_source(source: str) -> str:
    """The query string for the next page's URL that passes the source on."""
    return f"?{PARAMETER}={source}" if source else ""
