"""Schedules guide emails when several addresses request a guide for one result: what a new request
cancels, and when its own email may be sent."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection
from django.utils import timezone

from assessments.selectors import submission_keys_of_visit
from guides import selectors
from guides.delivery import outbox
from guides.email_addresses import address_key, address_mask
from guides.models import Contact, Delivery, Suppression
from guides.reasons import ASKED_TODAY, CORRECTED, SUPPRESSED
from guides.states import Kind, State, before

if TYPE_CHECKING:
    from assessments.models import Submission

DAY = timedelta(hours=24)
HOUR = timedelta(hours=1)
ADDRESSES_AN_HOUR = 3
"""How many addresses one result can write to. A fourth email is delayed."""

REFUSED = frozenset({ASKED_TODAY, SUPPRESSED})

COLUMNS = (
    "pk", "submission_id", "contact_id", "contact_key", "masked_email", "kind", "state",
    "queued_at", "due_at", "attempts", "reason", "network", "dedupe_key",
)  # fmt: skip
EARLIER = f"""
    SELECT refused.suppressed, contact.email_key AS contact_key, request.id, submission_id,
        contact_id, masked_email, kind, state, queued_at, due_at, attempts, reason, network,
        dedupe_key
    FROM (
        SELECT EXISTS (
            SELECT 1 FROM {Suppression._meta.db_table} WHERE address_hmac IN (%s, %s)
        ) AS suppressed
    ) refused
    LEFT JOIN {Delivery._meta.db_table} request ON kind = {Kind.GUIDE:d}
        AND (submission_id IN ({{own}}) OR (queued_at > %s AND contact_id IN ({{contacts}})))
    LEFT JOIN {Contact._meta.db_table} contact ON contact.id = contact_id
"""  # noqa: S608 - our own names
"""By hand: the two queries took the ORM five times as long."""


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
    dedupe_key: str

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


def earlier_requests(
    submission: "Submission", contacts: Sequence[int], email: str
) -> tuple[list[EarlierRequest], bool]:
    """All requests of this runner, and those for these contacts in the last 24 hours. With them,
    whether the address is suppressed: one query answers both."""
    own = submission_keys_of_visit(submission)
    query = EARLIER.format(own=_places(own), contacts=_places(contacts))
    day_ago = connection.ops.adapt_datetimefield_value(timezone.now() - DAY)
    hashes = selectors.suppression_hashes(email)
    found = list(Delivery.objects.raw(query, [*hashes, *own, day_ago, *contacts]))
    requests = [
        EarlierRequest(row.submission_id in own, *(getattr(row, name) for name in COLUMNS))
        for row in found
        if row.pk
    ]
    return requests, any(vars(row)["suppressed"] for row in found)


def _places(values: Collection[int]) -> str:
    return ", ".join(["%s"] * len(values))


def cancel_mistyped(
    earlier: list[EarlierRequest], submission: "Submission", email: str
) -> set[int]:
    """Cancels open emails to other addresses for this result: the runner corrected the address.
    Returns which."""
    others = _open_to_others(earlier, submission, email)
    mistyped = [request.pk for request in others if not request.waits_its_turn]
    _cancel(mistyped)
    return {*mistyped}


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
