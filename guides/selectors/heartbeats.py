"""Whether what works beside the web server runs: each leaves a heartbeat in the database."""

import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from guides.models import Delivery, Heartbeat
from guides.states import MAIL_DEADLINE, State

SILENT_AFTER = timedelta(minutes=1)
SILENT_AFTER_A_MAIL = 2 * MAIL_DEADLINE
"""While a mail is on its way: whoever hands it over may say nothing before its deadline."""

_began = time.monotonic()


@dataclass(frozen=True, slots=True)
class ProcessStatus:
    """A part by its name, and when it was last seen to run: never, where it is not known."""

    name: str
    seen_at: datetime | None
    told_at: datetime | None = None
    patience: timedelta = SILENT_AFTER

    @property
    def age(self) -> timedelta | None:
        """A clock that was set back hides nobody: what seems to come is as far away."""
        return abs(timezone.now() - self.seen_at) if self.seen_at else None

    @property
    def silent(self) -> bool:
        """For a minute. In its own first minute a process does not know yet."""
        just_begun = time.monotonic() - _began < SILENT_AFTER.total_seconds()
        return not just_begun and (self.age is None or self.age > self.patience)


def processes_expected() -> tuple[str, ...]:
    return ("worker", "beat") if settings.CELERY_BROKER_URL else ("deliver",)


def process_statuses() -> list[ProcessStatus]:
    """One for each part that must run here, whether it ever did or not."""
    rows = Heartbeat.objects.in_bulk(processes_expected())
    known = {name: ProcessStatus(name, row.seen_at, row.told_at) for name, row in rows.items()}
    parts = [known.get(name) or ProcessStatus(name, None) for name in processes_expected()]
    if any(part.silent for part in parts) and _mail_on_its_way():
        return [replace(part, patience=SILENT_AFTER_A_MAIL) for part in parts]
    return parts


def _mail_on_its_way() -> bool:
    leased = Delivery.objects.filter(state=State.SENDING, lease_until__gt=timezone.now())
    return leased.exists()
