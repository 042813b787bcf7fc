"""Where a runner came from: the `utm_source` of the link, passed on in URLs.

It isn't stored in a cookie, and it identifies a link, not a person.
"""

import re

from django.http import HttpRequest

PARAMETER = "utm_source"
SOURCE = re.compile(r"[A-Za-z0-9._-]{1,64}")
MEASURE_AGAIN = "measure-again"
"""The source of the link in the email after four weeks."""


def source_of(request: HttpRequest) -> str:
    """Lowercased; blank if missing or invalid."""
    return source_clean(request.GET.get(PARAMETER, ""))


def source_clean(text: str) -> str:
    return text.lower() if SOURCE.fullmatch(text) else ""


def with_source(source: str) -> str:
    """The query string for the next page's URL that passes the source on."""
    return f"?{PARAMETER}={source}" if source else ""
