"""What the PT does with webhooks at the desk."""

from django.db import transaction

from guides import selectors
from guides.delivery import outbox
from guides.delivery.webhooks import events
from guides.models import WebhookEndpoint
from runfit.lib import caching

AT_ONCE = 200


def webhook_saved() -> None:
    """Pages of this process know at once, others within three seconds."""
    transaction.on_commit(caching.expire, robust=True)


def webhook_reseed(*, endpoint: WebhookEndpoint) -> None:
    """Makes a new secret. The one before signs, too, for a day."""
    endpoint.reseed()
    endpoint.save(update_fields=["seed", "seed_before", "seeded_at"])
    webhook_saved()


def webhook_test(*, endpoint: WebhookEndpoint) -> None:
    outbox.delivery_add(delivery=events.test_event(endpoint))


def webhook_retry(*, endpoint: WebhookEndpoint) -> int:
    """Queues what failed lately again. Returns how many."""
    failed = selectors.deliveries_failed().filter(endpoint=endpoint).order_by("pk")[:AT_ONCE]
    return sum(outbox.delivery_requeue(delivery=delivery) for delivery in failed)
