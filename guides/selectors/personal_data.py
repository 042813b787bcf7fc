"""Everything stored about a contact, for export and erasure, and which answers are theirs alone."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import override

import assessments.selectors
from guides.email_addresses import address_mask
from guides.models import Consent, Contact, Delivery, DownloadLink
from guides.states import State


@dataclass(frozen=True, slots=True)
class PersonalData:
    """What erasing a contact deletes, and what stays because it may be someone else's.

    Submissions are keys of a runner's very first answers. Those that add checks to them, or that
    the runner gave when taking the check again, go with them.
    """

    submissions: frozenset[int]
    addresses: tuple[Contact, ...]
    """Other addresses of the same person, used for those answers only."""
    shared: frozenset[int]
    """Answers that someone else may have requested a guide for: they stay."""
    kept: tuple[Contact, ...]
    """Other addresses used for those answers that have data of their own too."""
    downloadable: frozenset[int]
    """Those of the submissions that no other address got an email for."""

    @property
    def withheld(self) -> frozenset[int]:
        """Answers that the export leaves out, whether or not erasing deletes them."""
        return (self.submissions | self.shared) - self.downloadable


@dataclass(frozen=True, slots=True)
class _Request:
    """One request for a guide. `submission` are the first answers of the runner."""

    submission: int
    contact: int
    network: str
    handed_over: bool


def contact_personal_data(contact: Contact, *, origin: str = "") -> PersonalData:
    """Decides which data is the contact's. `origin` is the current network's keyed hash, or blank.

    Answers with requests from a single address belong to it. After a corrected typo, they belong to
    the last address, and to earlier ones too while those are in the network of all requests:
    mistaken recipients are elsewhere. If a person used another address that got an email, it wasn't
    a typo: the answers are shared, no matter who asked last or from where.

    Exporting answers takes more than erasing them: a gym, an office, or a carrier is one network
    too, and anyone with a result's link can enter their own address last.
    """
    requests: defaultdict[int, list[_Request]] = defaultdict(list)
    for request in _requests_for_answers_of(contact):
        requests[request.submission].append(request)
    mailed = {row.contact for rows in requests.values() for row in rows if row.handed_over}
    persons = _with_a_person(mailed - {contact.pk})
    own = {key for key, rows in requests.items() if _is_own(rows, contact.pk, origin, persons)}
    other_pks = {request.contact for key in own for request in requests[key]} - {contact.pk}
    others = list(Contact.objects.filter(pk__in=other_pks).order_by("pk")) if other_pks else []
    with_own_data = _with_more_than(own, others) if others else set()
    return PersonalData(
        submissions=frozenset(own),
        addresses=tuple(other for other in others if other.pk not in with_own_data),
        shared=frozenset(requests.keys() - own),
        kept=tuple(other for other in others if other.pk in with_own_data),
        downloadable=frozenset(
            key for key in own if not _mailed_to_others(requests[key], contact.pk)
        ),
    )


def answers_are_own(contact: Contact, runner: int) -> bool:
    """Whether the contact may read this runner's answers, as in the download."""
    return runner in contact_personal_data(contact).downloadable


def _requests_for_answers_of(contact: Contact) -> Iterable[_Request]:
    """Requests by any address for answers that the contact used, oldest first."""
    used = contact.deliveries.exclude(submission=None).order_by()
    keys = used.values_list("submission", "submission__added_to", "submission__retest_of")
    firsts = assessments.selectors.submission_keys_by_first(
        retest_of or added_to or pk for pk, added_to, retest_of in keys.distinct()
    )
    rows = Delivery.objects.filter(submission__in=firsts).exclude(contact=None)
    fields = ("submission_id", "contact_id", "network", "state", "attempts")
    for submission, by, network, state, attempts in rows.order_by("queued_at", "pk").values_list(
        *fields
    ):
        yield _Request(firsts[submission], by, network, bool(attempts) or state == State.SENT)


def _is_own(requests: list[_Request], contact: int, origin: str, persons: set[int]) -> bool:
    others = [request for request in requests if request.contact != contact]
    if any(other.handed_over and other.contact in persons for other in others):
        return False
    networks = {request.network for request in requests if request.contact == contact} - {""}
    same_network = all(other.network in networks or not other.handed_over for other in others)
    is_last = requests[-1].contact == contact
    return not others or (same_network and (is_last or origin in networks))


