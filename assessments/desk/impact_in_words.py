"""What a draft would do to the latest answers, in words and as a chart, without small numbers."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import mark_safe

from assessments.analytics.charts import Flow, flow_chart, format_number
from assessments.analytics.figures import Figure
from assessments.analytics.reports import HIDDEN_BELOW, hide_few, hide_small
from assessments.models import Assessment
from assessments.publishing.impact import ChangedResult, Impact, assessment_impact

MOST_NAMED = 3
TITLE = "From the old result to the new one"
STOPPED = "would be stopped for safety, and weren't before"
GO_ON = "were stopped for safety, and wouldn't be anymore"
ASK_FIRST = "would have to ask a PT or doctor first, and didn't before"
ASK_NO_MORE = "had to ask a PT or doctor first, and wouldn't anymore"
UNKNOWN = "don't count here: the draft asks something that they weren't asked"


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
        return f"{_many(self.number)} from “{self.result.before}” to “{self.result.after}”"


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
    runners = "runner" if looked_at == 1 else f"{format_number(looked_at)} runners"
    if not moves:
        return f"Of the last {runners}, no one would get another result."
    if looked_at < HIDDEN_BELOW:
        few = f"Fewer than {HIDDEN_BELOW} runners have answered, so that's all we tell."
        return f"Some would get another result. {few}"
    many = "some" if changed is None else _many(hide_few(changed)).lower()
    shown = sorted((move for move in moves if move.number), key=lambda move: -(move.number or 0))
    named = [str(move) for move in shown[:MOST_NAMED]]
    if named and len(named) < len(moves):
        named.append("and more")
    how = f": {', '.join(named)}" if named else ""
    return f"Of the last {runners}, {many} would get another result{how}."


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


def _line(number: int | None, what: str) -> str:
    return f"{_many(number)} {what}."


def _many(number: int | None) -> str:
    return "Some" if number is None else format_number(number)


def _figure(moves: Sequence[Move]) -> Figure:
    flows = [
        Flow(move.result.before, move.result.after, move.number, marked=move.is_stopped)
        for move in moves
    ]
    key = []
    if any(flow.marked for flow in flows):
        key.append("Outlined: stopped for safety, and not before.")
    if any(flow.number is None for flow in flows):
        key.append(f"Numbers below {HIDDEN_BELOW}, and what would give them away, aren't shown.")
    rows = [(flow.before, flow.after, format_number(flow.number)) for flow in flows]
    svg = mark_safe(flow_chart("impact", TITLE, flows))
    return Figure(TITLE, " ".join(key), svg, ("From", "To", "Runners"), rows)
