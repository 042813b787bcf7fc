"""Queries for the PT's webhooks."""

from guides.models import Delivery, WebhookEndpoint
from guides.models.webhooks import Event
from runfit.lib.caching import cached

SHOWN = 20


def webhooks_on() -> list[WebhookEndpoint]:
    """Those that are told of events, cached."""
    rows = WebhookEndpoint.objects.filter(is_on=True).exclude(seed="")
    return cached("webhooks", lambda: list(rows))


def webhooks_for(event: Event) -> list[WebhookEndpoint]:
    return [endpoint for endpoint in webhooks_on() if endpoint.takes(event)]


def webhook_facts() -> list[str]:
    """What runners must be told before they answer: that results are passed on, and answers."""
    facts = {event: webhooks_for(event) for event in (Event.RESULT, Event.RESULT_WITH_ANSWERS)}
    return [str(event) for event, endpoints in facts.items() if endpoints]


def webhook_deliveries(endpoint: WebhookEndpoint) -> list[Delivery]:
    """The latest."""
    rows = Delivery.objects.filter(endpoint=endpoint).order_by("-queued_at", "-pk")
    return list(rows[:SHOWN])


def webhooks_told_of(contact: int) -> set[int]:
    """The endpoints that may know this contact's address."""
    rows = WebhookEndpoint.objects.filter(deliveries__contact=contact, deliveries__attempts__gt=0)
    return set(rows.order_by().values_list("pk", flat=True))
