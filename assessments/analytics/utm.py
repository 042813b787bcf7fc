"""Where a runner came from, as the link said it: `utm_source`, carried along in addresses.

No cookie holds it, and it names a link, not a person.
"""

import re

from django.http import HttpRequest

PARAMETER = "utm_source"
SOURCE = re.compile(r"[A-Za-z0-9._-]{1,64}")
MEASURE_AGAIN = "measure-again"
"""What the link in the email after four weeks says."""


def source_of(request: HttpRequest) -> str:
    """In small letters; blank where the address says none, or nothing that could be one."""
    return source_clean(request.GET.get(PARAMETER, ""))


def source_clean(text: str) -> str:
    return text.lower() if SOURCE.fullmatch(text) else ""


def with_source(source: str) -> str:
    """What the address of the next page ends with, so that it knows the source too."""
    return f"?{PARAMETER}={source}" if source else ""
