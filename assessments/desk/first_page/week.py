"""The last seven days compared with the seven before, for the first page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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
            return _("as many")
        change = _("{number} more") if self.number > self.before else _("{number} fewer")
        return change.format(number=format_number(abs(self.number - self.before)))


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
    svg = mark_safe(bar_chart("week", _("The week, {days}").format(days=days), bars))
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
        return _("No one has come by yet. Once runners do, you'll see how far they got.")
    quiet = ngettext(
        "No one came by. In the seven days before, there were {number} visit.",
        "No one came by. In the seven days before, there were {number} visits.",
        visits,
    )
    return quiet.format(number=format_number(visits))


def _hints(now: Sequence[StepCount], first: date, last: date) -> Iterator[str]:
    worst = max(now, key=lambda step: step.dropped)
    if worst.dropped >= HIDDEN_BELOW:
        yield _(
            "More people leave at “{question}” than at any other question: {number} of the {all} "
            "who reached it."
        ).format(
            question=worst.label,
            number=format_number(worst.dropped),
            all=format_number(worst.number),
        )
    numbers = {step.step: step.number for step in now}
    ended = numbers["finish"] + numbers["stop"]
    for item, number in reports.stops(first, last):
        if number and number * TOO_MANY > ended:
            yield _(
                "“{item}” stopped {number} of {all} for safety: more than one in ten. Read it "
                "again. Could runners be taking it more broadly than you mean it?"
            ).format(item=item, number=format_number(number), all=format_number(ended))
