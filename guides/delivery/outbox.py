"""The only entrance to the queue: a row in the caller's transaction, and a hint on commit.

The hint names its task, so that nothing here imports one. It may be lost at no cost: beat (or
the embedded loop) drains the queue anyway. It must never fail a page or hold it up.
"""

import logging
from collections.abc import Collection, Sequence

from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from guides import selectors
from guides.models import Delivery
from guides.states import Kind, State, before

logger = logging.getLogger(__name__)

DRAIN_TASK = "guides.drain"
HINT_KEY = "guides.drain.hint"
HINT_SECONDS = 5


def delivery_add(*, delivery: Delivery) -> None:
    """Store one delivery in the caller's transaction, unless its dedupe_key is known."""
    deliveries_add(deliveries=[delivery])


def deliveries_add(*, deliveries: Sequence[Delivery]) -> None:
    # One statement that cannot fail on a duplicate, so that the transaction goes on.
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
    transaction.on_commit(hint, robust=True)


def deliveries_cancel(*, deliveries: QuerySet[Delivery], reason: str) -> int:
    """Cancel those that may still go out: no hand-over starts afterwards. Returns how many."""
    return deliveries.filter(state__in=before(State.CANCELLED)).update(
        state=State.CANCELLED, lease_token="", lease_until=None, reason=reason
    )


def mails_cancel(*, contacts: Collection[int], reason: str) -> int:
    """Cancel all mail to these contacts. What the newsletter tool has yet to hear goes on."""
    mails = Delivery.objects.filter(contact__in=contacts).exclude(kind=Kind.NEWSLETTER)
    return deliveries_cancel(deliveries=mails, reason=reason)


def delivery_requeue(*, delivery: Delivery) -> bool:
    """Queue a failed mail again, by hand. True where it was failed, and is still wanted."""
    if delivery.contact is None:
        return False
    if delivery.kind != Kind.NEWSLETTER and selectors.address_suppressed(delivery.contact.email):
        return False
    now = timezone.now()
    moved = Delivery.objects.filter(pk=delivery.pk, state__in=before(State.QUEUED)).update(
        state=State.QUEUED, queued_at=now, due_at=now, attempts=0, strikes=0, reason=""
    )
    if moved:
        transaction.on_commit(hint, robust=True)
    return bool(moved)


def hint() -> None:
    """Wake a worker, at most once until a drain begins. Needs no answer and never raises."""
    if not settings.CELERY_BROKER_URL:
        return  # the embedded loop looks by itself
    try:
        if cache.add(HINT_KEY, "1", HINT_SECONDS):
            current_app.send_task(DRAIN_TASK, expires=15, retry=False, ignore_result=True)
    except (RedisError, OperationalError, OSError) as error:
        logger.warning("No hint for the worker: %s", type(error).__name__)


def hint_clear() -> None:
    """Called by a drain before its first claim: what is queued from here on hints anew."""
    if not settings.CELERY_BROKER_URL:
        return
    try:
        cache.delete(HINT_KEY)
    except RedisError as error:
        logger.warning("The hint stays for %s s: %s", HINT_SECONDS, type(error).__name__)


def hints_hold(seconds: float) -> None:
    """Let no hint through for a while: mail is paused, and beat alone shall probe."""
    if not settings.CELERY_BROKER_URL:
        return
    try:
        cache.set(HINT_KEY, "1", seconds)
    except RedisError as error:
        logger.warning("Hints go on while mail is paused: %s", type(error).__name__)
