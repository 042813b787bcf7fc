"""Deletes what's older than the PT keeps it. Called every few minutes, since what a killed run left
is done by the next; once a day, there's something to do."""

import logging
import time
from datetime import date, datetime, timedelta

from django.db import Error
from django.utils import timezone

from assessments.analytics.services import counted_before, first_countable_day
from assessments.hooks import RetentionRule
from assessments.models import Retention
from assessments.retention.rules import rules
from runfit.lib.caching import cached

logger = logging.getLogger(__name__)

SECONDS = 5.0
"""After this long, the rest is left to the next call: mail waits in the same process."""
SHOWN = 10_000
"""Counting more would take long, and says no more."""


def retention_run(*, seconds: float = SECONDS) -> dict[str, int]:
    """Delete what's due, and return how much by label. Idempotent. Nothing goes that isn't counted
    yet."""
    stop, today = time.monotonic() + seconds, timezone.localdate()
    retention = retention_get()
    gone: dict[str, int] = {}
    if retention.waits(today) or retention.done_on == today:
        return {}
    for rule in rules():
        before = _before(rule, retention)
        while deleted := _delete(rule, before):
            gone[str(rule.label)] = gone.get(str(rule.label), 0) + deleted
            if time.monotonic() > stop:
                return gone
    _save(done_on=today)
    return gone


def retention_preview(retention: Retention) -> list[tuple[RetentionRule, int]]:
    """What would go at the next run, with these periods: SHOWN, if it's more."""
    return [(rule, rule.count(_before(rule, retention), SHOWN + 1)) for rule in rules()]


def retention_get() -> Retention:
    return Retention.objects.first() or Retention()


def retention_shown() -> Retention:
    """As runners read it, cached. Never raises, as the practice doesn't."""
    try:
        return cached("retention", retention_get)
    except Error:
        return Retention()


def _before(rule: RetentionRule, retention: Retention) -> datetime:
    """What's from before this moment goes."""
    period = timedelta(days=getattr(retention, rule.period))
    return min(timezone.now() - period, counted_before())


def _delete(rule: RetentionRule, before: datetime) -> int:
    if not rule.count(before, 1):
        return 0
    if rule.counted:
        _note_final(timezone.localdate(before) + timedelta(days=1))
    return rule.delete(before)


def _note_final(day: date) -> None:
    if day > first_countable_day():
        _save(final_before=day)


def _save(**values: object) -> None:
    Retention.objects.update_or_create(pk=Retention.singleton_instance_id, defaults=values)
