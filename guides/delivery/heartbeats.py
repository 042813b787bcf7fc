"""One row per process type, in the database, because a worker that Redis has cut off must show up.

A worker's row is written by the tasks that it takes and beat's by its clock, so each proves that
work goes on, not just that a process is alive. Whoever still runs watches the others.
"""

import logging
from datetime import datetime, timedelta
from typing import Literal

from django.utils import timezone

from guides.models import Heartbeat
from guides.selectors import ProcessStatus, process_statuses
from runfit.lib.caching import cached

logger = logging.getLogger(__name__)

EVERY = 15.0
REMIND_AFTER = timedelta(hours=1)

Name = Literal["worker", "beat", "deliver"]


def seen(name: Name) -> None:
    """To be called as often as there is work: it is written every 15 seconds at most."""
    cached(("heartbeat", name), lambda: _write(name), ttl=EVERY)


def _write(name: Name) -> datetime:
    """When it was written."""
    now = timezone.now()
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, seen_at=now)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["seen_at"],
    )
    alert()
    return now


def alert() -> None:
    """Where a part has not run for a minute, tell who runs the site: once, then once an hour."""
    for part in process_statuses():
        if part.silent and _may_tell(part):
            age = part.age
            logger.critical(
                "Not running: %s (%s). Mail and the counts of days may wait for it.",
                part.name,
                f"last seen {age.total_seconds():.0f} seconds ago" if age else "never seen",
            )


def _may_tell(part: ProcessStatus) -> bool:
    now = timezone.now()
    if part.told_at and part.told_at > now - REMIND_AFTER:
        return False
    Heartbeat.objects.bulk_create([Heartbeat(name=part.name)], ignore_conflicts=True)
    mine = Heartbeat.objects.filter(name=part.name, told_at=part.told_at)
    return bool(mine.update(told_at=now))
