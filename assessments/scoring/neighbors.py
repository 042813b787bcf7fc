"""Finds how close a result was: what would have come out with the answer next to a given one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assessments.definition import (
    Answer,
    ChoiceCondition,
    Condition,
    Definition,
    QuestionSpec,
    ScaleCondition,
)
from assessments.scoring.results import Answers, AnswersError, Result
from assessments.scoring.rules import answer_holds, answers_hold
from assessments.scoring.single import profile_of


@dataclass(frozen=True, slots=True)
class Flip:
    """With this neighboring answer to one question, the runner would get another result type."""

    question: str
    answer: Answer
    profile: str


@dataclass(frozen=True, slots=True)
class NearMiss:
    """One point more (or less, if `step` is -1) on a scale would reach a higher safety level."""

    question: str
    step: int


def flips(definition: Definition, result: Result) -> tuple[Flip, ...]:
    """Every neighboring answer that gives another result type, in the order of the questions."""
    return tuple(_flips(definition, result)) if result.profile else ()


def near_misses(definition: Definition, result: Result) -> tuple[NearMiss, ...]:
    """The answers on scales that are one point away from a higher safety level."""
    levels = definition.safety.levels
    rank = levels[result.safety_level].rank if result.safety_level else -1
    higher = [rule for rule in definition.safety.derived if levels[rule.level].rank > rank]
    return tuple(
        NearMiss(key, step)
        for key, answer in result.answers.items()
        if isinstance(answer, int)
        for step in (-1, 1)
        if definition.question(key).option(answer + step)
        and any(answers_hold(rule.when, {**result.answers, key: answer + step}) for rule in higher)
    )


def _flips(definition: Definition, result: Result) -> Iterator[Flip]:
    conditions = _conditions_by_question(definition)
    for key, answer in result.answers.items():
        question = definition.question(key)
        for neighbor in _neighbors(question, answer):
            if not _matters(question, answer, neighbor, conditions.get(key, [])):
                continue
            profile = _profile(definition, {**result.answers, key: neighbor})
            if profile and profile != result.profile:
                yield Flip(key, neighbor, profile)


def _profile(definition: Definition, answers: Answers) -> str | None:
    """None at a safety stop, or if the answers lead to a question that wasn't asked."""
    rules = definition.safety.derived
    stops = (rule for rule in rules if definition.safety.level(rule.level).stops)
    if any(answers_hold(rule.when, answers) for rule in stops):
        return None
    try:
        return profile_of(definition, answers)
    except AnswersError:
        return None


def _neighbors(question: QuestionSpec, answer: Answer) -> Iterator[Answer]:
    """The answers before and after this one. An answer without points is next to none with points:
    it says that a check wasn't done."""
    if isinstance(answer, int):
        yield from (each for each in (answer - 1, answer + 1) if question.option(each))
    elif isinstance(answer, str):
        keys = [choice.key for choice in question.choices if _counts(question, choice.key)]
        if not _counts(question, answer):
            return
        at = keys.index(answer)
        yield from keys[max(at - 1, 0) : at]
        yield from keys[at + 1 : at + 2]


def _counts(question: QuestionSpec, key: str) -> bool:
    """Whether the answer has points, or the question has none at all."""
    option = question.option(key)
    points = option.points.values() if option else ()
    return not question.largest or any(number is not None for number in points)


def _matters(
    question: QuestionSpec, answer: Answer, neighbor: Answer, conditions: list[Condition]
) -> bool:
    """Whether anything that decides about result types differs between the two answers."""
    options = question.option(answer), question.option(neighbor)
    if options[0] and options[1] and options[0].points != options[1].points:
        return True
    return any(
        answer_holds(condition, {question.key: answer})
        != answer_holds(condition, {question.key: neighbor})
        for condition in conditions
        if isinstance(condition, ChoiceCondition | ScaleCondition)
    )


def _conditions_by_question(definition: Definition) -> Mapping[str, list[Condition]]:
    """The conditions on answers that decide about result types, or about what is asked."""
    found: dict[str, list[Condition]] = {}
    rules = [alternative for profile in definition.profiles for alternative in profile.rule]
    for conditions in (*rules, *(question.show_if for question in definition.questions)):
        for condition in conditions:
            if isinstance(condition, ChoiceCondition | ScaleCondition):
                found.setdefault(condition.answer, []).append(condition)
    return found
