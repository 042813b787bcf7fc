"""A runner's requests: the guide, and the guide again.

Pages look the same for new, known and suppressed addresses, and take the same statements: the only
difference is whether the rows stay, and whether the delivery is queued or canceled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from guides import selectors
from guides.delivery import outbox
from guides.delivery.webhooks.events import guide_events
from guides.email_addresses import address_hmac, address_key, address_mask
from guides.guide_requests.limits import limits_check
from guides.guide_requests.records import (
    Inbox,
    consents_add,
    contact_ensure,
    deliver,
    link_again,
    link_create,
    training_follow,
)
from guides.guide_requests.scheduling import (
    DAY,
    EarlierRequest,
    cancel_mistyped,
    cancel_waiting,
    earlier_requests,
    turn,
)
from guides.models import Delivery, DownloadLink, GuideEdition
from guides.reasons import ASKED_TODAY, CORRECTED, SUPPRESSED
from guides.states import OPEN, State
from runfit.lib.client_ip import network_hash

if TYPE_CHECKING:
    from assessments.models import Submission

RESEND_AFTER = timedelta(seconds=60)
MAILS_PER_DAY = 3
"""Per inbox, whoever asks: of one address, the guide once, and "send again" twice."""


class RequestedMeanwhileError(Exception):
    """Another request with the same answers came first."""


class _UndoneError(Exception):
    """Rolls back the rows of a refused request."""


def guide_request(
    *,
    submission: "Submission",
    edition: GuideEdition,
    email: str,
    words: Mapping[str, str],
    network: str,
    after: int | None = None,
) -> None:
    """Stores contact, consent, link and delivery in one transaction. A request that's refused takes
    the same statements, and stores a canceled delivery alone.

    `words` is the wording that the runner consented to, by purpose. `after` is the latest request
    with these answers that the caller saw: of requests that saw the same one, only one is stored,
    and the others raise RequestedMeanwhileError. Raises LimitReachedError before anything is
    stored.
    """
    origin = network_hash(network)
    limits_check(network=network, email=email)
    with transaction.atomic():
        inbox = Inbox(email)  # before deliveries, as in contact_erase: no deadlock
        earlier, suppressed = earlier_requests(submission, inbox.pks, email)
        due = turn(earlier, submission, email, origin)
        corrected = cancel_mistyped(earlier, submission, email)
        left = [request for request in earlier if request.pk not in corrected]
        reason = SUPPRESSED if suppressed else _used_up(left, submission, email, inbox.pks)
        if _is_repeated(left, submission, email, reason):
            return
        if not reason:
            cancel_waiting(earlier, submission, email, origin)
        link = _link_unless(
            reason, inbox, edition=edition, email=email, words=words, submission=submission
        )
        if link and _times_sent(earlier, link):
            training_follow(link)
        delivery = Delivery(
            contact=link.contact if link else inbox.contact,
            submission=submission,
            link=link,
            masked_email=address_mask(link.contact.email if link else email),
            network=origin,
            dedupe_key=_dedupe_key(earlier, submission, email, link, after),
            state=State.CANCELLED if reason else State.QUEUED,
            reason=reason,
            due_at=due,
        )
        # In one statement with its events: their number doesn't tell which request was refused.
        events = guide_events(link, delivery) if link else ()
        outbox.delivery_add(delivery=delivery, events=events)
        own = Delivery.objects.filter(message_id=delivery.message_id)
        if after is not None and not own.exists():
            raise RequestedMeanwhileError


def _is_repeated(
    earlier: Sequence[EarlierRequest], submission: "Submission", email: str, reason: str
) -> bool:
    """A double click, or the Back button."""
    refused, day_ago = _refused_prefix(submission, email), timezone.now() - DAY
    if reason and any(
        request.dedupe_key.startswith(refused) and request.queued_at > day_ago
        for request in earlier
    ):
        return True
    return reason != SUPPRESSED and any(
        request.contact_key == address_key(email)
        and request.submission_id == submission.pk
        and request.is_of_today
        for request in earlier
    )


def _used_up(
    earlier: Sequence[EarlierRequest], submission: "Submission", email: str, inbox: Sequence[int]
) -> str:
    """Why this address or its inbox gets no more email today, or blank."""
    today = [request for request in earlier if request.contact_id in inbox and request.is_of_today]
    own = [request for request in today if request.contact_key == address_key(email)]
    full = len(today) >= MAILS_PER_DAY
    return ASKED_TODAY if full or (own and not _adds_checks(own, submission)) else ""


def _link_unless(
    refused: str,
    inbox: Inbox,
    *,
    submission: "Submission",
    edition: GuideEdition,
    email: str,
    words: Mapping[str, str],
) -> DownloadLink | None:
    """Stores contact, consents and link. A refused request takes them back, so that its time
    doesn't tell whose address is known or suppressed."""
    try:
        with transaction.atomic():
            ensured = contact_ensure(email)
            contact = inbox.contact or ensured
            consents_add(contact, words)
            link = link_create(contact, edition, submission, profile=submission.profile)
            if refused:
                raise _UndoneError
    except _UndoneError:
        return None
    return link


