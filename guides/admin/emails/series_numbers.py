"""How the emails of each series did, and those for check-ins, for the numbers."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import groupby

from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.analytics.charts import Bar, Figure, bar_chart, format_number
from assessments.analytics.reports import hide_few, hide_small
from guides import selectors
from guides.selectors import SeriesCount
from guides.states import Kind

TITLES = {
    Kind.SERIES: ("series", _("The series of “{guide}”")),
    Kind.CHECK_IN: ("check-in", _("Weekly check-in emails of “{guide}”")),
}
HEAD = (_("Email"), _("Sent"), _("Clicked through"), _("Ended before the next one"))
FILLED = _(
    "The filled part clicked through to the guide. Programs that check links can count, too. The "
    "last column is who turned the emails off, or for whom a bounce, newer answers, or the end of "
    "their training ended them."
)


def series_figures(first_day: date, last_day: date) -> Iterator[Figure]:
    """A chart per guide whose series had emails on these days, and one for check-ins."""
    start, end = (
        timezone.make_aware(datetime.combine(day, time()))
        for day in (first_day, last_day + timedelta(days=1))
    )
    for kind, (name, title) in TITLES.items():
        counts = selectors.series_counts(kind, start, end, days=(first_day, last_day))
        for number, (guide, rows) in enumerate(groupby(counts, key=lambda row: row.guide), start=1):
            yield _figure(f"{name}-{number}", str(title).format(guide=guide), [*rows])


def _figure(name: str, title: str, counts: list[SeriesCount]) -> Figure:
    cells = [_cells(count) for count in counts]
    bars = [Bar(label, sent, clicked) for label, sent, clicked, _ in cells]
    rows = [(label, *map(format_number, numbers)) for label, *numbers in cells]
    chart = mark_safe(bar_chart(name, title, bars))
    return Figure(title, str(FILLED), chart, tuple(map(str, HEAD)), rows)


def _cells(count: SeriesCount) -> tuple[str, int | None, int | None, int | None]:
    """Small numbers are hidden, and so is what would give them away."""
    label = gettext("Email {number}").format(number=count.number)
    sent = hide_few(count.sent)
    if sent is None:
        return label, None, None, None
    clicked, ended = min(count.clicked, count.sent), count.ended
    return (
        label,
        sent,
        hide_small([clicked, count.sent - clicked])[0],
        hide_small([ended, count.sent - ended])[0],
    )