def _mailed_to_others(requests: list[_Request], contact: int) -> bool:
    return any(request.handed_over for request in requests if request.contact != contact)


def _with_a_person(contacts: set[int]) -> set[int]:
    """The contacts whose owner opened a link, or confirmed or withdrew a consent."""
    if not contacts:
        return set()
    opened = DownloadLink.objects.filter(contact__in=contacts, opened=True).order_by()
    rows = opened.values_list("contact_id").union(_own_consents(contacts).values_list("contact_id"))
    return {pk for (pk,) in rows}


def _own_consents(contacts: Iterable[int]) -> QuerySet[Consent]:
    """Confirmed and withdrawn steps, which only the owner of an address can take."""
    consents = Consent.objects.filter(contact__in=contacts).order_by()
    return consents.exclude(step=Consent.Step.ASKED)


def _with_more_than(submissions: set[int], contacts: list[Contact]) -> set[int]:
    """The contacts with other requests, or with a consent that they confirmed or withdrew."""
    pks = [contact.pk for contact in contacts]
    connected = assessments.selectors.submission_keys_by_first(submissions)
    more = [
        rows.filter(contact__in=pks).exclude(submission__in=connected)
        for rows in (
            # What the desk sends for these answers is nothing more.
            Delivery.objects.exclude(submission=None, link__submission__in=connected),
            DownloadLink.objects.all(),
        )
    ]
    return {
        pk
        for rows in (_own_consents(pks), *more)
        for pk in rows.values_list("contact_id", flat=True)
    }


@override(None)
def contact_export(contact: Contact, *, origin: str = "") -> dict[str, Any]:
    """The contact's data for download, without anything that may be someone else's. Its words are
    English, as its names are."""
    own = contact_personal_data(contact, origin=origin)
    submissions = assessments.selectors.submissions_by_first(own.downloadable)
    links = contact.links.select_related("edition__guide").defer("edition__content")
    return {
        "address": contact.email,
        "also_typed": [address_mask(address.email) for address in own.addresses],
        "since": contact.created_at,
        "note_of_the_practice": contact.note,
        "consents": list(contact.consents.values("at", "purpose", "step", "text_version", "page")),
        "emails": [
            {
                "kind": delivery.get_kind_display(),
                "state": delivery.state,
                "queued_at": delivery.queued_at,
                "sent_at": delivery.sent_at,
                "reason": delivery.reason,
                "network_code": delivery.network,
                **_passed_on(delivery),
                "mail_service_told": [
                    {"at": event.at, "what": event.get_kind_display(), "reason": event.reason}
                    for event in delivery.events.all()
                ],
            }
            for delivery in contact.deliveries.select_related("endpoint").prefetch_related("events")
        ],
        "guides": [
            {
                "guide": link.edition.guide.title,
                "version": link.edition.number,
                "version_was_wrong": link.edition.recall_reason,
                "result_type": link.profile,
                "created_at": link.created_at,
                "expires_at": link.expires_at,
                "revoked_at": link.revoked_at,
                "opened": link.opened,
                "cleared_by_a_pt_or_doctor": link.cleared,
            }
            for link in links
        ],
        "trainings": [
            {
                "yes_at": training.agreed_at,
                "yes_to": training.words,
                "changed_at": training.changed_at,
                "record": json.loads(training.record),
            }
            for training in contact.trainings.order_by("pk")
        ],
        "answers": [
            {
                "self_check": submission.edition.assessment.title,
                "version": submission.edition.number,
                "version_was_wrong": submission.edition.recall_reason,
                "at": submission.created_at,
                "came_from": submission.source,
                "safety": submission.safety,
                "answers": submission.answers,
                "result": submission.result,
                "cleared_by_a_clinician_at": submission.cleared_at,
                "link_for_a_pt_made_at": submission.sheet_link_made_at,
            }
            for submission in submissions
        ],
    }


def _passed_on(delivery: Delivery) -> dict[str, str]:
    """What a program of the practice was told."""
    if delivery.endpoint is None:
        return {}
    return {"passed_on": delivery.event, "to": delivery.endpoint.name}
