"""Everything that is stored about one contact, and what of it is theirs alone."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

import assessments.selectors
from guides.email_addresses import address_mask
from guides.models import Consent, Contact, Delivery, DownloadLink
from guides.states import State


@dataclass(frozen=True, slots=True)
class PersonalData:
    """What goes with a contact, and what stays because it may be somebody else's."""

    submissions: frozenset[int]
    addresses: tuple[Contact, ...]
    """More addresses of the same person, typed for those answers and for nothing else."""
    shared: frozenset[int]
    """Answers that somebody else may have asked with: they stay."""
    kept: tuple[Contact, ...]
    """Addresses that were typed for those answers, and have something of their own too."""
    downloadable: frozenset[int]
    """Of the submissions, those that no other address got an email with."""

    @property
    def withheld(self) -> frozenset[int]:
        """What the download leaves out, whether it goes with the contact or stays."""
        return (self.submissions | self.shared) - self.downloadable


@dataclass(frozen=True, slots=True)
class _Asked:
    """One request for a guide, made with some answers."""

    submission: int
    contact: int
    network: str
    handed_over: bool


def contact_personal_data(contact: Contact, *, origin: str = "") -> PersonalData:
    """`origin` is the network that asks now, as a keyed hash; blank where it is not known.

    Answers that one address asked with are its own. Where a slip was corrected, they belong to the
    last address, and to the others too while they are in the network from which all were typed: who
    got a mail by mistake is elsewhere. Where a person was seen behind another address that got a
    mail with them, it was no slip: the answers are shared, whoever asked last and wherever from.

    Reading answers takes more than erasing them: a gym, an office, or a carrier is one network too,
    and anyone who holds the link of a result can type their own address last.
    """
    asked: defaultdict[int, list[_Asked]] = defaultdict(list)
    for each in _asked_with_the_answers_of(contact):
        asked[each.submission].append(each)
    mailed = {each.contact for rows in asked.values() for each in rows if each.handed_over}
    persons = _with_a_person(mailed - {contact.pk})
    own = {key for key, rows in asked.items() if _is_own(rows, contact.pk, origin, persons)}
    typed = {each.contact for key in own for each in asked[key]} - {contact.pk}
    others = list(Contact.objects.filter(pk__in=typed).order_by("pk")) if typed else []
    busy = _with_more_than(own, others) if others else set()
    return PersonalData(
        submissions=frozenset(own),
        addresses=tuple(each for each in others if each.pk not in busy),
        shared=frozenset(asked.keys() - own),
        kept=tuple(each for each in others if each.pk in busy),
        downloadable=frozenset(key for key in own if not _mailed_to_others(asked[key], contact.pk)),
    )


def _asked_with_the_answers_of(contact: Contact) -> Iterable[_Asked]:
    """The oldest first."""
    theirs = contact.deliveries.exclude(submission=None).order_by().values("submission")
    rows = Delivery.objects.filter(submission__in=theirs).exclude(contact=None)
    fields = ("submission_id", "contact_id", "network", "state", "attempts")
    for submission, by, network, state, attempts in rows.order_by("queued_at", "pk").values_list(
        *fields
    ):
        yield _Asked(submission, by, network, bool(attempts) or state == State.SENT)


def _is_own(asked: list[_Asked], contact: int, origin: str, persons: set[int]) -> bool:
    others = [each for each in asked if each.contact != contact]
    if any(each.handed_over and each.contact in persons for each in others):
        return False
    networks = {each.network for each in asked if each.contact == contact} - {""}
    by_one = all(each.network in networks or not each.handed_over for each in others)
    asks_last = asked[-1].contact == contact
    return not others or (by_one and (asks_last or origin in networks))


def _mailed_to_others(asked: list[_Asked], contact: int) -> bool:
    return any(each.handed_over for each in asked if each.contact != contact)


def _with_a_person(contacts: set[int]) -> set[int]:
    """Those of the contacts whose owner opened a link of theirs, or gave their own word."""
    if not contacts:
        return set()
    opened = DownloadLink.objects.filter(contact__in=contacts, opened=True).order_by()
    rows = opened.values_list("contact_id").union(_said(contacts).values_list("contact_id"))
    return {pk for (pk,) in rows}


def _said(contacts: Iterable[int]) -> QuerySet[Consent]:
    """Their own words: anyone can type an address, and only its owner can answer."""
    said = Consent.objects.filter(contact__in=contacts).order_by()
    return said.exclude(step=Consent.Step.ASKED)


def _with_more_than(submissions: set[int], contacts: list[Contact]) -> set[int]:
    """Those of the contacts that asked for something else, or gave their own word on anything."""
    pks = [each.pk for each in contacts]
    more = [
        rows.filter(contact__in=pks).exclude(submission__in=submissions)
        for rows in (Delivery.objects, DownloadLink.objects)
    ]
    return {pk for rows in (_said(pks), *more) for pk in rows.values_list("contact_id", flat=True)}


def contact_export(contact: Contact, *, origin: str = "") -> dict[str, Any]:
    """Every row, as its owner may take it along, with nothing that may be somebody else's."""
    own = contact_personal_data(contact, origin=origin)
    submissions = assessments.selectors.submissions_by_pk(own.downloadable)
    links = contact.links.select_related("edition__guide").defer("edition__content")
    return {
        "address": contact.email,
        "also_typed": [address_mask(each.email) for each in own.addresses],
        "since": contact.created_at,
        "consents": list(contact.consents.values("at", "purpose", "step", "text_version", "page")),
        "emails": [
            {
                "kind": delivery.get_kind_display(),
                "state": delivery.state,
                "queued_at": delivery.queued_at,
                "sent_at": delivery.sent_at,
                "reason": delivery.reason,
                "network_code": delivery.network,
                "mail_service_told": [
                    {"at": event.at, "what": event.get_kind_display(), "reason": event.reason}
                    for event in delivery.events.all()
                ],
            }
            for delivery in contact.deliveries.prefetch_related("events")
        ],
        "guides": [
            {
                "guide": link.edition.guide.title,
                "version": link.edition.number,
                "result_type": link.profile,
                "created_at": link.created_at,
                "expires_at": link.expires_at,
                "revoked_at": link.revoked_at,
                "opened": link.opened,
            }
            for link in links
        ],
        "answers": [
            {
                "self_check": submission.edition.assessment.title,
                "version": submission.edition.number,
                "at": submission.created_at,
                "came_from": submission.source,
                "safety": submission.safety,
                "answers": submission.answers,
                "result": submission.result,
                "cleared_by_a_clinician_at": submission.cleared_at,
            }
            for submission in submissions
        ],
    }
