"""Whose turn it is, where several addresses ask with one result: what was asked for before, what a
new request cancels, and when its own mail may go out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from guides import selectors
from guides.delivery import outbox
from guides.email_addresses import address_key, address_mask
from guides.models import Contact, Delivery
from guides.states import Kind, State, before

if TYPE_CHECKING:
    from assessments.models import Submission

DAY = timedelta(hours=24)
HOUR = timedelta(hours=1)
ADDRESSES_AN_HOUR = 3
"""That one result writes to. A fourth waits for its turn, and goes out by itself."""

ASKED_TODAY = "This address had its guide mail in the last 24 hours."
SUPPRESSED = "This address wants no mail."
CORRECTED = "The runner corrected the address."
REFUSED = frozenset({ASKED_TODAY, SUPPRESSED})


@dataclass(frozen=True, slots=True)
class EarlierRequest:
    """A delivery that was asked for before."""

    pk: int
    submission_id: int | None
    contact_id: int | None
    contact_key: str | None
    masked_email: str
    kind: int
    state: str
    queued_at: datetime
    due_at: datetime
    attempts: int
    reason: str
    network: str

    @property
    def is_of_today(self) -> bool:
        recent = self.kind == Kind.GUIDE and self.queued_at > timezone.now() - DAY
        return recent and self.state != State.CANCELLED

    @property
    def took_a_turn(self) -> bool:
        """One that's canceled before its mail went out takes none. Who gets nothing counts, so that
        nobody can find out which addresses those are."""
        went_out = (
            self.attempts
            or self.state == State.SENT
            or (self.state == State.CANCELLED and self.reason in REFUSED)
        )
        recent = self.kind == Kind.GUIDE and self.due_at > timezone.now() - HOUR
        return bool(went_out) and recent

    @property
    def waits_its_turn(self) -> bool:
        """Was told that its mail goes out by itself."""
        return self.state == State.QUEUED and not self.attempts and self.due_at > self.queued_at


def earlier_requests(submission: "Submission", contact: Contact | None) -> list[EarlierRequest]:
    """What was ever asked for with this submission, and with this contact in the last 24 hours:
    one query for all that a request must know."""
    rows = Delivery.objects.filter(submission=submission)
    if contact:
        rows |= selectors.deliveries_since(timezone.now() - DAY).filter(contact=contact)
    whose = ("pk", "submission_id", "contact_id", "contact__email_key", "masked_email")
    what = ("kind", "state", "queued_at", "due_at", "attempts", "reason", "network")
    return [EarlierRequest(*row) for row in rows.order_by().values_list(*whose, *what)]


def cancel_mistyped(asked: list[EarlierRequest], submission: "Submission", email: str) -> None:
    """The runner typed another address: what is about to go out to the old one must not."""
    others = _open_to_others(asked, submission, email)
    _cancel([each.pk for each in others if not each.waits_its_turn])


def cancel_waiting(
    asked: list[EarlierRequest], submission: "Submission", email: str, origin: str
) -> None:
    """An email that was promised for later gives way only to one that takes its place, for the same
    runner: anyone else who has the result's link must not be able to stop it."""
    others = _open_to_others(asked, submission, email)
    _cancel([each.pk for each in others if each.waits_its_turn and each.network == origin])


def _open_to_others(
    asked: list[EarlierRequest], submission: "Submission", email: str
) -> list[EarlierRequest]:
    return [
        each
        for each in asked
        if each.submission_id == submission.pk
        and each.contact_key != address_key(email)
        and each.state in before(State.CANCELLED)
    ]


def _cancel(pks: list[int]) -> None:
    if pks:
        deliveries = Delivery.objects.filter(pk__in=pks)
        outbox.deliveries_cancel(deliveries=deliveries, reason=CORRECTED)


def turn(
    asked: list[EarlierRequest], submission: "Submission", email: str, origin: str
) -> datetime:
    """When a mail to this address may go out: now, or once the first of three others in this hour
    is an hour old. What waits for a turn from elsewhere keeps it."""
    turns: dict[str, datetime] = {}
    for each in asked:
        who = each.contact_key or each.masked_email
        keeps = each.waits_its_turn and each.network != origin
        if each.submission_id == submission.pk and (each.took_a_turn or keeps):
            turns[who] = max(each.due_at, turns.get(who, each.due_at))
    others = sorted(
        due for who, due in turns.items() if who not in {address_key(email), address_mask(email)}
    )
    if len(others) < ADDRESSES_AN_HOUR:
        return timezone.now()
    return others[-ADDRESSES_AN_HOUR] + HOUR
