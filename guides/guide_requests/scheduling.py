"""Schedules guide emails when several addresses request a guide for one result: what a new request
cancels, and when its own email may be sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from assessments.selectors import submission_keys_of_visit
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
"""How many addresses one result can write to. A fourth email is delayed."""

ASKED_TODAY = "This address got its guide email in the last 24 hours."
SUPPRESSED = "This address doesn't want email."
CORRECTED = "The runner corrected the address."
REFUSED = frozenset({ASKED_TODAY, SUPPRESSED})


@dataclass(frozen=True, slots=True)
class EarlierRequest:
    """A delivery requested earlier, with the fields needed here."""

    same_runner: bool
    """Whether it was requested with this result, or with one that it adds checks to."""
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
        """Whether it counts toward the hourly limit of addresses. An email canceled before it was
        sent doesn't. Refused addresses do, so that the limit doesn't reveal them."""
        counts = (
            self.attempts
            or self.state == State.SENT
            or (self.state == State.CANCELLED and self.reason in REFUSED)
        )
        recent = self.kind == Kind.GUIDE and self.due_at > timezone.now() - HOUR
        return bool(counts) and recent

    @property
    def waits_its_turn(self) -> bool:
        """Whether it was delayed, and its page promised that it will be sent."""
        return self.state == State.QUEUED and not self.attempts and self.due_at > self.queued_at


def earlier_requests(submission: "Submission", contact: Contact | None) -> list[EarlierRequest]:
    """All requests of this runner, and those for this contact in the last 24 hours."""
    own = submission_keys_of_visit(submission)
    rows = Delivery.objects.filter(submission__in=own)
    if contact:
        rows |= selectors.deliveries_since(timezone.now() - DAY).filter(contact=contact)
    whose = ("pk", "submission_id", "contact_id", "contact__email_key", "masked_email")
    what = ("kind", "state", "queued_at", "due_at", "attempts", "reason", "network")
    found = rows.order_by().values_list(*whose, *what)
    return [EarlierRequest(row[1] in own, *row) for row in found]


def cancel_mistyped(earlier: list[EarlierRequest], submission: "Submission", email: str) -> None:
    """Cancels open emails to other addresses for this result: the runner corrected the address."""
    others = _open_to_others(earlier, submission, email)
    _cancel([request.pk for request in others if not request.waits_its_turn])


def cancel_waiting(
    earlier: list[EarlierRequest], submission: "Submission", email: str, origin: str
) -> None:
    """Cancels delayed emails that the same network requested. Anyone else who has the result's link
    must not be able to stop them."""
    others = _open_to_others(earlier, submission, email)
    _cancel([other.pk for other in others if other.waits_its_turn and other.network == origin])


def _open_to_others(
    earlier: list[EarlierRequest], submission: "Submission", email: str
) -> list[EarlierRequest]:
    return [
        request
        for request in earlier
        if request.same_runner
        and request.contact_key != address_key(email)
        and request.state in before(State.CANCELLED)
    ]


def _cancel(pks: list[int]) -> None:
    if pks:
        deliveries = Delivery.objects.filter(pk__in=pks)
        outbox.deliveries_cancel(deliveries=deliveries, reason=CORRECTED)


def turn(
    earlier: list[EarlierRequest], submission: "Submission", email: str, origin: str
) -> datetime:
    """When an email to this address may be sent: now, or once the first of three others in this
    hour is an hour old. Delayed emails requested from another network keep their place."""
    turns: dict[str, datetime] = {}
    for request in earlier:
        address = request.contact_key or request.masked_email
        keeps_turn = request.waits_its_turn and request.network != origin
        if request.same_runner and (request.took_a_turn or keeps_turn):
            turns[address] = max(request.due_at, turns.get(address, request.due_at))
    own = {address_key(email), address_mask(email)}
    others = sorted(due for address, due in turns.items() if address not in own)
    if len(others) < ADDRESSES_AN_HOUR:
        return timezone.now()
    return others[-ADDRESSES_AN_HOUR] + HOUR
