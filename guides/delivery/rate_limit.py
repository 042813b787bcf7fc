"""The pace of all workers together: MAIL_PER_SECOND."""

import time
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from guides.models import MailServer

CLOCK_JUMP = timedelta(seconds=10)
"""A slot further ahead than this was taken by a clock that was wrong, and binds nobody."""


def slot_take(until: float) -> bool:
    """Wait until the next mail may go, all workers together. False where the time is up first.

    Whoever moves `next_at` on has the slot; who loses that waits for the one after.
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
