"""Demo data for guide requests: contacts, links, consents, and deliveries.

No email is sent. All addresses are in a domain that can't receive mail, which also marks these rows
as demo data, and every delivery is already sent, failed, or canceled.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain
from random import Random
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from assessments.demo.bulk_rows import numbers_reserve, rows_delete, rows_insert
from assessments.demo.sightings import SOURCE_START, DemoSighting, demo_sights_create
from assessments.demo.submissions import (
    DemoSubmission,
    demo_submissions,
    demo_submissions_delete,
    real_answers_exist,
)
from guides import selectors
from guides.consents.wording import ASK, FOLLOW_UP
from guides.email_addresses import address_mask
from guides.models import (
    Consent,
    Contact,
    Delivery,
    DownloadLink,
    GuideEdition,
    MailEvent,
    Suppression,
    Training,
)
from guides.models.webhooks import Event
from guides.reasons import CORRECTED, GAVE_UP, SERVER_REFUSED, UNREACHED
from guides.states import FOLLOW_UP_AFTER, LINK_LIFE, Kind, State
from runfit.lib.messages import message

DOMAIN = "demo.runfit.example"  # RFC 2606: reserved, never registered
REFUSED = message(SERVER_REFUSED, code=550)
NAMES = (
    "ana", "ben", "carla", "dan", "eva", "finn", "greta", "hugo", "ines", "jon", "kim", "lena",
    "mia", "nils", "ona", "paul", "rosa", "sam", "tess", "uma", "vera", "will", "yara", "zoe",
)  # fmt: skip
PURPOSE, STEP = Consent.Purpose, Consent.Step

ASKS = 0.42
"""The share of eligible runners who request the guide: a third of all. Likewise below."""
CHECKS_FOLLOW_UP = 0.25
CONFIRMS = 0.55
WITHDRAWS = 0.05
SIGNS_UP_FOR_SECRET = 0.06
REVOKED = 0.002
SEEN = {"fetched": 0.9, "opened": 0.72, "downloaded": 0.45}
"""Shares of those who get the guide."""


class DemoOutcome(NamedTuple):
    """The final state of an email."""

    state: State
    reason: str
    attempts: int


SENT = DemoOutcome(State.SENT, "", 1)
OUTCOMES = {
    SENT: 0.945,
    DemoOutcome(State.SENT, "", 2): 0.02,
    DemoOutcome(State.FAILED, REFUSED, 1): 0.022,
    DemoOutcome(State.FAILED, f"{UNREACHED} {GAVE_UP}", 14): 0.001,
    DemoOutcome(State.CANCELLED, CORRECTED, 0): 0.012,
}

Row = tuple[Any, ...]
CONTACT = ("id", "email", "email_key", "created_at")
CONSENT = ("contact", "purpose", "step", "text_version", "page", "at")
LINK = (
    "id", "contact", "submission", "edition", "profile", "created_at", "expires_at", "revoked_at",
)  # fmt: skip
DELIVERY = (
    "kind", "contact", "submission", "link", "erased_email", "masked_email", "network",
    "dedupe_key", "message_id", "state", "queued_at", "due_at", "attempts", "strikes",
    "lease_token", "sent_at", "reason",
)  # fmt: skip


def demo_requests_create(
    *, submissions: Sequence[DemoSubmission], edition: GuideEdition, rng: Random
) -> int:
    """Creates guide requests for some of the submissions; returns how many."""
    now = timezone.now()
    asking = [
        (submission, at)
        for submission in submissions
        if submission.since
        and selectors.guide_offers(edition, submission.profile)
        and rng.random() < ASKS
        and (at := submission.since + timedelta(seconds=rng.uniform(30, 600))) < now
    ]
    if not asking:
        return 0
    with transaction.atomic():
        contacts = numbers_reserve(model=Contact, count=len(asking))
        links = numbers_reserve(model=DownloadLink, count=len(asking))
        requests = [
            DemoRequest(
                submission=submission,
                at=at,
                contact=contact,
                link=link,
                edition=edition,
                now=now,
                rng=rng,
            )
            for (submission, at), contact, link in zip(asking, contacts, links, strict=True)
        ]
        for model, fields, rows in (
            (Contact, CONTACT, [request.contact_row() for request in requests]),
            (DownloadLink, LINK, [request.link_row() for request in requests]),
            (Consent, CONSENT, chain.from_iterable(request.consents for request in requests)),
            (
                Delivery,
                DELIVERY,
                chain.from_iterable(request.delivery_rows() for request in requests),
            ),
        ):
            rows_insert(model=model, fields=fields, rows=rows)
        sightings = Counter(chain.from_iterable(request.sightings() for request in requests))
        demo_sights_create(
            sighting._replace(number=number) for sighting, number in sightings.items()
        )
    return len(asking)


class DemoRequest:
    """One runner's request and its rows: contact, link, consents, and deliveries."""

    def __init__(
        self,
        *,
        submission: DemoSubmission,
        at: datetime,
        contact: int,
        link: int,
        edition: GuideEdition,
        now: datetime,
        rng: Random,
    ) -> None:
        self.submission, self.at, self.contact, self.link = submission, at, contact, link
        self.edition, self.now, self.rng = edition, now, rng
        self.email = f"{rng.choice(NAMES)}.{contact}@{DOMAIN}"
        [self.outcome] = rng.choices([*OUTCOMES], [*OUTCOMES.values()])
        self.confirmed: datetime | None = None  # the follow-up, unless withdrawn
        self.consents = self._consents()

    def contact_row(self) -> Row:
        return self.contact, self.email, self.email, self.at

    def link_row(self) -> Row:
        revoked = self.at + timedelta(days=1) if self.rng.random() < REVOKED else None
        return (
            self.link, self.contact, self.submission.pk, self.edition.pk, self.submission.profile,
            self.at, self.at + LINK_LIFE, revoked,
        )  # fmt: skip

    def delivery_rows(self) -> list[Row]:
        """The guide, and the follow-up if it's past due: a queued row would really be sent."""
        key = f"guide:{self.submission.pk}:{self.edition.pk}:{self.contact}:0"
        rows = [self._delivery(Kind.GUIDE, self.submission.pk, key, self.at, self.outcome)]
        if self.confirmed and (due := self.confirmed + FOLLOW_UP_AFTER) < self.now:
            key = f"follow_up:{self.submission.pk}:{self.contact}:0"
            rows.append(self._delivery(Kind.FOLLOW_UP, None, key, due, SENT))
        return rows

    def sightings(self) -> Iterator[DemoSighting]:
        if self.outcome.state == State.SENT and self.submission.source.startswith(SOURCE_START):
            for step, share in SEEN.items():
                if self.rng.random() < share:
                    yield DemoSighting(
                        self.at.date(), step, "", self.submission.edition, self.submission.source,
                        self.submission.profile,
                    )  # fmt: skip

    def _consents(self) -> list[Row]:
        chance = self.rng.random
        rows = [self._consent(PURPOSE.GUIDE, STEP.ASKED, self.at, ASK, "guides:request")]
        if chance() < CHECKS_FOLLOW_UP:
            rows.append(
                self._consent(PURPOSE.FOLLOW_UP, STEP.ASKED, self.at, FOLLOW_UP, "guides:request")
            )
            if chance() < CONFIRMS and (at := self._later(0.5)) < self.now:
                self.confirmed = at
                rows.append(
                    self._consent(PURPOSE.FOLLOW_UP, STEP.CONFIRMED, at, FOLLOW_UP, "guides:guide")
                )
                if chance() < WITHDRAWS and (back := at + timedelta(days=5)) < self.now:
                    self.confirmed = None
                    page = "guides:preferences"
                    rows.append(self._consent(PURPOSE.FOLLOW_UP, STEP.WITHDRAWN, back, "", page))
        if chance() < SIGNS_UP_FOR_SECRET and (at := self._later(2)) < self.now:
            words = selectors.guide_content(self.edition).secret.invitation
            rows.append(self._consent(PURPOSE.SECRET, STEP.CONFIRMED, at, words, "guides:guide"))
        return rows

    def _consent(self, purpose: str, step: str, at: datetime, words: str, page: str) -> Row:
        return self.contact, str(purpose), str(step), words, page, at

    def _later(self, days: float) -> datetime:
        return self.at + timedelta(minutes=2) + timedelta(days=self.rng.random() * days)

    def _delivery(
        self, kind: Kind, submission: int | None, key: str, at: datetime, outcome: DemoOutcome
    ) -> Row:
        seconds = self.rng.uniform(1, 12) + 70 * (outcome.attempts - 1)
        sent = at + timedelta(seconds=seconds) if outcome.state == State.SENT else None
        message = f"<{self.rng.getrandbits(128):032x}@{DOMAIN}>"
        return (
            int(kind), self.contact, submission, self.link, "", address_mask(self.email),
            f"{self.rng.getrandbits(16):032x}", key, message, str(outcome.state), at, at,
            outcome.attempts, 0, "", sent, outcome.reason,
        )  # fmt: skip


