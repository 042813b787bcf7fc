"""A result in words: what each answer gave, what each score rests on, which rule fired and why.

Points are told as what an answer *gave* (`top - need` of `top`), since higher is better for
every score that a runner sees.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from assessments.definition import Definition, Profile, Question
from assessments.scoring import Move, Result, Step, Tally, TriedAlternative, TriedProfile
from assessments.wording import all_words, confidence_words


@dataclass(frozen=True, slots=True)
class Bar:
    """One score area. `sum` says which points make the score."""

    label: str
    plain: str
    score: int | None
    confidence: str
    sum: str


@dataclass(frozen=True, slots=True)
class AnswerLine:
    question: str
    answer: str
    effects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TriedLine:
    """One result type, in the order in which they were tried; the last one fits."""

    title: str
    held: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One phase of the plan, and whether it is where this runner starts."""

    number: int
    name: str
    start: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    profile: Profile
    lanes: tuple[Lane, ...]
    notices: tuple[str, ...]
    bars: tuple[Bar, ...]
    answers: tuple[AnswerLine, ...]
    tried: tuple[TriedLine, ...]


def explanation(definition: Definition, result: Result) -> Explanation:
    """The words for a result that has scores. (A published definition always has a profile.)"""
    return Explanation(
        profile=definition.profile(result.profile or ""),
        lanes=tuple(_lanes(result)),
        notices=tuple(definition.notice(key).text for key in result.notices),
        bars=tuple(_bars(definition, result)),
        answers=tuple(_answer_lines(definition, result)),
        tried=tuple(_tried_lines(definition, result)),
    )


def _lanes(result: Result) -> Iterator[Lane]:
    names = (_("Mobility"), _("Activation"), _("Strength"))
    for number, name in enumerate(names, start=1):
        yield Lane(number, name, number == result.start_phase)


def _bars(definition: Definition, result: Result) -> Iterator[Bar]:
    for key, each in (result.dimensions or {}).items():
        dimension = definition.dimension(key)
        confidence = confidence_words(each.confidence)
        sum_ = _sum(result.trace.tallies[key], each.score)
        yield Bar(dimension.label, dimension.plain, each.score, confidence, sum_)


def _answer_lines(definition: Definition, result: Result) -> Iterator[AnswerLine]:
    for step in result.trace.steps:
        question = definition.question(step.question)
        yield AnswerLine(question.text, _answer(question, step), _effects(definition, step))


def _tried_lines(definition: Definition, result: Result) -> Iterator[TriedLine]:
    for tried in result.trace.profiles:
        title = definition.profile(tried.profile).title
        reason = _fits(definition, tried) if tried.held else _misses(definition, tried)
        yield TriedLine(title, tried.held, reason)


def _sum(tally: Tally, score: int | None) -> str:
    text = _("Your answers cover %(coverage)s%% of what counts here. That is too little.")
    if score is not None:
        text = _(
            "%(given)s of %(top)s points make %(score)s of 100. "
            "Your answers cover %(coverage)s%% of what counts here."
        )
    given = tally.top - tally.need
    return text % {"given": given, "top": tally.top, "score": score, "coverage": tally.coverage}


def _answer(question: Question, step: Step) -> str:
    if step.answer is None:
        return _("You skipped this.")
    labels = {choice.key: choice.label for choice in question.choices}
    return labels.get(str(step.answer), str(step.answer))


def _effects(definition: Definition, step: Step) -> tuple[str, ...]:
    effects = tuple(_effect(definition, move) for move in step.moves if move.top)
    return effects or (_("This changed no score."),)


def _effect(definition: Definition, move: Move) -> str:
    return _("%(label)s: %(given)s of %(top)s points") % {
        "label": definition.dimension(move.dimension).label,
        "given": move.top - move.need,
        "top": move.top,
    }


def _fits(definition: Definition, tried: TriedProfile) -> str:
    held = next(each for each in tried.alternatives if each.held)
    if not held.conditions:
        return _("This one fits when no other does.")
    conditions = all_words(definition, (each.condition for each in held.conditions))
    return _("This one fits: %(conditions)s.") % {"conditions": conditions}


def _misses(definition: Definition, tried: TriedProfile) -> str:
    needs = _(", or else that ").join(_missing(definition, each) for each in tried.alternatives)
    return _("Not this one. It needs that %(needs)s.") % {"needs": needs}


def _missing(definition: Definition, alternative: TriedAlternative) -> str:
    return all_words(
        definition, (each.condition for each in alternative.conditions if not each.held)
    )
