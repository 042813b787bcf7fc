"""Finds answers that lead to a result type, to show what a runner who gives them sees."""

from collections.abc import Mapping

from assessments.checker.search import example, outcomes
from assessments.definition import Answer, Definition, QuestionSpec
from assessments.scoring import NONE_TICKED, AnswersError, score


def answers_to(definition: Definition, profile: str) -> dict[str, Answer] | None:
    """Answers that give this result type: a case's if one does. None if no answers are found."""
    for case in definition.cases:
        if _leads_to(definition, case.answers, profile):
            return dict(case.answers)
    found = _searched(definition, profile)
    answers = None if found is None else _completed(definition, found)
    return answers if answers and _leads_to(definition, answers, profile) else None


def answers_with_advice(definition: Definition, notice: str) -> dict[str, Answer] | None:
    """Answers that give this extra advice: a case's if one does. None if none are found."""
    for case in definition.cases:
        if _shows(definition, case.answers, notice):
            return dict(case.answers)
    [rule] = (each.rule for each in definition.notices if each.key == notice)
    for held in outcomes(definition, rule).held:
        found = example(definition, rule, held) if held else None
        answers = None if found is None else _completed(definition, found)
        if answers and _shows(definition, answers, notice):
            return answers
    return None


def _shows(definition: Definition, answers: Mapping[str, Answer], notice: str) -> bool:
    try:
        scored = score(definition, answers, [NONE_TICKED])
    except AnswersError:
        return False
    return scored.profile is not None and notice in scored.notices


def _leads_to(definition: Definition, answers: Mapping[str, Answer], profile: str) -> bool:
    try:
        scored = score(definition, answers, [NONE_TICKED])
    except AnswersError:
        return False
    return scored.profile == profile


def _searched(definition: Definition, profile: str) -> dict[str, Answer] | None:
    """The answers that matter: this rule holds, and none of those before it."""
    keys = [each.key for each in definition.profiles]
    tried = definition.profiles[: keys.index(profile) + 1]
    owners = [each.key for each in tried for _clause in each.rule]
    clauses = [clause for each in tried for clause in each.rule]
    for held in outcomes(definition, clauses).held:
        if held and {owners[index] for index in held} == {profile}:
            return example(definition, clauses, held)
    return None


def _completed(definition: Definition, answers: dict[str, Answer]) -> dict[str, Answer] | None:
    """With the first answer to each question that's asked and doesn't matter."""
    while True:
        try:
            score(definition, answers, [NONE_TICKED])
        except AnswersError as error:
            reasons = [one.rpartition(":") for one in error.errors]
            required = [key for key, _, reason in reasons if reason == "required"]
            if not required:
                return None
            answers |= {key: _first_answer(definition.question(key)) for key in required}
        else:
            return answers


def _first_answer(question: QuestionSpec) -> Answer:
    if question.kind == "scale":
        return question.minimum
    first = question.choices[0].key
    return (first,) if question.kind == "several" else first
