"""CSV exports of contacts: who said yes to one purpose, or all contacts with their consents.

A yes to one email isn't a yes to another, let alone to a newsletter. So there's one list per
purpose, with one row per address. Each row names what the yes allows and the words that were read.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from itertools import chain
from operator import attrgetter
from typing import Any, Literal, TypeAlias

from django.db import DEFAULT_DB_ALIAS
from django.utils.text import capfirst
from django.utils.translation import override

from guides import selectors
from guides.models import Consent, Contact, Suppression
from runfit.lib.audit import looks_log
from runfit.lib.csv_export import (
    BOM,
    ExportSummary,
    Pieces,
    Row,
    clock,
    escape_formula,
    export_begin,
    export_rows,
    in_batches,
)

Which: TypeAlias = Literal["secret", "follow_up", "all"]

YES_COLUMNS = ("Email Address", "Tags", "Agreed On", "Agreed To")
"""As newsletter tools name them: Mailchimp and Kit know the first two, MailerLite the first. All of
them offer to keep the others."""
ALLOWS: dict[str, str] = {
    "secret": "one email about the secret",
    "follow_up": "one email after four weeks",
}
"""What each yes allows. It's a tag in the file, so that lists stay apart in a tool, too."""
WHEN = "when (UTC)"
WHAT: dict[Which, str] = {
    "secret": "contacts that said yes to news about the secret",
    "follow_up": "contacts that said yes to one email after four weeks",
    "all": "all contacts, with what they agreed to",
}


def contacts_export(
    *,
    which: Which,
    actor: Any = None,
    using: str = DEFAULT_DB_ALIAS,
    tell: Callable[[int], None] = lambda rows: None,
) -> Pieces:
    """Streams CSV in constant memory. The export is logged at its start, and access to a contact
    from the admin is logged before its row is sent. `using` is where the long tables are read; who
    may be written to is read where it's written.

    Suppressed contacts are left out of the lists by purpose.
    """
    entry = export_begin(Contact, WHAT[which], actor=actor)
    if which == "all":
        return export_rows(_header(), _all_contacts(actor, using), entry, start=BOM, tell=tell)
    return export_rows(YES_COLUMNS, _who_said_yes(which, actor, using), entry, tell=tell)


@dataclass(frozen=True, slots=True)
class ContactsSummary(ExportSummary):
    """The approximate size: suppressed contacts are included. `wordings` are what those who said
    yes had read, with how many."""

    wordings: tuple[tuple[str, int], ...] = ()


def contacts_about(*, which: Which) -> ContactsSummary:
    if which == "all":
        return ContactsSummary(Contact.objects.count())
    wordings = tuple(selectors.consent_wordings(which))
    return ContactsSummary(selectors.consents_unused(which).count(), wordings=wordings)


def _who_said_yes(purpose: str, actor: Any, using: str) -> Iterator[list[Row]]:
    for consents in in_batches(selectors.consents_unused(purpose).using(using), attrgetter("pk")):
        suppressed = _suppressed([consent.contact for consent in consents])
        allowed = [consent for consent in consents if consent.contact.email not in suppressed]
        _log_access(sorted({consent.contact_id for consent in allowed}), actor)
        yield [*map(_consent_row, allowed)]


def _consent_row(consent: Consent) -> Row:
    on = clock(consent.at.astimezone(UTC))
    cells = (consent.contact.email, ALLOWS[consent.purpose], on, consent.text_version)
    return [*map(escape_formula, cells)]


@override(None)
def _header() -> Row:
    """In English, whatever language the desk speaks: other programs read the file."""
    labels = [str(capfirst(str(purpose.label))) for purpose in Consent.Purpose]
    labels.append("Never write to")
    columns = (cell for label in labels for cell in (label, f"{label}: {WHEN}"))
    return ["Address", "First seen (UTC)", *columns]


def _all_contacts(actor: Any, using: str) -> Iterator[list[Row]]:
    for contacts in in_batches(Contact.objects.using(using), attrgetter("pk")):
        with override(None):
            consents, suppressed = _current_consents(contacts), _suppressed(contacts)
        _log_access([contact.pk for contact in contacts], actor)
        with override(None):
            rows: list[Row] = [
                [
                    escape_formula(contact.email),
                    clock(contact.created_at.astimezone(UTC)),
                    *_consent_cells(consents[contact.pk]),
                    *suppressed.get(contact.email, ("", "")),
                ]
                for contact in contacts
            ]
        yield rows


def _current_consents(contacts: Sequence[Contact]) -> dict[int, dict[str, Consent]]:
    """The current consent by contact and purpose. A new request doesn't undo a confirmation."""
    current: dict[int, dict[str, Consent]] = defaultdict(dict)
    pks = [contact.pk for contact in contacts]
    for consent in Consent.objects.filter(contact__in=pks).order_by("pk"):
        before = current[consent.contact_id].get(consent.purpose)
        is_confirmed = before is not None and before.step == Consent.Step.CONFIRMED
        if not (is_confirmed and consent.step == Consent.Step.ASKED):
            current[consent.contact_id][consent.purpose] = consent
    return current


def _consent_cells(consents: dict[str, Consent]) -> Iterator[str]:
    for purpose in Consent.Purpose:
        consent = consents.get(purpose)
        yield consent.get_step_display() if consent else ""
        yield clock(consent.at.astimezone(UTC)) if consent else ""


def _suppressed(contacts: Sequence[Contact]) -> dict[str, tuple[str, str]]:
    """Reason and time of suppressions, by address."""
    hashes = {contact.email: selectors.suppression_hashes(contact.email) for contact in contacts}
    rows = Suppression.objects.filter(address_hmac__in={*chain(*hashes.values())})
    known = {
        row.address_hmac: (row.get_reason_display(), clock(row.at.astimezone(UTC))) for row in rows
    }
    return {email: known[key] for email, keys in hashes.items() for key in keys if key in known}


def _log_access(pks: Sequence[int], actor: Any) -> None:
    """Logs access to contacts. A management command has no actor: its export entry is enough."""
    if actor:
        looks_log(Contact, pks, actor=actor)
