"""The practice's own texts, each on a page: the privacy notice, the accessibility statement."""

import re

from django.utils.translation import gettext as _

from assessments import selectors

PARAGRAPH_END = re.compile(r"\n\s*\n")
CONTACT = "{contact}"


def text_sections(text: str) -> list[tuple[str, str]]:
    """Headings, which may be blank, with their texts. Each says how to reach the practice where it
    has {contact}."""
    filled = text.replace("\r\n", "\n").replace(CONTACT, contact())
    return [_headed(paragraph) for paragraph in PARAGRAPH_END.split(filled.strip())]


def contact() -> str:
    """How to reach the practice: only ways that exist."""
    practice = selectors.practice()
    address = ", ".join(practice.postal_address.split("\n")).replace("\r", "")
    if practice.takes_replies and address:
        return _("Reply to any of our emails, or write to %(address)s.") % {"address": address}
    if practice.takes_replies:
        return _("Reply to any of our emails.")
    if address:
        return _("Write to %(address)s.") % {"address": address}
    return _("There's no address here yet. Please come back later.")


def _headed(paragraph: str) -> tuple[str, str]:
    """Split off the first line as a heading, if there are more lines."""
    first, _line, rest = paragraph.partition("\n")
    return (first, rest) if rest else ("", first)