def _dedupe_key(
    earlier: Sequence[EarlierRequest],
    submission: "Submission",
    email: str,
    link: DownloadLink | None,
    after: int | None,
) -> str:
    if after is not None:
        return f"after:{submission.pk}:{after}"
    if link is None:
        prefix = _refused_prefix(submission, email)
        number = sum(request.dedupe_key.startswith(prefix) for request in earlier)
        return f"{prefix}{number}"
    number = _times_sent(earlier, link)
    return f"guide:{submission.pk}:{link.edition_id}:{link.contact_id}:{number}"


def _times_sent(earlier: Sequence[EarlierRequest], link: DownloadLink) -> int:
    """To the same address, with the same answers."""
    return sum(
        request.contact_id == link.contact_id and request.submission_id == link.submission_id
        for request in earlier
    )


def _refused_prefix(submission: "Submission", email: str) -> str:
    return f"refused:{submission.pk}:{address_hmac(email)[:16]}:"


def _adds_checks(today: Sequence[EarlierRequest], submission: "Submission") -> bool:
    """Whether this runner had the guide today for an earlier result, before checks were added."""
    is_runners = submission.added_to_id is not None and all(each.same_runner for each in today)
    return is_runners and len(today) < MAILS_PER_DAY


def guide_send_again(*, submission: "Submission", network: str, masked: str = "") -> None:
    """Sends the guide again on request. Does nothing if too soon, too often or queued. `masked`
    selects the address; blank is the latest.

    Raises LimitReachedError before anything is stored.
    """
    rows = list(selectors.deliveries_of(submission).select_related("contact", "link__edition"))
    matches = [row for row in rows if row.masked_email == masked]
    last = next(iter(matches or rows), None)
    if last is None or last.state in OPEN or not resend_is_due(last):
        return
    limits_check(network=network, email=last.masked_email)  # it has the domain
    if last.link and last.state != State.CANCELLED:
        send_more(last.link, network_hash(network))
    else:
        _refuse_more(last, network_hash(network))


def resend_is_due(delivery: Delivery) -> bool:
    """Whether a minute has passed, so that "send again" can be offered."""
    return delivery.queued_at <= timezone.now() - RESEND_AFTER


@dataclass(frozen=True, slots=True)
class Resend:
    """Whether "send again" is allowed, and if not, when it will be."""

    allowed: bool
    waits_until: datetime | None
    """When a delayed email is due."""
    next_at: datetime | None
    """When the daily limit allows another email, if it is reached."""
    seconds: int
    """Until "send again" can be offered, because the last email was less than a minute ago."""


def resend_of(deliveries: Sequence[Delivery]) -> Resend:
    """`deliveries` are those of one result, newest first. Treats refused addresses the same."""
    last, now = deliveries[0], timezone.now()
    recipient = (last.contact_id, last.masked_email)
    today = [
        delivery.queued_at
        for delivery in deliveries
        if (delivery.contact_id, delivery.masked_email) == recipient
        and delivery.queued_at > now - DAY
        and delivery.reason != CORRECTED
    ]
    is_delayed = not last.attempts and last.due_at > now
    limit_reached = len(today) >= MAILS_PER_DAY
    return Resend(
        allowed=not is_delayed and not limit_reached and resend_is_due(last),
        waits_until=last.due_at if is_delayed else None,
        next_at=today[MAILS_PER_DAY - 1] + DAY if limit_reached else None,
        seconds=max(0, ceil((last.queued_at + RESEND_AFTER - now).total_seconds())),
    )


def send_more(link: DownloadLink, origin: str) -> bool:
    """Queues another email with a new link. True if it was queued, or one was within the last
    minute. Counts for no limit but the inbox's."""
    with transaction.atomic():
        inbox = Inbox(link.contact.email)
        contact = inbox.contact
        if contact is None or selectors.address_suppressed(contact.email):
            return False
        today = inbox.today()
        since = timezone.now() - RESEND_AFTER
        just_now = today.filter(contact=contact, queued_at__gt=since).exists()
        due = today.count() < MAILS_PER_DAY
        if due and not just_now:
            deliver(link_again(contact, link), origin)
    return due or just_now


def _refuse_more(last: Delivery, origin: str) -> None:
    """Counterpart of `send_more` for a refused address, with the same effect on its page."""
    prefix, _, number = last.dedupe_key.rpartition(":")
    earlier = Delivery.objects.filter(dedupe_key__startswith=f"{prefix}:")
    if earlier.filter(queued_at__gt=timezone.now() - DAY).count() < MAILS_PER_DAY:
        more = Delivery(
            contact=last.contact,
            submission=last.submission,
            masked_email=last.masked_email,
            network=origin,
            dedupe_key=f"{prefix}:{int(number) + 1}",
            state=State.CANCELLED,
            reason=last.reason,
        )
        outbox.delivery_add(delivery=more)
