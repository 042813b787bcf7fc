"""Keeps the counts of each day: made of raw rows, and equal to them whenever they are made."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max, Min
from django.utils import timezone

from assessments import hooks, selectors
from assessments.analytics.aggregation import CountKey, EventCount, aggregate
from assessments.analytics.reports import DERIVED
from assessments.analytics.utm import MEASURE_AGAIN
from assessments.models import DayCount, Edition, Sight, Submission
from assessments.models.counting import KEPT

SIGHTS_KEPT = timedelta(days=400)
SECONDS = 5.0
"""After which a call leaves the other days to the next: mail waits in the same process."""
LEAST_DAYS = 3  # of a call: the last that was kept, the one before, and one more
DAY = timedelta(days=1)


def counts_update(*, seconds: float = SECONDS) -> None:
    """Count yesterday and today anew, and each day since the last that was counted.

    Yesterday too, since what happened before midnight may have been written after it. Once all is
    counted, sights that are too old go.
    """
    stop = time.monotonic() + seconds
    today = timezone.localdate()
    for number, day in enumerate(_days(_first_day(today), today), start=1):
        _day_keep(day)
        if number >= LEAST_DAYS and day < today and time.monotonic() > stop:
            return
    Sight.objects.filter(day__lt=today - SIGHTS_KEPT).delete()


def counts_rebuild(
    *, since: date | None = None, until: date | None = None, told: Callable[[date], object] = str
) -> int:
    """Count these days anew, or all; returns how many. Each is `told` once it is done.

    Raises ValueError where raw rows of one are gone: what was counted then is all that is left.
    """
    today = timezone.localdate()
    oldest = today - SIGHTS_KEPT
    if since and since < oldest:
        raise ValueError(f"What was seen before {oldest} is gone. Begin with that day or later.")
    days = [*_days(since or max(oldest, _first_known(today)), until or today)]
    for day in days:
        _day_keep(day)
        told(day)
    return len(days)


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Its first moment, and that of the next: a day is 23 to 25 hours long where clocks change."""
    zone = timezone.get_default_timezone()
    midnight = datetime.min.time()
    return datetime.combine(day, midnight, zone), datetime.combine(day + DAY, midnight, zone)


def day_event_counts(day: date) -> Iterator[EventCount]:
    """Everything that is known of a day."""
    start, end = day_bounds(day)
    yield from _sight_facts(day)
    yield from _submission_facts(start, end)
    for counter in hooks.event_counters:
        yield from counter(start, end)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + DAY * number for number in range((last - first).days + 1))


def _first_day(today: date) -> date:
    """The day before the last that was counted, or the first of which anything is known."""
    kept = DayCount.objects.filter(by="", value="", step=KEPT, item="", day__lte=today)
    last: date | None = kept.aggregate(last=Max("day"))["last"]
    return last - DAY if last else _first_known(today)


def _first_known(today: date) -> date:
    answered: datetime | None = Submission.objects.aggregate(first=Min("created_at"))["first"]
    seen: date | None = Sight.objects.aggregate(first=Min("day"))["first"]
    return min(seen or today, timezone.localdate(answered) if answered else today)


@transaction.atomic
def _day_keep(day: date) -> None:
    _lock(day)
    rows = DayCount.objects.filter(day=day).exclude(step=KEPT)
    fresh = aggregate(day_event_counts(day))
    kept = {CountKey(row.by, row.value, row.step, row.item): row.number for row in rows}
    if fresh == kept:  # a quiet site is not written to every few minutes
        return
    rows.delete()
    DayCount.objects.bulk_create(
        (DayCount(day=day, number=number, **key._asdict()) for key, number in fresh.items()),
        batch_size=1000,
    )


def _lock(day: date) -> None:
    """Until commit: of two that count one day at once, the later reads all that the first did."""
    mark = {"by": "", "value": "", "day": day, "step": KEPT, "item": ""}
    DayCount.objects.get_or_create(**mark, defaults={"number": 0})
    DayCount.objects.select_for_update().get(**mark)


def _sight_facts(day: date) -> Iterator[EventCount]:
    rows = Sight.objects.filter(day=day).order_by()
    return map(EventCount._make, rows.values_list(
        "step", "item", "edition", "source", "profile", "bot", "number"
    ).iterator())  # fmt: skip


def _submission_facts(start: datetime, end: datetime) -> Iterator[EventCount]:
    """One of each kind, with how many there were."""
    numbers: Counter[EventCount] = Counter()
    rows = Submission.objects.filter(created_at__gte=start, created_at__lt=end).order_by()
    fields = ("edition", "source", "profile", "safety_level", "safety", "answers", "result")
    for edition, source, profile, level, safety, answers, result in rows.values_list(
        *fields
    ).iterator():
        fact = EventCount("finish", "", edition, source, profile)
        if result["dimensions"] is None:
            items = ["", *(_stopped_by(edition, level, safety) or [DERIVED + level])]
            numbers.update(fact._replace(step="stop", item=item) for item in items)
        else:
            numbers[fact] += 1
            if source == MEASURE_AGAIN:
                numbers[fact._replace(step="again")] += 1
        numbers.update(
            EventCount("answer", f"{question}:{answer}", edition)
            for question, answer in answers.items()
        )
    return (fact._replace(number=number) for fact, number in numbers.items())


def _stopped_by(edition: int, level: str, safety: Iterable[str]) -> list[str]:
    """The items of the safety list at this level that were ticked. None where the level followed
    from answers, or where the version cannot be read."""
    try:
        listed = selectors.edition_definition(Edition(pk=edition)).safety
    except ValueError:
        return []
    return [key for key in safety if listed.has_item(key) and listed.item(key).level == level]
