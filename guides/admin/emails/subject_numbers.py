"""How the subject lines of guide emails did, for the numbers."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.analytics.charts import Bar, Figure, bar_chart, format_number
from assessments.analytics.reports import hide_small
from guides import selectors
from guides.selectors import SubjectTrial

HEAD = (_("Subject line"), _("Runners who got it"), _("Went to the guide's page"))
FILLED = _("The filled part went to the guide's page. Programs that check links can count, too.")


def subject_figures(first_day: date, last_day: date) -> Iterator[Figure]:
    """A chart per trial of subject lines that had emails on these days."""
    start, end = (_midnight(day) for day in (first_day, last_day + timedelta(days=1)))
    for number, trial in enumerate(selectors.subject_trials(start, end), start=1):
        yield _figure(f"subjects-{number}", trial)


def _figure(name: str, trial: SubjectTrial) -> Figure:
    title = gettext("Subject lines of the email with “{guide}”").format(guide=trial.guide)
    sent = hide_small([count.sent for count in trial.counts])
    opened = [
        None if number is None else hide_small([count.opened, count.sent - count.opened])[0]
        for number, count in zip(sent, trial.counts, strict=True)
    ]
    lines = [count.subject for count in trial.counts]
    cells = list(zip(lines, sent, opened, strict=True))
    svg = mark_safe(bar_chart(name, title, [Bar(*cell) for cell in cells]))
    rows = [(line, *map(format_number, numbers)) for line, *numbers in cells]
    return Figure(title, f"{_outcome(trial)} {FILLED}", svg, tuple(map(str, HEAD)), rows)


def _outcome(trial: SubjectTrial) -> str:
    if trial.is_small:
        return gettext("Too few to tell yet which line works better.")
    if trial.leader:
        return gettext("“{line}” brought more runners to the guide, by more than chance.").format(
            line=trial.leader
        )
    return gettext("No clear difference: chance could be all of it.")


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
