"""Updates the daily counts from the raw rows. Idempotent: can be run again at any time."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import starmap
from typing import Any

from django.db import transaction
from django.db.models import Max, Min, QuerySet
from django.utils import timezone

from assessments import hooks, selectors
from assessments.analytics.aggregation import CountKey, EventCount, aggregate
from assessments.analytics.reports import ANSWERED, DERIVED
from assessments.analytics.utm import MEASURE_AGAIN
from assessments.models import DayCount, Edition, Retention, Sight, Submission
from assessments.models.counting import COUNTED
from assessments.submissions.request_limits import counts_delete_old

EARLIEST = date(1970, 1, 2)
SECONDS = 5.0
"""After this long, the rest is left to the next call: mail waits in the same process."""
MIN_DAYS = 3  # per call: the last day counted, the one before, and one more
DAY = timedelta(days=1)


def counts_update(*, seconds: float = SECONDS) -> None:
    """Recount yesterday and today, and every day since the last one counted.

    Yesterday too, because events from before midnight may be written after it.
    """
    stop = time.monotonic() + seconds
    today = timezone.localdate()
    for number, day in enumerate(_days(_first_day(today), today), start=1):
        _update_day(day)
        if number >= MIN_DAYS and day < today and time.monotonic() > stop:
            return
    counts_delete_old()


def counts_rebuild(
    *, since: date | None = None, until: date | None = None, on_day: Callable[[date], object] = str
) -> int:
    """Recount these days, or all; returns how many. Calls `on_day` after each.

    Raises ValueError if raw rows are already deleted: their counts can't be rebuilt.
    """
    today, oldest = timezone.localdate(), first_countable_day()
    if since and since < oldest:
        raise ValueError(f"Raw data from before {oldest} is gone. Start on that day or later.")
    days = [*_days(since or max(oldest, _first_known(today)), until or today)]
    for day in days:
        _update_day(day)
        on_day(day)
    return len(days)


def first_countable_day() -> date:
    """The first day whose raw rows are all there: `assessments.retention` deletes old ones."""
    final = Retention.objects.values_list("final_before", flat=True).first()
    return final or EARLIEST


def counted_before() -> datetime:
    """What's from before this moment is counted for good: yesterday may be counted again."""
    return day_bounds((_last_counted() or EARLIEST) - DAY)[0]


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Midnight, and the next midnight: with daylight saving time, a day has 23 to 25 hours."""
    zone = timezone.get_default_timezone()
    midnight = datetime.min.time()
    return datetime.combine(day, midnight, zone), datetime.combine(day + DAY, midnight, zone)


def day_event_counts(day: date) -> Iterator[EventCount]:
    """All events of a day."""
    start, end = day_bounds(day)
    yield from _sighting_events(day)
    yield from _submission_events(start, end)
    for counter in hooks.event_counters:
        yield from counter(start, end)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + DAY * number for number in range((last - first).days + 1))


def _first_day(today: date) -> date:
    """The day before the last one counted, or the first day with any data."""
    last = _last_counted()
    return last - DAY if last else _first_known(today)


def _last_counted() -> date | None:
    today = timezone.localdate()
    counted = DayCount.objects.filter(by="", value="", step=COUNTED, item="", day__lte=today)
    last: date | None = counted.aggregate(last=Max("day"))["last"]
    return last


def _first_known(today: date) -> date:
    submitted: datetime | None = Submission.objects.aggregate(first=Min("created_at"))["first"]
    sighted: date | None = Sight.objects.aggregate(first=Min("day"))["first"]
    return min(sighted or today, timezone.localdate(submitted) if submitted else today)


@transaction.atomic
def _update_day(day: date) -> None:
    _lock(day)
    rows = DayCount.objects.filter(day=day).exclude(step=COUNTED)
    counts = aggregate(day_event_counts(day))
    stored = {CountKey(row.by, row.value, row.step, row.item): row.number for row in rows}
    if counts == stored:  # avoid writing every few minutes on a quiet site
        return
    rows.delete()
    DayCount.objects.bulk_create(
        (DayCount(day=day, number=number, **key._asdict()) for key, number in counts.items()),
        batch_size=1000,
    )


def _lock(day: date) -> None:
    """Lock the day until commit: a concurrent call waits, then sees this one's counts."""
    marker = {"by": "", "value": "", "day": day, "step": COUNTED, "item": ""}
    DayCount.objects.get_or_create(**marker, defaults={"number": 0})
    DayCount.objects.select_for_update().get(**marker)


def _sighting_events(day: date) -> Iterator[EventCount]:
    rows = Sight.objects.filter(day=day).order_by()
    return starmap(EventCount, rows.values_list(
        "step", "item", "edition", "source", "profile", "bot", "number"
    ).iterator())  # fmt: skip


def _submission_events(start: datetime, end: datetime) -> Iterator[EventCount]:
    """Events of the submissions in this period, equal ones added up. Answers that add checks are
    no other runner: of these, only the added answers count."""
    numbers: Counter[EventCount] = Counter()
    then = Submission.objects.filter(created_at__gte=start, created_at__lt=end).order_by()
    numbers.update(_added_answers(then.exclude(added_to=None)))
    rows = then.filter(added_to=None)
    fields = ("edition", "source", "profile", "safety_level", "safety", "answers", "result")
    for edition, source, profile, level, safety, answers, result in rows.values_list(
        *fields
    ).iterator():
        event = EventCount("finish", "", edition, source, profile)
        if result["dimensions"] is None:
            items = ["", *(_stopped_by(edition, level, safety) or [DERIVED + level])]
            numbers.update(event._replace(step="stop", item=item) for item in items)
        else:
            numbers[event] += 1
            if source == MEASURE_AGAIN:
                numbers[event._replace(step="again")] += 1
        numbers.update(_answer_events(edition, answers))
    return (event._replace(number=number) for event, number in numbers.items())


def _added_answers(rows: QuerySet[Submission]) -> Iterator[EventCount]:
    """The answers to questions that the runner hadn't answered before."""
    counted = dict(rows.values_list("pk", "added_to"))
    if not counted:
        return
    firsts = {first for first in counted.values() if first}
    known: defaultdict[int, set[str]] = defaultdict(set)
    for row in selectors.submissions_by_first(firsts).order_by("pk"):
        new = {key: answer for key, answer in row.answers.items() if key not in known[row.first_pk]}
        known[row.first_pk].update(new)
        if row.pk in counted:
            yield from _answer_events(row.edition_id, new)


def _answer_events(edition: int, answers: Mapping[str, Any]) -> Iterator[EventCount]:
    for question, answer in answers.items():
        for counted in _counted_answers(answer):
            yield EventCount("answer", f"{question}:{counted}", edition)


def _counted_answers(answer: Any) -> list[Any]:
    """An answer as it's counted. Of several, each picked one is, and the runner who picked them."""
    return [ANSWERED, *answer] if isinstance(answer, list) else [answer]


def _stopped_by(edition: int, level: str, safety: Iterable[str]) -> list[str]:
    """The ticked safety items of this level. Empty if the level was derived from answers, or the
    edition can't be parsed."""
    try:
        items = selectors.edition_definition(Edition(pk=edition)).safety
    except ValueError:
        return []
    return [key for key in safety if items.has_item(key) and items.item(key).level == level]
