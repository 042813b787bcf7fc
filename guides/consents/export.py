"""Contacts as tables: who confirmed something, and all with what they said."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC
from operator import attrgetter
from typing import Any, Literal, TypeAlias

from django.utils.text import capfirst

from guides import selectors
from guides.email_addresses import address_hmac
from guides.models import Consent, Contact, Suppression
from runfit.lib.audit import looks_log
from runfit.lib.csv_export import (
    BOM,
    Pieces,
    Row,
    clock,
    escape_formula,
    export_begin,
    export_rows,
    in_batches,
)

Which: TypeAlias = Literal["confirmed", "all"]

CONFIRMED = ("address", "purpose", "confirmed_at", "words")
WHEN = "when (UTC)"
WHAT: dict[Which, str] = {
    "confirmed": "contacts that confirmed something",
    "all": "all contacts, with what they agreed to",
}


def contacts_export(
    *,
    which: Which = "confirmed",
    actor: Any = None,
    tell: Callable[[int], None] = lambda rows: None,
) -> Pieces:
    """CSV in pieces, in memory that does not grow with it. The history tells of it at once, and of
    each contact that somebody at the desk thereby looks at before that contact's line leaves.

    Who wants no mail is left out of those who confirmed something.
    """
    entry = export_begin(Contact, WHAT[which], actor=actor)
    if which == "all":
        return export_rows(_header(), _everyone(actor), entry, start=BOM, tell=tell)
    return export_rows(CONFIRMED, _confirmed(actor), entry, tell=tell)


def contacts_count(*, which: Which) -> int:
    """About how many rows it would have: who wants no mail counts too."""
    rows = Contact.objects.all() if which == "all" else selectors.consents_confirmed()
    return rows.count()


def _confirmed(actor: Any) -> Iterator[list[Row]]:
    for consents in in_batches(selectors.consents_confirmed(), attrgetter("pk")):
        suppressed = _suppressed([each.contact for each in consents])
        wanted = [each for each in consents if address_hmac(each.contact.email) not in suppressed]
        _looked(sorted({each.contact_id for each in wanted}), actor)
        yield [*map(_yes, wanted)]


def _yes(consent: Consent) -> Row:
    at = consent.at.astimezone(UTC).isoformat(timespec="seconds")
    cells = (consent.contact.email, consent.purpose, at, consent.text_version)
    return [*map(escape_formula, cells)]


def _header() -> Row:
    said = [str(capfirst(str(each.label))) for each in Consent.Purpose]
    columns = (cell for each in [*said, "Never write to"] for cell in (each, f"{each}: {WHEN}"))
    return ["Address", "First seen (UTC)", *columns]


def _everyone(actor: Any) -> Iterator[list[Row]]:
    for contacts in in_batches(Contact.objects.all(), attrgetter("pk")):
        said, suppressed = _last_words(contacts), _suppressed(contacts)
        _looked([each.pk for each in contacts], actor)
        yield [
            [
                escape_formula(each.email),
                clock(each.created_at.astimezone(UTC)),
                *_states(said[each.pk]),
                *suppressed.get(address_hmac(each.email), ("", "")),
            ]
            for each in contacts
        ]


def _last_words(contacts: Sequence[Contact]) -> dict[int, dict[str, Consent]]:
    """What holds of each purpose. To be asked again takes no yes away."""
    words: dict[int, dict[str, Consent]] = defaultdict(dict)
    for consent in Consent.objects.filter(contact__in=contacts).order_by("pk"):
        before = words[consent.contact_id].get(consent.purpose)
        held = before is not None and before.step == Consent.Step.CONFIRMED
        if not (held and consent.step == Consent.Step.ASKED):
            words[consent.contact_id][consent.purpose] = consent
    return words


def _states(said: dict[str, Consent]) -> Iterator[str]:
    for purpose in Consent.Purpose:
        consent = said.get(purpose)
        yield consent.get_step_display() if consent else ""
        yield clock(consent.at.astimezone(UTC)) if consent else ""


def _suppressed(contacts: Sequence[Contact]) -> dict[str, tuple[str, str]]:
    """Who gets no mail, by the hash of their address: why, and since when."""
    rows = Suppression.objects.filter(
        address_hmac__in={address_hmac(each.email) for each in contacts}
    )
    return {
        row.address_hmac: (row.get_reason_display(), clock(row.at.astimezone(UTC))) for row in rows
    }


def _looked(pks: Sequence[int], actor: Any) -> None:
    """A command on the server has no one to name: its one line is enough."""
    if actor:
        looks_log(Contact, pks, actor=actor)
