"""Charts of the daily counts, with the same numbers as tables."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from assessments.analytics.charts import (
    Bar,
    Column,
    Figure,
    bar_chart,
    column_chart,
    format_number,
)
from assessments.analytics.reports import StepCount, hide_few, hide_small

MAX_DAYS = 31  # more are shown as weeks: columns three pixels wide are unreadable
NAMED_DAYS = 7

Numbers = Mapping[date, int]


def bar_figure(
    name: str,
    title: str,
    head: tuple[str, str],
    numbers: Iterable[tuple[str, int | None]],
    *,
    key: str = "",
) -> Figure:
    bars = [Bar(label, number) for label, number in numbers]
    rows = [(bar.label, format_number(bar.number)) for bar in bars]
    return Figure(title, key, mark_safe(bar_chart(name, title, bars)), head, rows)


def funnel_figure(
    name: str, title: str, steps: Sequence[StepCount], *, of_some: bool = False
) -> Figure:
    """A question's bar is filled up to the number of runners who continued. `of_some` runners only,
    small numbers are hidden."""
    bars, rows = list[Bar](), list[tuple[str, ...]]()
    for step in steps:
        is_question = step.left is not None
        number = hide_few(step.number) if of_some else step.number
        dropped = hide_few(step.dropped) if of_some else step.dropped
        shown = is_question and number is not None and dropped is not None
        bars.append(Bar(step.label, number, step.number - step.dropped if shown else None))
        left = format_number(dropped) if is_question else ""
        rows.append((step.label, format_number(number), left))
    questions = any(step.left is not None for step in steps)
    key = _("At a question, the outlined end shows who left there.") if questions else ""
    svg = mark_safe(bar_chart(name, title, bars))
    return Figure(title, key, svg, (_("Step"), _("Runners"), _("Left there")), rows)


def compare_figure(
    name: str,
    title: str,
    names: tuple[str, str],
    pairs: Sequence[tuple[StepCount, StepCount]],
) -> Figure:
    """The same steps of two groups of runners, and what part of the first step each one is."""
    whole = pairs[0]
    bars, rows = list[Bar](), list[tuple[str, ...]]()
    for pair in pairs:
        one, other = (hide_few(step.number) for step in pair)
        bars.append(Bar(pair[0].label, one, before=other))
        cells = (_with_percent(step, first) for step, first in zip(pair, whole, strict=True))
        rows.append((pair[0].label, *cells))
    svg = mark_safe(bar_chart(name, title, bars))
    key = _("Filled: {one}. Outlined: {other}.").format(one=names[0], other=names[1])
    return Figure(title, key, svg, (_("Step"), *names), rows)


def source_rows(funnels: Mapping[str, Sequence[StepCount]]) -> list[tuple[str, list[str]]]:
    """A row of numbers by source. The first one is the whole of the others."""
    return [
        (source, [_with_percent(step, steps[0]) for step in steps])
        for source, steps in funnels.items()
    ]


def _with_percent(step: StepCount, first: StepCount) -> str:
    """Such as “12 (40%)”. A hidden number stays hidden in its percent."""
    number, of = hide_few(step.number), hide_few(first.number)
    percent = f" ({100 * number / of:.0f}%)" if number is not None and of and step != first else ""
    return f"{format_number(number)}{percent}"


def day_figure(
    name: str,
    words: str,
    whole: Numbers,
    filled: tuple[str, Numbers] | None,
    *,
    of_some: bool = False,
) -> Figure:
    """A column per day, or per week if there are too many days; the first week may be short.
    With `filled`, the total is outlined. `of_some` runners only, small numbers are hidden."""
    size = 1 if len(whole) <= MAX_DAYS else 7
    days = list(whole)
    spans = [days[max(end - size, 0) : end] for end in range(len(days), 0, -size)][::-1]
    form = "D j" if len(spans) <= NAMED_DAYS else "j M"
    numbers = [_by_span(whole, spans, of_some)]
    if filled:
        parts = zip(numbers[0], _by_span(filled[1], spans, of_some), strict=True)
        numbers.append([None if number is None else part for number, part in parts])
    columns = [
        Column(date_format(days[0], form), *(number or 0 for number in shown))
        for days, *shown in zip(spans, *numbers, strict=True)
    ]
    labels = [span(days[0], days[-1]) for days in spans]
    day, most = max(zip(labels, columns, strict=True), key=lambda pair: pair[1].number)
    unit, title = (_("Day"), _("By day")) if size == 1 else (_("Week"), _("By week"))
    description = _("{words}: the most on {day}, {number}.").format(
        words=words, day=day, number=format_number(most.number)
    )
    both = _("Outlined: {whole}. Filled: {part}.")
    return Figure(
        title,
        both.format(whole=words, part=filled[0]) if filled else f"{words}.",
        mark_safe(column_chart(name, title, description, columns)),
        (unit, words, *([filled[0]] if filled else [])),
        [
            (label, *map(format_number, shown))
            for label, *shown in zip(labels, *numbers, strict=True)
        ],
    )


def last_days(number: int) -> tuple[date, date]:
    """The first and last of the past full days. Today isn't over, so it would always look worse
    than the same day last week. The statistics page shows it on request."""
    today = timezone.localdate()
    return today - timedelta(days=number), today - timedelta(days=1)


def span(first_day: date, last_day: date) -> str:
    """Such as Thu 19 to Wed 25 November; with the year if it isn't this one."""
    last = date_format(last_day, _form(last_day))
    if first_day == last_day:
        return last
    same_month = (first_day.year, first_day.month) == (last_day.year, last_day.month)
    first = date_format(first_day, "D j" if same_month else _form(first_day))
    return _("{first} to {last}").format(first=first, last=last)


def _form(day: date) -> str:
    return "D j F" if day.year == timezone.localdate().year else "D j F Y"


def _by_span(numbers: Numbers, spans: Sequence[Sequence[date]], of_some: bool) -> list[int | None]:
    sums = [sum(numbers[day] for day in days) for days in spans]
    return hide_small(sums) if of_some else [*sums]
