"""Explains a result: its score areas, the points of every answer, and which rule matched.

Points are shown as `top - need` of `top`, because in scores higher is better.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from assessments.definition import (
    Definition,
    ProfileSpec,
    QuestionSpec,
)
from assessments.runner.areas import HipSide, ScoreArea, answer_words, balance, score_areas
from assessments.runner.close_calls import profile_calls, safety_calls
from assessments.runner.condition_text import all_words
from assessments.scoring import (
    Move,
    Result,
    ScoringStep,
    TriedAlternative,
    TriedProfile,
    result_answers,
    result_notices,
)
from assessments.selectors import SENTENCE_END
from runfit.lib.json_format.foreign_texts import in_language_of

RUNNING = "running"
"""The key of the FAQ whose answer says when running is too much, so results never fold it."""


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
    this result: `open_faq` stay open. `in_why` is advice that belongs at the end of the why.
    `balance` has a front and a back, or is empty. The calls say where it was close."""

    profile: ProfileSpec
    headline: str
    more: str
    lanes: tuple[ScoreLane, ...]
    faq: tuple[tuple[str, str], ...]
    open_faq: tuple[tuple[str, str], ...]
    notices: tuple[str, ...]
    in_why: tuple[str, ...]
    areas: dict[str, ScoreArea]
    balance: dict[str, HipSide]
    answers: tuple[AnswerLine, ...]
    tried: tuple[TriedLine, ...]
    safety_calls: tuple[str, ...]
    profile_calls: tuple[str, ...]

    @property
    def folded_faq(self) -> tuple[tuple[str, str], ...]:
        return tuple(answer for answer in self.faq if answer not in self.open_faq)


def explanation(definition: Definition, result: Result) -> Explanation:
    """The explanation of a result with scores. (A published definition always has a profile.)"""
    profile = definition.profile(result.profile or "")
    notices = [notice for notice in result_notices(definition, result) if not notice.faq]
    headline, *more = SENTENCE_END.split(profile.summary.strip(), maxsplit=1)
    areas = score_areas(definition, result)
    faq = result_answers(definition, result)
    return Explanation(
        profile=profile,
        headline=in_language_of(profile.summary, headline),
        more=in_language_of(profile.summary, "".join(more)),
        lanes=tuple(_lanes(result)),
        faq=faq,
        open_faq=_open_faq(definition, faq),
        notices=tuple(notice.text for notice in notices if not notice.in_why),
        in_why=tuple(notice.text for notice in notices if notice.in_why),
        areas=areas,
        balance=balance(definition, areas),
        answers=tuple(_answer_lines(definition, result)),
        tried=tuple(_tried_lines(definition, result)),
        safety_calls=tuple(safety_calls(definition, result)),
        profile_calls=tuple(profile_calls(definition, result)),
    )


def _open_faq(
    definition: Definition, faq: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, str], ...]:
    """The answer about running, or all of them: any of them may set a limit."""
    keys = [entry.key for entry in definition.faq]
    return (faq[keys.index(RUNNING)],) if RUNNING in keys else faq


def _lanes(result: Result) -> Iterator[ScoreLane]:
    names = (_("Mobility"), _("Activation"), _("Strength"))
    for number, name in enumerate(names, start=1):
        yield ScoreLane(number, name, number == result.start_phase)


def _answer_lines(definition: Definition, result: Result) -> Iterator[AnswerLine]:
    for step in result.trace.steps:
        question = definition.question(step.question)
        yield AnswerLine(question.text, _answer(question, step), _effects(definition, step))


def _tried_lines(definition: Definition, result: Result) -> Iterator[TriedLine]:
    for tried in result.trace.profiles:
        title = definition.profile(tried.profile).title
        reason = _fits(definition, tried) if tried.held else _misses(definition, tried)
        yield TriedLine(title, tried.held, reason)


def _answer(question: QuestionSpec, step: ScoringStep) -> str:
    if step.answer is None:
        return _("You skipped this.")
    return answer_words(question, step.answer)


def _effects(definition: Definition, step: ScoringStep) -> tuple[str, ...]:
    effects = tuple(_effect(definition, move) for move in step.moves if move.top)
    return effects or (_("This didn't count toward a score."),)


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
    needs = _(", or when ").join(
        _missing(definition, alternative) for alternative in tried.alternatives
    )
    return _("Not this one: it's for when %(needs)s.") % {"needs": needs}


def _missing(definition: Definition, alternative: TriedAlternative) -> str:
    return all_words(
        definition, (tested.condition for tested in alternative.conditions if not tested.held)
    )
