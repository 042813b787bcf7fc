"""What a draft would do to the latest answers, in words and as a chart, without small numbers."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.safestring import mark_safe
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from assessments.analytics.charts import Figure, Flow, flow_chart, format_number
from assessments.analytics.reports import HIDDEN_BELOW, hide_few, hide_small
from assessments.models import Assessment
from assessments.publishing.impact import ChangedResult, Impact, assessment_impact

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

MOST_NAMED = 3
TITLE = _("From the old result to the new one")
STOPPED = _("{runners} would be stopped for safety, and weren't before.")
GO_ON = _("{runners} were stopped for safety, and wouldn't be anymore.")
ASK_FIRST = _("{runners} would have to ask a PT or doctor first, and didn't before.")
ASK_NO_MORE = _("{runners} had to ask a PT or doctor first, and wouldn't anymore.")
UNKNOWN = _("{runners} don't count here: the draft asks something that they weren't asked.")


@dataclass(frozen=True, slots=True)
class Move:
    """Runners who'd get another result. A `number` of None is hidden."""

    result: ChangedResult
    number: int | None

    @property
    def is_stopped(self) -> bool:
        return self.result.stopped_after and not self.result.stopped_before

    @property
    def goes_on(self) -> bool:
        return self.result.stopped_before and not self.result.stopped_after

    def __str__(self) -> str:
        return gettext("{runners} from “{before}” to “{after}”").format(
            runners=_many(self.number), before=self.result.before, after=self.result.after
        )


@dataclass(frozen=True, slots=True)
class ImpactInWords:
    """`safety` comes first: who'd be stopped, or not anymore."""

    summary: str
    safety: list[str]
    unknown: str
    figure: Figure | None


def impact_context(draft: Assessment) -> dict[str, Any]:
    """For pages that say what the draft would change. Raises DefinitionError if it's incomplete."""
    impact = assessment_impact(assessment=draft)
    return {"impact": impact, "would": impact_in_words(impact)}


def impact_in_words(impact: Impact) -> ImpactInWords:
    parts = [impact.stayed, impact.unknown, *(each.count for each in impact.moved)]
    stayed, unknown, *numbers = hide_small(parts)
    moves = [Move(each, number) for each, number in zip(impact.moved, numbers, strict=True)]
    moves.sort(key=lambda move: (not move.is_stopped, not move.goes_on))
    is_told = stayed is not None and unknown is not None
    return ImpactInWords(
        summary=_summary(impact.looked_at, impact.changed if is_told else None, moves),
        safety=list(_safety(impact, moves)),
        unknown=_line(unknown, UNKNOWN) if impact.unknown else "",
        figure=_figure(moves) if any(move.number for move in moves) else None,
    )


def _summary(looked_at: int, changed: int | None, moves: Sequence[Move]) -> str:
    last = format_number(looked_at)
    if not moves:
        return ngettext(
            "Of the last runner, no one would get another result.",
            "Of the last {last} runners, no one would get another result.",
            looked_at,
        ).format(last=last)
    if looked_at < HIDDEN_BELOW:
        return gettext(
            "Some would get another result. Fewer than {number} runners have answered, so that's "
            "all we tell."
        ).format(number=HIDDEN_BELOW)
    many = gettext("some") if changed is None else _many(hide_few(changed)).lower()
    shown = sorted((move for move in moves if move.number), key=lambda move: -(move.number or 0))
    named = [str(move) for move in shown[:MOST_NAMED]]
    if named and len(named) < len(moves):
        named.append(gettext("and more"))
    how = f": {', '.join(named)}" if named else ""
    return ngettext(
        "Of the last runner, {many} would get another result{how}.",
        "Of the last {last} runners, {many} would get another result{how}.",
        looked_at,
    ).format(last=last, many=many, how=how)


def _safety(impact: Impact, moves: Sequence[Move]) -> Iterator[str]:
    for what, some in (
        (STOPPED, [move for move in moves if move.is_stopped]),
        (GO_ON, [move for move in moves if move.goes_on]),
    ):
        if some:
            yield _line(_sum_shown(some), what)
    for what, number in ((ASK_FIRST, impact.ask_first), (ASK_NO_MORE, impact.ask_no_more)):
        if number:
            yield _line(hide_few(number), what)


def _sum_shown(moves: Iterable[Move]) -> int | None:
    """None if the sum would tell the only hidden number."""
    some = list(moves)
    if sum(move.number is None for move in some) == 1:
        return None
    return hide_few(sum(move.result.count for move in some))


def _line(number: int | None, what: "StrPromise") -> str:
    return str(what).format(runners=_many(number))


def _many(number: int | None) -> str:
    return gettext("Some") if number is None else format_number(number)


def _figure(moves: Sequence[Move]) -> Figure:
    flows = [
        Flow(move.result.before, move.result.after, move.number, marked=move.is_stopped)
        for move in moves
    ]
    key = []
    if any(flow.marked for flow in flows):
        key.append(gettext("Outlined: stopped for safety, and not before."))
    if any(flow.number is None for flow in flows):
        key.append(
            gettext("Numbers below {number}, and what would give them away, aren't shown.").format(
                number=HIDDEN_BELOW
            )
        )
    rows = [(flow.before, flow.after, format_number(flow.number)) for flow in flows]
    svg = mark_safe(flow_chart("impact", str(TITLE), flows))
    head = (gettext("From"), gettext("To"), gettext("Runners"))
    return Figure(str(TITLE), " ".join(key), svg, head, rows)
