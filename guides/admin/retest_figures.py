"""Who came back, what changed, and who did their sessions, for the numbers and for the week. In the
active language."""

from collections.abc import Iterator
from itertools import groupby

from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from assessments.analytics.charts import Bar, Figure, bar_chart, format_number
from assessments.analytics.reports import hide_small
from guides import selectors
from guides.models import GuideEdition
from guides.selectors import (
    FEWEST,
    TIMES,
    KnownSessions,
    RetestNumbers,
    Since,
    TimeNumbers,
    Ways,
)


def retest_figures() -> Iterator[Figure]:
    """For each version: who came back, who did their sessions, then what changed for each result
    type and time."""
    numbers = selectors.retest_numbers(timezone.localdate())
    for edition, rows in groupby(numbers, key=lambda row: row.edition):
        of_edition = [*rows]
        yield _who_came(edition, of_edition)
        if any(time.sessions.known >= FEWEST for row in of_edition for time in row.times):
            yield _who_trained(edition, of_edition)
        for place, row in enumerate(of_edition):
            for time in row.times:
                if time.ways:
                    yield _what_changed(f"changed-{edition.pk}-{place}", row, time)


def retest_lines() -> Iterator[str]:
    """A sentence each for the week; none about too few."""
    since = TIMES[0]
    sums = selectors.retest_sums(timezone.localdate(), since)
    if sums.ways.compared >= FEWEST:
        yield _changed_line(since, sums.ways)
    trained = _trained(sums.sessions)
    if trained is not None:
        yield _(
            "So far, {number} of {all} runners who saved their sessions with their link did about "
            "70% or more in the first {weeks} weeks. We don't know about the others."
        ).format(
            number=format_number(trained), all=format_number(sums.sessions.known), weeks=since.weeks
        )


def _changed_line(since: Since, ways: Ways) -> str:
    parts = zip(_heads(), _shown(ways), strict=True)
    told = ", ".join(f"{head.lower()} {format_number(number)}" for head, number in parts)
    return _(
        "So far, {number} runners have retaken the check {weeks} weeks after their guide: {told}. "
        "People who come back are not everyone."
    ).format(number=format_number(ways.compared), weeks=since.weeks, told=told)


def _who_came(edition: GuideEdition, rows: list[RetestNumbers]) -> Figure:
    name, title = f"came-{edition.pk}", _("{version}: who came back").format(version=edition)
    first = TIMES[0].weeks
    bars = [_bar(row.profile, row.times[0].due, _enough(row.times[0].back)) for row in rows]
    head = (
        _("Result type"),
        _("Got the guide"),
        _("Asked to come back, by email"),
        *(_("Came back after {weeks} weeks").format(weeks=since.weeks) for since in TIMES),
    )
    cells = [
        (
            row.profile,
            format_number(row.got),
            _part(row.asked, row.times[0].due),
            *(_part(time.back, time.due) for time in row.times),
        )
        for row in rows
    ]
    key = _(
        "Got the guide at least {weeks} weeks ago. The filled part came back in the two weeks "
        "after that. The table also says who was asked to, and who came back later."
    ).format(weeks=first)
    return Figure(title, key, mark_safe(bar_chart(name, title, bars)), head, cells)


def _who_trained(edition: GuideEdition, rows: list[RetestNumbers]) -> Figure:
    title = _("{version}: who did their sessions").format(version=edition)
    soonest = [(row.profile, row.times[0].sessions) for row in rows]
    bars = [_bar(profile, sessions.known, _trained(sessions)) for profile, sessions in soonest]
    head = (
        _("Result type"),
        _("Got the guide"),
        *(_("Did about 70% or more in {weeks} weeks").format(weeks=since.weeks) for since in TIMES),
    )
    cells = [
        (
            row.profile,
            format_number(row.got),
            *(_of(_trained(time.sessions), time.sessions.known) for time in row.times),
        )
        for row in rows
    ]
    key = _(
        "Saved their sessions with their link, and got the guide at least {weeks} weeks ago. The "
        "filled part did about 70% or more. We know nothing of runners who didn't save them."
    ).format(weeks=TIMES[0].weeks)
    svg = mark_safe(bar_chart(f"trained-{edition.pk}", title, bars))
    return Figure(title, key, svg, head, cells)


def _trained(sessions: KnownSessions) -> int | None:
    """None about too few, and where it would give away those who didn't."""
    known, trained = sessions
    return hide_small([trained, known - trained])[0] if known >= FEWEST else None


def _what_changed(name: str, row: RetestNumbers, time: TimeNumbers) -> Figure:
    title = _("{version}, {type}: what changed after {weeks} weeks").format(
        version=row.edition, type=row.profile, weeks=time.since.weeks
    )
    labeled = [
        (text or _("All in all"), ways, _shown(ways, is_whole=not text)) for text, ways in time.ways
    ]
    bars = [_bar(label, ways.compared, shown[0]) for label, ways, shown in labeled]
    cells = [_cells(label, shown, ways.compared) for label, ways, shown in labeled]
    svg = mark_safe(bar_chart(f"{name}-{time.since.weeks}", title, bars))
    key = _("The filled part got better. The table also says who stayed the same or got worse.")
    return Figure(title, key, svg, (_("What"), *_heads()), cells)


def _heads() -> tuple[str, str, str, str]:
    return _("Better"), _("About the same"), _("Worse"), _("Some of each")


def _shown(ways: Ways, *, is_whole: bool = True) -> list[int | None]:
    """Small parts are hidden, and so is what would give them away. Only the whole can be some of
    each."""
    parts = [ways.better, ways.same, ways.worse]
    return hide_small([*parts, ways.mixed] if is_whole else parts)


def _cells(label: str, shown: list[int | None], compared: int) -> tuple[str, ...]:
    cells = [_of(number, compared) for number in shown]
    return (label, *cells, *[""] * (len(_heads()) - len(cells)))


def _bar(label: str, number: int, part: int | None) -> Bar:
    """Without its part, a bar would look full: it's hidden with it."""
    return Bar(label, None if part is None else number, part)


def _enough(number: int) -> int | None:
    return number if number >= FEWEST else None


def _part(number: int, of: int) -> str:
    return _of(_enough(number), of) if of >= FEWEST else format_number(None)


def _of(number: int | None, of: int) -> str:
    if number is None:
        return format_number(None)
    return _("{number} of {all}").format(number=format_number(number), all=format_number(of))
