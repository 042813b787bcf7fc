"""The last seven days compared with the seven before, for the first page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.safestring import mark_safe

from assessments import hooks
from assessments.analytics import reports
from assessments.analytics.charts import Bar, bar_chart, format_number
from assessments.analytics.figures import last_days, span
from assessments.analytics.reports import HIDDEN_BELOW, StepCount
from runfit.lib.hooks import gather

DAYS = timedelta(days=7)
TOO_MANY = 10
"""A safety item that stops more than one runner in this many may be worded too broadly."""


@dataclass(frozen=True, slots=True)
class WeekLine:
    label: str
    number: int
    before: int

    @property
    def formatted_number(self) -> str:
        return format_number(self.number)

    @property
    def change(self) -> str:
        """The difference from the week before, in words."""
        if self.number == self.before:
            return "as many"
        more = "more" if self.number > self.before else "fewer"
        return f"{format_number(abs(self.number - self.before))} {more}"


@dataclass(frozen=True, slots=True)
class Week:
    days: str
    said: str = ""  # shown if there's nothing to chart
    lines: list[WeekLine] = field(default_factory=list)
    svg: str = ""
    hints: list[str] = field(default_factory=list)
    more: list[str] = field(default_factory=list)


def week() -> Week:
    first, last = last_days(DAYS.days)
    now = reports.funnel(first, last)
    before = reports.funnel(first - DAYS, last - DAYS)
    days = span(first, last)
    if not any(step.number for step in now):
        return Week(days, said=_quiet(before), more=gather(hooks.week_lines))
    lines = list(_lines(now, before))
    bars = [Bar(line.label, line.number, before=line.before) for line in lines]
    svg = mark_safe(bar_chart("week", f"The week, {days}", bars))
    hints = [*_hints(now, first, last)]
    return Week(days, lines=lines, svg=svg, hints=hints, more=gather(hooks.week_lines))


def _lines(now: Sequence[StepCount], before: Sequence[StepCount]) -> Iterator[WeekLine]:
    """All steps except questions, which are on the statistics page."""
    numbers = {step.step: step.number for step in before}
    return (
        WeekLine(step.label, step.number, numbers[step.step]) for step in now if step.left is None
    )


def _quiet(before: Sequence[StepCount]) -> str:
    visits = before[0].number
    if not any(step.number for step in before):
        return "No one has come by yet. Once runners do, you'll see how far they got."
    came = f"{format_number(visits)} {'visit' if visits == 1 else 'visits'}"
    return f"No one came by. In the seven days before, there were {came}."


def _hints(now: Sequence[StepCount], first: date, last: date) -> Iterator[str]:
    worst = max(now, key=lambda step: step.dropped)
    if worst.dropped >= HIDDEN_BELOW:
        yield (
            f"More people leave at “{worst.label}” than at any other question:"
            f" {format_number(worst.dropped)} of the {format_number(worst.number)} who reached it."
        )
    numbers = {step.step: step.number for step in now}
    ended = numbers["finish"] + numbers["stop"]
    for item, number in reports.stops(first, last):
        if number and number * TOO_MANY > ended:
            yield (
                f"“{item}” stopped {format_number(number)} of {format_number(ended)} for safety: "
                "more than one in ten. Read it again. Could runners be taking it more broadly than "
                "you mean it?"
            )