def real_rows_exist() -> bool:
    """Whether the database has rows of real runners, which must not mix with demo data."""
    contacts = Contact.objects.exclude(email_key__endswith=f"@{DOMAIN}")
    orphaned = Delivery.objects.filter(contact=None, submission=None).exclude(event=Event.TEST)
    return (
        real_answers_exist()
        or contacts.exists()
        or orphaned.exists()
        or Suppression.objects.exists()
    )


@transaction.atomic
def demo_data_delete() -> dict[str, int]:
    """Deletes exactly the demo rows, dependents first; returns the number of each kind."""
    contacts = Contact.objects.filter(email_key__endswith=f"@{DOMAIN}")
    deliveries = Delivery.objects.filter(contact__in=contacts)
    removed = {
        "events": rows_delete(MailEvent.objects.filter(delivery__in=deliveries)),
        "emails": rows_delete(deliveries),
        "links": rows_delete(DownloadLink.objects.filter(contact__in=contacts)),
        "trainings": rows_delete(Training.objects.filter(contact__in=contacts)),
        "consents": rows_delete(Consent.objects.filter(contact__in=contacts)),
        "contacts": rows_delete(contacts),
    }
    # What remains belongs to real runners who requested a guide from a demo result's page.
    for model in (Delivery, DownloadLink):
        model.objects.filter(submission__in=demo_submissions()).update(submission=None)
    return removed | {"answers": demo_submissions_delete()}
