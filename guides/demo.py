"""Made-up requests for the guide, for made-up answers: for a demonstration, and to measure with.

Nobody is written to. All addresses are of a name that no mail can reach, which also tells these
rows from real ones, and every email is one that went out, failed or was cancelled long ago.
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
from guides.guide_requests.scheduling import CORRECTED
from guides.guide_requests.services import LINK_LIFE
from guides.models import (
    Consent,
    Contact,
    Delivery,
    DownloadLink,
    GuideEdition,
    MailEvent,
    Suppression,
)
from guides.states import FOLLOW_UP_AFTER, GAVE_UP, UNREACHED, Kind, State

DOMAIN = "demo.runfit.example"  # RFC 2606: belongs to nobody, for ever
REFUSED = "The mail server refused this address or mail (550)."
NAMES = (
    "ana", "ben", "carla", "dan", "eva", "finn", "greta", "hugo", "ines", "jon", "kim", "lena",
    "mia", "nils", "ona", "paul", "rosa", "sam", "tess", "uma", "vera", "will", "yara", "zoe",
)  # fmt: skip
PURPOSE, STEP = Consent.Purpose, Consent.Step

ASKS = 0.42
"""Of all who may, how many ask for the guide: a third of all runners. And so on."""
TICKS_FOLLOW_UP = 0.25
CONFIRMS = 0.55
TAKES_BACK = 0.05
HEARS_THE_SECRET = 0.06
REVOKED = 0.002
SEEN = {"fetched": 0.9, "opened": 0.72, "downloaded": 0.45}
"""Of those who get the guide."""


class DemoOutcome(NamedTuple):
    """What became of an email."""

    state: State
    reason: str
    attempts: int


SENT = DemoOutcome(State.SENT, "", 1)
FATES = {
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
    *, made: Sequence[DemoSubmission], edition: GuideEdition, rng: Random
) -> int:
    """Some of those who may have the guide ask for it; returns how many."""
    now = timezone.now()
    asking = [
        (each, at)
        for each in made
        if each.since
        and selectors.guide_offers(edition, each.profile)
        and rng.random() < ASKS
        and (at := each.since + timedelta(seconds=rng.uniform(30, 600))) < now
    ]
    if not asking:
        return 0
    with transaction.atomic():
        contacts = numbers_reserve(model=Contact, count=len(asking))
        links = numbers_reserve(model=DownloadLink, count=len(asking))
        requests = [
            DemoRequest(
                made=each, at=at, contact=contact, link=link, edition=edition, now=now, rng=rng
            )
            for (each, at), contact, link in zip(asking, contacts, links, strict=True)
        ]
        for model, fields, rows in (
            (Contact, CONTACT, [each.contact_row() for each in requests]),
            (DownloadLink, LINK, [each.link_row() for each in requests]),
            (Consent, CONSENT, chain.from_iterable(each.consents for each in requests)),
            (Delivery, DELIVERY, chain.from_iterable(each.delivery_rows() for each in requests)),
        ):
            rows_insert(model=model, fields=fields, rows=rows)
        seen = Counter(chain.from_iterable(each.seen() for each in requests))
        demo_sights_create(each._replace(number=number) for each, number in seen.items())
    return len(asking)


class DemoRequest:
    """One runner's request, with all that came of it."""

    def __init__(
        self,
        *,
        made: DemoSubmission,
        at: datetime,
        contact: int,
        link: int,
        edition: GuideEdition,
        now: datetime,
        rng: Random,
    ) -> None:
        self.made, self.at, self.contact, self.link = made, at, contact, link
        self.edition, self.now, self.rng = edition, now, rng
        self.email = f"{rng.choice(NAMES)}.{contact}@{DOMAIN}"
        [self.fate] = rng.choices([*FATES], [*FATES.values()])
        self.confirmed: datetime | None = None  # the follow-up, and it still holds
        self.consents = self._consents()

    def contact_row(self) -> Row:
        return self.contact, self.email, self.email, self.at

    def link_row(self) -> Row:
        revoked = self.at + timedelta(days=1) if self.rng.random() < REVOKED else None
        return (
            self.link, self.contact, self.made.pk, self.edition.pk, self.made.profile, self.at,
            self.at + LINK_LIFE, revoked,
        )  # fmt: skip

    def delivery_rows(self) -> list[Row]:
        """The guide, and the email after four weeks once it is due: what waits would be sent."""
        key = f"guide:{self.made.pk}:{self.edition.pk}:{self.contact}:0"
        rows = [self._delivery(Kind.GUIDE, self.made.pk, key, self.at, self.fate)]
        if self.confirmed and (due := self.confirmed + FOLLOW_UP_AFTER) < self.now:
            key = f"follow_up:{self.made.pk}:{self.contact}:0"
            rows.append(self._delivery(Kind.FOLLOW_UP, None, key, due, SENT))
        return rows

    def seen(self) -> Iterator[DemoSighting]:
        if self.fate.state == State.SENT and self.made.source.startswith(SOURCE_START):
            for step, share in SEEN.items():
                if self.rng.random() < share:
                    yield DemoSighting(
                        self.at.date(), step, "", self.made.edition, self.made.source,
                        self.made.profile,
                    )  # fmt: skip

    def _consents(self) -> list[Row]:
        chance = self.rng.random
        rows = [self._said(PURPOSE.GUIDE, STEP.ASKED, self.at, ASK, "guides:request")]
        if chance() < TICKS_FOLLOW_UP:
            rows.append(
                self._said(PURPOSE.FOLLOW_UP, STEP.ASKED, self.at, FOLLOW_UP, "guides:request")
            )
            if chance() < CONFIRMS and (at := self._later(0.5)) < self.now:
                self.confirmed = at
                rows.append(
                    self._said(PURPOSE.FOLLOW_UP, STEP.CONFIRMED, at, FOLLOW_UP, "guides:guide")
                )
                if chance() < TAKES_BACK and (back := at + timedelta(days=5)) < self.now:
                    self.confirmed = None
                    page = "guides:preferences"
                    rows.append(self._said(PURPOSE.FOLLOW_UP, STEP.WITHDRAWN, back, "", page))
        if chance() < HEARS_THE_SECRET and (at := self._later(2)) < self.now:
            words = selectors.guide_content(self.edition).secret.invitation
            rows.append(self._said(PURPOSE.SECRET, STEP.CONFIRMED, at, words, "guides:guide"))
        return rows

    def _said(self, purpose: str, step: str, at: datetime, words: str, page: str) -> Row:
        return self.contact, str(purpose), str(step), words, page, at

    def _later(self, days: float) -> datetime:
        return self.at + timedelta(minutes=2) + timedelta(days=self.rng.random() * days)

    def _delivery(
        self, kind: Kind, submission: int | None, key: str, at: datetime, fate: DemoOutcome
    ) -> Row:
        seconds = self.rng.uniform(1, 12) + 70 * (fate.attempts - 1)
        sent = at + timedelta(seconds=seconds) if fate.state == State.SENT else None
        message = f"<{self.rng.getrandbits(128):032x}@{DOMAIN}>"
        return (
            int(kind), self.contact, submission, self.link, "", address_mask(self.email),
            f"{self.rng.getrandbits(16):032x}", key, message, str(fate.state), at, at,
            fate.attempts, 0, "", sent, fate.reason,
        )  # fmt: skip


