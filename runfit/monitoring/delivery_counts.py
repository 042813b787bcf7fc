"""Counts of deliveries, for a monitor."""

from datetime import timedelta

from django.db.models import Count, F, Sum
from django.utils import timezone

from guides.models import Delivery
from guides.models.delivery import WAITS
from guides.states import State


def deliveries_by_state() -> dict[str, int]:
    """How many there are in each state. Reads the whole table."""
    rows = Delivery.objects.order_by().values_list("state").annotate(number=Count("pk"))
    return {**dict.fromkeys(map(str, State), 0), **dict(rows)}


def deliveries_failed_since(ago: timedelta) -> int:
    since = timezone.now() - ago
    return Delivery.objects.filter(state=State.FAILED, queued_at__gt=since).count()


def retries_waiting() -> int:
    """Tries beyond the first of the deliveries that wait."""
    waiting = Delivery.objects.filter(WAITS, attempts__gt=1).order_by()
    total: int | None = waiting.aggregate(total=Sum(F("attempts") - 1))["total"]
    return total or 0
