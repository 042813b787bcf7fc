"""Whether the background processes run, by their heartbeats in the database."""

import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from guides.models import Delivery, Heartbeat
from guides.states import MAIL_DEADLINE, State

SILENT_AFTER = timedelta(minutes=1)
SILENT_AFTER_A_MAIL = 2 * MAIL_DEADLINE
"""While an email is being sent: a process may stay silent until its deadline."""

_began = time.monotonic()


@dataclass(frozen=True, slots=True)
class ProcessStatus:
    """A background process and the time of its last heartbeat, if any."""

    name: str
    seen_at: datetime | None
    told_at: datetime | None = None
    patience: timedelta = SILENT_AFTER

    @property
    def age(self) -> timedelta | None:
        """The time since the last heartbeat; absolute, in case the clock was set back."""
        return abs(timezone.now() - self.seen_at) if self.seen_at else None

    @property
    def silent(self) -> bool:
        """Whether heartbeats have stopped. Unknown, so False, in the first minute after startup."""
        just_started = time.monotonic() - _began < SILENT_AFTER.total_seconds()
        return not just_started and self.overdue

    @property
    def overdue(self) -> bool:
        """Whether the last heartbeat is too old, whenever this process started."""
        return self.age is None or self.age > self.patience


def processes_expected() -> tuple[str, ...]:
    return ("worker", "beat") if settings.CELERY_BROKER_URL else ("deliver",)


def process_statuses() -> list[ProcessStatus]:
    """The status of each process that must run here."""
    rows = Heartbeat.objects.in_bulk(processes_expected())
    known = {name: ProcessStatus(name, row.seen_at, row.told_at) for name, row in rows.items()}
    parts = [known.get(name) or ProcessStatus(name, None) for name in processes_expected()]
    if any(part.silent for part in parts) and _is_sending():
        return [replace(part, patience=SILENT_AFTER_A_MAIL) for part in parts]
    return parts


def _is_sending() -> bool:
    leased = Delivery.objects.filter(state=State.SENDING, lease_until__gt=timezone.now())
    return leased.exists()