def real_rows_exist() -> bool:
    """Whether anything is stored that a real runner left: it must not stand among what is made
    up."""
    contacts = Contact.objects.exclude(email_key__endswith=f"@{DOMAIN}")
    nobodys = Delivery.objects.filter(contact=None, submission=None)
    return (
        real_answers_exist()
        or contacts.exists()
        or nobodys.exists()
        or Suppression.objects.exists()
    )


@transaction.atomic
def demo_data_delete() -> dict[str, int]:
    """Take away exactly what was made up, what referred to it first; returns how many of each."""
    contacts = Contact.objects.filter(email_key__endswith=f"@{DOMAIN}")
    deliveries = Delivery.objects.filter(contact__in=contacts)
    removed = {
        "events": rows_delete(MailEvent.objects.filter(delivery__in=deliveries)),
        "emails": rows_delete(deliveries),
        "links": rows_delete(DownloadLink.objects.filter(contact__in=contacts)),
        "consents": rows_delete(Consent.objects.filter(contact__in=contacts)),
        "contacts": rows_delete(contacts),
    }
    # What is left is of real runners, who asked from the page of a made-up result.
    for model in (Delivery, DownloadLink):
        model.objects.filter(submission__in=demo_submissions()).update(submission=None)
    return removed | {"answers": demo_submissions_delete()}
