"""The rate limit for mail across all workers: MAIL_PER_SECOND."""

import time
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from guides.models import MailServer

CLOCK_JUMP = timedelta(seconds=10)
"""A slot further in the future comes from a wrong clock, and is ignored."""


def slot_take(until: float) -> bool:
    """Waits for the next slot, which all workers share. False if the time runs out first.

    The worker that updates `next_at` gets the slot; the others wait for the next one.
    """
    while time.monotonic() < until:
        row = MailServer.get_solo()
        now = timezone.now()
        if row.next_at and now < row.next_at < now + CLOCK_JUMP:
            wait = (row.next_at - now).total_seconds()
            time.sleep(max(0.0, min(wait, until - time.monotonic())))
        elif MailServer.objects.filter(pk=row.pk, next_at=row.next_at).update(next_at=_after(now)):
            return True
    return False


def _after(now: datetime) -> datetime:
    return now + timedelta(seconds=1 / settings.MAIL_PER_SECOND)
