"""The score areas of a result: first in the runner's own answers, then as bars.

An area that wasn't measured has no number, no word and no filled bar: it says so, and has checks to
do.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from assessments.definition import Answer, Definition, QuestionSpec, ScoreCondition
from assessments.runner.condition_text import basis_words
from assessments.scoring import PointsSum, Result, open_checks

MEDIUM, HIGH = 34, 67
"""The least scores of these words, for areas that no result type depends on."""


@dataclass(frozen=True, slots=True)
class ScoreArea:
    """A result type applies below `gate`. `said` are the answers that counted, with their
    questions; `basis` is how much they cover, and `sum` how they add up. `checks` would measure an
    area that wasn't."""

    label: str
    plain: str
    score: int | None
    gate: int | None
    word: str
    basis: str
    said: tuple[tuple[str, str], ...]
    sum: str
    checks: tuple[QuestionSpec, ...]


@dataclass(frozen=True, slots=True)
class HipSide:
    """A score in the picture that compares the front and back of the hip."""

    label: str
    score: int | None
    word: str


def score_areas(definition: Definition, result: Result) -> dict[str, ScoreArea]:
    return {key: _area(definition, result, key) for key in result.dimensions or ()}


def words_found(areas: Iterable[ScoreArea]) -> list[tuple[str, list[str]]]:
    """The areas' labels by their words, lowest scores first: what was found, in a line. Areas that
    no result type depends on are left out."""
    telling = (area for area in areas if area.score is None or area.gate is not None)
    ordered = sorted(telling, key=lambda area: (area.score is None, area.score or 0))
    words = dict.fromkeys(area.word for area in ordered)
    return [(word, [area.label for area in ordered if area.word == word]) for word in words]


def balance(definition: Definition, areas: Mapping[str, ScoreArea]) -> dict[str, HipSide]:
    """A front and a back. Empty if neither was measured: there would be nothing to see."""
    sides: dict[str, HipSide] = {
        dimension.balance.side: _side(dimension.balance.label, areas[dimension.key])
        for dimension in definition.dimensions
        if dimension.balance
    }
    return sides if any(side.score is not None for side in sides.values()) else {}


def answer_words(question: QuestionSpec, answer: Answer) -> str:
    """An answer as a runner reads it away from its question."""
    if question.kind != "scale":
        return question.answer_label(answer)
    return _("%(number)s of %(most)s") % {"number": answer, "most": question.maximum}


def _area(definition: Definition, result: Result, key: str) -> ScoreArea:
    dimension = definition.dimension(key)
    scored = (result.dimensions or {})[key]
    points = result.trace.tallies[key]
    gate = _gate(definition, key)
    return ScoreArea(
        label=dimension.label,
        plain=dimension.plain,
        score=scored.score,
        gate=gate,
        word=_word(scored.score, gate),
        basis=basis_words(scored.confidence, points.coverage),
        said=tuple(_said(definition, result, key)),
        sum=_sum(points, scored.score),
        checks=() if scored.score is not None else open_checks(definition, result, key),
    )


def _side(label: str, area: ScoreArea) -> HipSide:
    return HipSide(label, area.score, area.word)


def _said(definition: Definition, result: Result, key: str) -> Iterator[tuple[str, str]]:
    for step in result.trace.steps:
        if step.answer is not None and any(
            move.dimension == key and move.top for move in step.moves
        ):
            question = definition.question(step.question)
            yield answer_words(question, step.answer), question.text


def _gate(definition: Definition, key: str) -> int | None:
    """The highest score below which some result type applies."""
    conditions = (
        condition
        for profile in definition.profiles
        for alternative in profile.rule
        for condition in alternative
        if isinstance(condition, ScoreCondition) and condition.score == key
    )
    return max((c.below for c in conditions if c.below is not None), default=None)


def _word(score: int | None, gate: int | None) -> str:
    if score is None:
        return _("Not checked yet")
    if gate is None:
        return _("Low") if score < MEDIUM else _("Medium") if score < HIGH else _("High")
    return _("Room to grow") if score < gate else _("On track")


def _sum(points: PointsSum, score: int | None) -> str:
    text = _("Not checked yet: your answers cover %(coverage)s%% of what counts here.")
    if score is not None:
        text = _(
            "%(given)s of %(top)s points make %(score)s of 100. "
            "Your answers cover %(coverage)s%% of what counts here."
        )
    given = points.top - points.need
    return text % {"given": given, "top": points.top, "score": score, "coverage": points.coverage}
