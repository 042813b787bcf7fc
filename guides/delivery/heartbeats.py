"""Heartbeats: one database row per process type. Not in Redis, so that a worker that has lost Redis
is noticed.

A worker's row is written when it runs a task and beat's when its clock ticks, so they prove that
work is done, not just that a process is alive. Processes that still run watch the others.
"""

import logging
from datetime import datetime, timedelta
from typing import Literal

from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from guides.models import Heartbeat
from guides.selectors import ProcessStatus, process_statuses
from runfit.lib.caching import cached

logger = logging.getLogger(__name__)

EVERY = 15.0
LEASE = timedelta(seconds=30)
"""After which another beat takes over. A beat that sends ticks every 15 seconds."""
REMIND_AFTER = timedelta(hours=1)

Name = Literal["worker", "deliver"]


def seen(name: Name) -> None:
    """Records a heartbeat. Call it as often as you like: it writes at most every 15 seconds."""
    cached(("heartbeat", name), lambda: _write(name), ttl=EVERY)


def _write(name: Name) -> datetime:
    """Writes the heartbeat and returns its time."""
    now = timezone.now()
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, seen_at=now)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["seen_at"],
    )
    alert()
    return now


def beat_claim(holder: str) -> bool:
    """Records beat's heartbeat, unless another beat sends. By the database's clock: those of the
    hosts may differ."""
    Heartbeat.objects.bulk_create([Heartbeat(name="beat")], ignore_conflicts=True)
    free = Q(holder__in=["", holder]) | Q(seen_at=None) | Q(seen_at__lt=Now() - LEASE)
    sends = Heartbeat.objects.filter(free, name="beat").update(holder=holder, seen_at=Now())
    alert()
    return bool(sends)


def beat_release(holder: str) -> None:
    """Lets another beat take over at once."""
    Heartbeat.objects.filter(name="beat", holder=holder).update(holder="")


def alert() -> None:
    """Logs a critical error for a process that has not run for a minute: once, then hourly."""
    for process in process_statuses():
        if process.silent and _claim_alert(process):
            age = process.age
            logger.critical(
                "Not running: %s (%s). Mail and daily counts may be delayed.",
                process.name,
                f"last seen {age.total_seconds():.0f} seconds ago" if age else "never seen",
            )


def _claim_alert(process: ProcessStatus) -> bool:
    """Whether this process may send the alert: none was sent within the last hour."""
    now = timezone.now()
    if process.told_at and process.told_at > now - REMIND_AFTER:
        return False
    Heartbeat.objects.bulk_create([Heartbeat(name=process.name)], ignore_conflicts=True)
    unchanged = Heartbeat.objects.filter(name=process.name, told_at=process.told_at)
    return bool(unchanged.update(told_at=now))
