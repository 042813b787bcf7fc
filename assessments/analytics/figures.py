"""Pictures of what was counted, each with its numbers in a table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe

from assessments.analytics.charts import Bar, Column, bar_chart, column_chart, number_said
from assessments.analytics.reports import StepCount

MOST_DAYS = 31  # more are shown as weeks: outlines three pixels wide aren't columns
NAMED_DAYS = 7

Numbers = Mapping[date, int]


@dataclass(frozen=True, slots=True)
class Figure:
    """The first cell of each row says what the others are about. `key` says what is what."""

    title: str
    key: str
    svg: SafeString
    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def bar_figure(
    name: str,
    title: str,
    head: tuple[str, str],
    numbers: Iterable[tuple[str, int | None]],
    *,
    key: str = "",
) -> Figure:
    bars = [Bar(label, number) for label, number in numbers]
    rows = [(bar.label, number_said(bar.number)) for bar in bars]
    return Figure(title, key, mark_safe(bar_chart(name, title, bars)), head, rows)


def funnel_figure(name: str, title: str, steps: Sequence[StepCount]) -> Figure:
    """A bar of a question is filled as far as runners went on from it."""
    bars, rows = list[Bar](), list[tuple[str, ...]]()
    for step in steps:
        asked = step.left is not None
        bars.append(Bar(step.label, step.number, step.number - step.dropped if asked else None))
        left = number_said(step.dropped) if asked else ""
        rows.append((step.label, number_said(step.number), left))
    questions = any(step.left is not None for step in steps)
    key = "At a question, the outlined end are those who left there." if questions else ""
    svg = mark_safe(bar_chart(name, title, bars))
    return Figure(title, key, svg, ("Step", "Runners", "Left there"), rows)


def day_figure(name: str, words: str, whole: Numbers, filled: tuple[str, Numbers] | None) -> Figure:
    """By day, or by week where there would be too many, of which the first may be a short one.
    Where something is `filled`, the whole is outlined."""
    size = 1 if len(whole) <= MOST_DAYS else 7
    days = list(whole)
    spans = [days[max(end - size, 0) : end] for end in range(len(days), 0, -size)][::-1]
    form = "D j" if len(spans) <= NAMED_DAYS else "j M"
    columns = [
        Column(
            date_format(each[0], form),
            _sum(whole, each),
            _sum(filled[1], each) if filled else None,
        )
        for each in spans
    ]
    told = [(span(each[0], each[-1]), column) for each, column in zip(spans, columns, strict=True)]
    day, most = max(told, key=lambda each: each[1].number)
    unit = "Day" if size == 1 else "Week"
    title = f"By {unit.lower()}"
    says = f"{words}: the most on {day}, {number_said(most.number)}."
    return Figure(
        title,
        f"Outlined: {words}. Filled: {filled[0]}." if filled else f"{words}.",
        mark_safe(column_chart(name, title, says, columns)),
        (unit, words, *([filled[0]] if filled else [])),
        [
            (day, *(number_said(each) for each in (column.number, column.part) if each is not None))
            for day, column in told
        ],
    )


def last_days(number: int) -> tuple[date, date]:
    """The first and the last of so many full days. Today isn't over, and would always look worse
    than the same day last week. The statistics page shows it when asked."""
    today = timezone.localdate()
    return today - timedelta(days=number), today - timedelta(days=1)


def span(first_day: date, last_day: date) -> str:
    """Such as Thu 19 to Wed 25 November; with the year, where it is not this one."""
    last = date_format(last_day, _form(last_day))
    if first_day == last_day:
        return last
    alike = (first_day.year, first_day.month) == (last_day.year, last_day.month)
    return f"{date_format(first_day, 'D j' if alike else _form(first_day))} to {last}"


def _form(day: date) -> str:
    return "D j F" if day.year == timezone.localdate().year else "D j F Y"


def _sum(numbers: Numbers, days: Sequence[date]) -> int:
    return sum(numbers[day] for day in days)
