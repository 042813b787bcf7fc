"""The practice's own texts, each on a page: the privacy notice, the accessibility statement."""

import re

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments import hooks, selectors
from assessments.retention.services import retention_shown
from assessments.retention.words import PLACEHOLDER, how_long
from runfit.lib.caching import cached
from runfit.lib.hooks import gather

PARAGRAPH_END = re.compile(r"\n\s*\n")
CONTACT = "{contact}"


def text_sections(text: str) -> list[tuple[str, str]]:
    """Headings, which may be blank, with their texts. Each says how to reach the practice where it
    has {contact}."""
    filled = with_contact(text.replace("\r\n", "\n"))
    return [_headed(paragraph) for paragraph in PARAGRAPH_END.split(filled.strip())]


def with_how_long(notice: str) -> str:
    """A privacy notice that says how long things are kept: where it has {how_long}, or at its
    end."""
    text = how_long(retention_shown())
    if PLACEHOLDER in notice:
        return notice.replace(PLACEHOLDER, text)
    heading = _("How long we keep it")
    return "\n\n".join([notice.rstrip(), f"{heading}\n{text}"])


def passed_on() -> tuple[hooks.PassedOn, ...]:
    """What goes to others, in the active language."""
    # What it's made of is cached, too: together, they're no older than five seconds.
    key = ("passed on", get_language())
    return cached(key, lambda: tuple(gather(hooks.passed_on)), ttl=1.0)


def passed_on_section() -> list[tuple[str, str]]:
    texts = [each.text for each in passed_on()]
    return [(_("What we pass on"), "\n\n".join(texts))] if texts else []


def with_contact(text: str) -> str:
    return text.replace(CONTACT, contact()) if CONTACT in text else text


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
