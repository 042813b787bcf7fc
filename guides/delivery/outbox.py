"""The outbox: adds deliveries in the caller's transaction, and sends workers a hint on commit.

The hint refers to the task by name, so this module imports no tasks. Losing it does no harm: beat
(or the embedded loop) drains the queue anyway. It must never fail or block a page.
"""

import logging
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from kombu.exceptions import OperationalError

from guides import selectors
from guides.email_addresses import address_mask
from guides.models import Contact, Delivery
from guides.states import POSTS, Kind, State, before
from runfit.lib.caching import redis_error

logger = logging.getLogger(__name__)

DRAIN_TASK = "guides.drain"
HINT_KEY = "guides.drain.hint"
HINT_SECONDS = 5


def mail_for(
    kind: Kind, *, contact: Contact, due: datetime, dedupe_key: str, **columns: Any
) -> Delivery:
    """An email that its reader said yes to, for later. It isn't stored yet.

    queued_at lies ahead, too, because an email fails 48 hours after it was queued. The row has no
    submission, so that it doesn't count as a request for a guide.
    """
    return Delivery(
        kind=kind,
        contact=contact,
        masked_email=address_mask(contact.email),
        dedupe_key=dedupe_key,
        queued_at=due,
        due_at=due,
        **columns,
    )


def delivery_add(*, delivery: Delivery, events: Iterable[Delivery] = ()) -> None:
    """Stores one delivery in the caller's transaction, unless its dedupe_key exists. `events` are
    those of webhooks about it, stored by the same statement."""
    deliveries_add(deliveries=[delivery, *events])
    logger.info("Queued email %s", delivery.trace)


def deliveries_add(*, deliveries: Sequence[Delivery]) -> None:
    # One statement that ignores duplicates, so that the transaction stays usable.
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
    transaction.on_commit(hint, robust=True)


def deliveries_cancel(*, deliveries: QuerySet[Delivery], reason: str) -> int:
    """Cancels open deliveries: no hand-over starts afterwards. Returns how many."""
    return deliveries.filter(state__in=before(State.CANCELLED)).update(
        state=State.CANCELLED, lease_token="", lease_until=None, reason=reason
    )


def mails_cancel(*, contacts: Collection[int], reason: str) -> int:
    """Cancels all mail to these contacts, but nothing queued for the PT's tools."""
    mails = Delivery.objects.filter(contact__in=contacts).exclude(kind__in=POSTS)
    return deliveries_cancel(deliveries=mails, reason=reason)


def delivery_requeue(*, delivery: Delivery) -> bool:
    """Queues a failed delivery again, on the PT's request. False if it isn't failed, or its address
    is suppressed."""
    if not _may_go_again(delivery):
        return False
    now = timezone.now()
    requeued = Delivery.objects.filter(pk=delivery.pk, state__in=before(State.QUEUED)).update(
        state=State.QUEUED, queued_at=now, due_at=now, attempts=0, strikes=0, reason=""
    )
    if requeued:
        logger.info("Queued email %s again", delivery.trace)
        transaction.on_commit(hint, robust=True)
    return bool(requeued)


def _may_go_again(delivery: Delivery) -> bool:
    """A webhook checks what it's about when its turn comes."""
    if delivery.kind == Kind.WEBHOOK:
        return True
    contact = delivery.contact
    return contact is not None and (
        delivery.kind in POSTS or not selectors.address_suppressed(contact.email)
    )


def hint() -> None:
    """Wakes a worker, at most once until a drain begins. Ignores results and never raises."""
    if not settings.CELERY_BROKER_URL:
        return  # the embedded loop polls the queue
    try:
        if cache.add(HINT_KEY, "1", HINT_SECONDS):
            current_app.send_task(DRAIN_TASK, expires=15, retry=False, ignore_result=True)
    except (redis_error(), OperationalError, OSError) as error:
        logger.warning("Cannot hint the worker: %s", type(error).__name__)


def hint_clear() -> None:
    """Lets the next delivery send a hint again. A drain calls this before its first claim."""
    if not settings.CELERY_BROKER_URL:
        return
    try:
        cache.delete(HINT_KEY)
    except redis_error() as error:
        logger.warning("Cannot clear the hint for %s s: %s", HINT_SECONDS, type(error).__name__)


def hints_hold(seconds: float) -> None:
    """Blocks hints for a while: mail is paused, and only beat should probe the server."""
    if not settings.CELERY_BROKER_URL:
        return
    try:
        cache.set(HINT_KEY, "1", seconds)
    except redis_error() as error:
        logger.warning("Cannot block hints while mail is paused: %s", type(error).__name__)
