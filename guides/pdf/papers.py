"""Paper sizes, and which of them a reader prints on (pure)."""

import re
from collections.abc import Iterator
from typing import Literal

Paper = Literal["a4", "letter"]

TYPST_PAPER: dict[Paper, str] = {"a4": "a4", "letter": "us-letter"}
LETTER_REGIONS = frozenset(
    ("BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE")
)
"""Where US Letter is the usual paper, as Unicode's CLDR lists them."""
MAX_HEADER = 500
LANGUAGE = re.compile(
    r"\s*[a-zA-Z]{2,8}(?:-[a-zA-Z]{4})?(?:-([a-zA-Z]{2}))?(?:-[a-zA-Z0-9]{1,8})*"
    r"\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*"
)


def paper_for(*, accept_language: str, country: str) -> Paper:
    """The paper of the region that the reader's browser names first, else of the practice's
    country."""
    ranked = sorted(_regions(accept_language), key=lambda entry: -entry[0])
    region = ranked[0][1] if ranked else country.upper()
    return "letter" if region in LETTER_REGIONS else "a4"


def _regions(accept_language: str) -> Iterator[tuple[float, str]]:
    """The regions of an Accept-Language header, with how much they are wanted."""
    for entry in accept_language[:MAX_HEADER].split(","):
        found = LANGUAGE.fullmatch(entry)
        if found and found[1] and (quality := float(found[2] or 1)):
            yield quality, found[1].upper()
