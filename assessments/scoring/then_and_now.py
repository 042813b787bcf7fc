"""What changed between two visits, perhaps to two editions.

A question is compared if it kept its meaning: the same words, and the same answers. Both visits
count with the points of the earlier edition, so a change of points is never a change of the runner.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assessments.definition import Answer, Definition, QuestionSpec
from assessments.scoring.comparing import compare_walks
from assessments.scoring.results import Answers, MovedAnswer, ScoreChange
from assessments.scoring.sums import rounded
from assessments.scoring.walk import Pick, Walk, walk

PARTS_OF_A_SCALE = 5
"""A change on a scale is real from a fifth of it on: 2 points of 10, as for pain (Farrar 2001)."""
NO_SIGN = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class RealMove:
    """An answer that changed. `real` is false if the change is too small to tell."""

    question: QuestionSpec
    before: Answer
    after: Answer
    direction: str
    real: bool


@dataclass(frozen=True, slots=True)
class ThenAndNow:
    """`verdict` is better, same, worse, mixed, or none, if nothing could be compared.

    Questions are those of the earlier edition, but those in `new` and `asked_anew`. `skipped` were
    answered only then, `added` only now, though both editions ask them. `gone`, `asked_anew`, and
    `new` are what the editions don't share; `recounted` says that shared answers count differently
    now.
    """

    verdict: str
    moved: tuple[RealMove, ...]
    stayed: tuple[tuple[QuestionSpec, Answer], ...]
    areas: Mapping[str, ScoreChange]
    skipped: tuple[QuestionSpec, ...]
    added: tuple[QuestionSpec, ...]
    gone: tuple[QuestionSpec, ...]
    asked_anew: tuple[QuestionSpec, ...]
    new: tuple[QuestionSpec, ...]
    recounted: bool


def then_and_now(
    earlier: Definition, later: Definition, before: Answers, after: Answers
) -> ThenAndNow:
    """Compare stored answers, each of which are valid in their own edition."""
    kept = {
        question.key
        for question in earlier.questions
        if later.has_question(question.key) and same_meaning(question, later.question(question.key))
    }
    first, second = walk(earlier, before), walk(later, after)
    now = _read_as(earlier, second, kept)
    comparison = compare_walks(earlier, first, now)
    moved = tuple(_real(earlier.question(moved.question), moved) for moved in comparison.moved)
    changed = {move.question.key for move in moved}
    return ThenAndNow(
        verdict=_verdict(comparison.compared_on, comparison.dimensions, moved),
        moved=moved,
        stayed=tuple(
            (earlier.question(key), first.valid[key])
            for key in comparison.compared_on
            if key not in changed
        ),
        areas=comparison.dimensions,
        skipped=tuple(_only_in(first, now, kept)),
        added=tuple(_only_in(now, first, kept)),
        gone=tuple(
            pick.question
            for key, pick in first.chosen.items()
            if _counts(pick) and not later.has_question(key)
        ),
        asked_anew=tuple(
            later.question(key)
            for key, pick in first.chosen.items()
            if _counts(pick) and later.has_question(key) and key not in kept
        ),
        new=tuple(
            pick.question
            for key, pick in second.chosen.items()
            if _counts(pick) and not earlier.has_question(key)
        ),
        recounted=any(
            _points(earlier.question(key)) != _points(later.question(key)) for key in kept
        ),
    )


def measured_ways(compared: ThenAndNow) -> dict[str, str]:
    """What became of each scale and each check that could be compared, by question: better, same,
    or worse. A change that's too small to tell is none."""
    moved = [(move.question, move.direction if move.real else "same") for move in compared.moved]
    stayed = [(question, "same") for question, _answer in compared.stayed]
    return {
        question.key: way
        for question, way in [*moved, *stayed]
        if question.kind == "scale" or question.how_to
    }


def same_meaning(one: QuestionSpec, other: QuestionSpec) -> bool:
    """Whether answers to both can be compared: the words are the same, apart from signs."""
    return same_question(one, other) and one.compare_on_retest == other.compare_on_retest


def same_question(one: QuestionSpec, other: QuestionSpec) -> bool:
    """Whether an answer to one answers the other, too, compared or not."""
    return _meaning(one) == _meaning(other)


def same_words(one: str, other: str) -> bool:
    """Whether the texts differ in signs and capitals at most."""
    return _words(one) == _words(other)


def real_change(question: QuestionSpec) -> int:
    """How far an answer on a scale must move to be more than the usual ups and downs."""
    return max(1, rounded(question.maximum - question.minimum, PARTS_OF_A_SCALE))


def _meaning(question: QuestionSpec) -> tuple[object, ...]:
    choices = sorted((choice.key, _words(choice.label)) for choice in question.choices)
    return (
        question.kind,
        _words(question.text),
        choices,
        question.minimum,
        question.maximum,
    )


def _words(text: str) -> str:
    return NO_SIGN.sub(" ", text).strip().casefold()


def _points(question: QuestionSpec) -> list[object]:
    return [(getattr(option, "key", None), option.points) for option in question.options]


def _read_as(earlier: Definition, visit: Walk, kept: set[str]) -> Walk:
    """The visit with the points of the earlier edition. Questions that only the later one asks
    still count as not measured."""
    return Walk(
        shown=tuple(
            earlier.question(question.key) if question.key in kept else question
            for question in visit.shown
        ),
        valid={key: answer for key, answer in visit.valid.items() if key in kept},
        chosen={
            key: Pick(question, option)
            for key in visit.chosen
            if key in kept
            and (question := earlier.question(key))
            and (option := question.option(visit.valid[key]))
        },
        errors=visit.errors,
    )


def _counts(pick: Pick) -> bool:
    return pick.scores and pick.question.compare_on_retest


def _only_in(one: Walk, other: Walk, kept: set[str]) -> Iterator[QuestionSpec]:
    """Questions that both visits were asked alike, and only one answered so that it counts."""
    asked = {question.key for question in other.shown}
    for key, pick in one.chosen.items():
        elsewhere = other.chosen.get(key)
        is_answered = elsewhere is not None and elsewhere.scores
        if _counts(pick) and key in asked & kept and not is_answered:
            yield pick.question


def _real(question: QuestionSpec, moved: MovedAnswer) -> RealMove:
    before, after = moved.before, moved.after
    if question.kind != "scale" or not (isinstance(before, int) and isinstance(after, int)):
        return RealMove(question, before, after, moved.direction, moved.direction != "changed")
    rise = _need(question, question.maximum) - _need(question, question.minimum)
    direction = "changed"
    if rise:
        direction = "better" if (after < before) == (rise > 0) else "worse"
    is_real = direction != "changed" and abs(after - before) >= real_change(question)
    return RealMove(question, before, after, direction, is_real)


def _need(question: QuestionSpec, answer: int) -> int:
    option = question.option(answer)
    return Pick(question, option).need if option else 0


def _verdict(
    compared: tuple[str, ...],
    areas: Mapping[str, ScoreChange],
    moved: tuple[RealMove, ...],
) -> str:
    """An area counts only if one of its own answers really moved that way; a scale, such as pain,
    counts by itself."""
    ways = {
        move.direction
        for move in moved
        if move.real
        and (
            move.question.kind == "scale"
            or any(
                areas[area].label == move.direction
                for area in move.question.largest
                if area in areas
            )
        )
    }
    if not compared:
        return "none"
    if len(ways) > 1:
        return "mixed"
    return next(iter(ways), "same")
