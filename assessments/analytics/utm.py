"""Where a runner came from: the `utm_source` of the link, passed on in URLs.

It isn't stored in a cookie, and it identifies a link, not a person.
"""

import re

from django.http import HttpRequest
from django.utils.text import slugify

from assessments.analytics.aggregation import OTHER

PARAMETER = "utm_source"
LONGEST = 64
SOURCE = re.compile(rf"[A-Za-z0-9._-]{{1,{LONGEST}}}")
MEASURE_AGAIN = "measure-again"
"""The source of the link in the email after four weeks."""
SHARED = "shared-result"
"""The source of the page of a result type that a runner shared."""
OWN_SOURCES = frozenset({MEASURE_AGAIN, SHARED, OTHER})
"""Counted by RunFit itself: no name for a link of the PT's."""


def source_of(request: HttpRequest) -> str:
    """Lowercased; blank if missing or invalid."""
    return source_clean(request.GET.get(PARAMETER, ""))


def source_clean(text: str) -> str:
    return text.lower() if SOURCE.fullmatch(text) else ""


def source_from_words(words: str) -> str:
    """A source such as clinic-wall for “Clinic wall”. Blank without letters or numbers."""
    return source_clean(words.strip()) or slugify(words)


def with_source(source: str) -> str:
    """The query string for the next page's URL that passes the source on."""
    return f"?{PARAMETER}={source}" if source else ""
