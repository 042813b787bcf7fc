"""Explains a result: the points of every answer, the basis of every score, which rule matched.

Points are shown as `top - need` of `top`, because runners see scores where higher is better.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from assessments.definition import (
    Definition,
    ProfileSpec,
    QuestionSpec,
    ScoreCondition,
)
from assessments.runner.condition_text import all_words, confidence_words
from assessments.scoring import (
    Move,
    PointsSum,
    Result,
    ScoringStep,
    TriedAlternative,
    TriedProfile,
    result_answers,
    result_notices,
)

SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class ScoreBar:
    """A score area. A result type applies below `gate`; `sum` explains the points."""

    label: str
    plain: str
    score: int | None
    gate: int | None
    word: str
    confidence: str
    sum: str


@dataclass(frozen=True, slots=True)
class HipSide:
    """A score in the picture that compares the front and back of the hip."""

    label: str
    score: int | None
    word: str


@dataclass(frozen=True, slots=True)
class AnswerLine:
    question: str
    answer: str
    effects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TriedLine:
    """A result type that was evaluated. In order; the last one is the result."""

    title: str
    held: bool
    reason: str


@dataclass(frozen=True, slots=True)
class ScoreLane:
    """A phase of the plan, and whether this runner starts with it."""

    number: int
    name: str
    start: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """`headline` is the first sentence of the summary, `more` the rest. `faq` has the answers for
    this result. `balance` has a front and a back, or is empty."""

    profile: ProfileSpec
    headline: str
    more: str
    lanes: tuple[ScoreLane, ...]
    faq: tuple[tuple[str, str], ...]
    notices: tuple[str, ...]
    bars: tuple[ScoreBar, ...]
    balance: dict[str, HipSide]
    answers: tuple[AnswerLine, ...]
    tried: tuple[TriedLine, ...]


def explanation(definition: Definition, result: Result) -> Explanation:
    """The explanation of a result with scores. (A published definition always has a profile.)"""
    profile = definition.profile(result.profile or "")
    notices = result_notices(definition, result)
    headline, *more = SENTENCE_END.split(profile.summary.strip(), maxsplit=1)
    bars = {key: _bar(definition, result, key) for key in result.dimensions or ()}
    return Explanation(
        profile=profile,
        headline=headline,
        more="".join(more),
        lanes=tuple(_lanes(result)),
        faq=result_answers(definition, result),
        notices=tuple(notice.text for notice in notices if not notice.faq),
        bars=tuple(bars.values()),
        balance=_balance(definition, bars),
        answers=tuple(_answer_lines(definition, result)),
        tried=tuple(_tried_lines(definition, result)),
    )


def _lanes(result: Result) -> Iterator[ScoreLane]:
    names = (_("Mobility"), _("Activation"), _("Strength"))
    for number, name in enumerate(names, start=1):
        yield ScoreLane(number, name, number == result.start_phase)


def _bar(definition: Definition, result: Result, key: str) -> ScoreBar:
    dimension = definition.dimension(key)
    scored = (result.dimensions or {})[key]
    gate = _gate(definition, key)
    return ScoreBar(
        label=dimension.label,
        plain=dimension.plain,
        score=scored.score,
        gate=gate,
        word=_word(scored.score, gate),
        confidence=confidence_words(scored.confidence),
        sum=_sum(result.trace.tallies[key], scored.score),
    )


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
    if score is None or gate is None:
        return ""
    return _("Room to grow") if score < gate else _("On track")


def _balance(definition: Definition, bars: Mapping[str, ScoreBar]) -> dict[str, HipSide]:
    return {
        dimension.balance.side: HipSide(
            dimension.balance.label, bars[dimension.key].score, bars[dimension.key].word
        )
        for dimension in definition.dimensions
        if dimension.balance
    }


def _answer_lines(definition: Definition, result: Result) -> Iterator[AnswerLine]:
    for step in result.trace.steps:
        question = definition.question(step.question)
        yield AnswerLine(question.text, _answer(question, step), _effects(definition, step))


def _tried_lines(definition: Definition, result: Result) -> Iterator[TriedLine]:
    for tried in result.trace.profiles:
        title = definition.profile(tried.profile).title
        reason = _fits(definition, tried) if tried.held else _misses(definition, tried)
        yield TriedLine(title, tried.held, reason)


def _sum(points: PointsSum, score: int | None) -> str:
    text = _("Your answers cover %(coverage)s%% of what counts here. That is too little.")
    if score is not None:
        text = _(
            "%(given)s of %(top)s points make %(score)s of 100. "
            "Your answers cover %(coverage)s%% of what counts here."
        )
    given = points.top - points.need
    return text % {"given": given, "top": points.top, "score": score, "coverage": points.coverage}


def _answer(question: QuestionSpec, step: ScoringStep) -> str:
    if step.answer is None:
        return _("You skipped this.")
    return question.answer_label(step.answer)


def _effects(definition: Definition, step: ScoringStep) -> tuple[str, ...]:
    effects = tuple(_effect(definition, move) for move in step.moves if move.top)
    return effects or (_("This changed no score."),)


def _effect(definition: Definition, move: Move) -> str:
    return _("%(label)s: %(given)s of %(top)s points") % {
        "label": definition.dimension(move.dimension).label,
        "given": move.top - move.need,
        "top": move.top,
    }


def _fits(definition: Definition, tried: TriedProfile) -> str:
    held = next(alternative for alternative in tried.alternatives if alternative.held)
    if not held.conditions:
        return _("This one fits when no other does.")
    conditions = all_words(definition, (tested.condition for tested in held.conditions))
    return _("This one fits: %(conditions)s.") % {"conditions": conditions}


def _misses(definition: Definition, tried: TriedProfile) -> str:
    needs = _(", or else that ").join(
        _missing(definition, alternative) for alternative in tried.alternatives
    )
    return _("Not this one. It needs that %(needs)s.") % {"needs": needs}


def _missing(definition: Definition, alternative: TriedAlternative) -> str:
    return all_words(
        definition, (tested.condition for tested in alternative.conditions if not tested.held)
    )
