"""Evaluates conditions and rules on valid answers and their scores."""

from collections.abc import Iterable, Mapping

from assessments.definition import (
    AnswerCondition,
    ChoiceCondition,
    Condition,
    ConfidenceCondition,
    Rule,
    ScoreCondition,
)
from assessments.scoring.results import (
    Answers,
    DimensionScore,
    Tested,
    TriedAlternative,
    TriedProfile,
)

Scores = Mapping[str, DimensionScore]


def answers_hold(conditions: Iterable[AnswerCondition], answers: Answers) -> bool:
    return all(answer_holds(condition, answers) for condition in conditions)


def answer_holds(condition: AnswerCondition, answers: Answers) -> bool:
    """False if the answer is missing."""
    answer = answers.get(condition.answer)
    if isinstance(condition, ChoiceCondition):
        return isinstance(answer, str | tuple) and _chosen(condition, answer)
    return isinstance(answer, int) and within(answer, condition.at_least, condition.at_most)


def condition_holds(condition: Condition, answers: Answers, scores: Scores) -> bool:
    if isinstance(condition, ScoreCondition):
        return score_holds(condition, scores[condition.score].score)
    if isinstance(condition, ConfidenceCondition):
        return any(score.confidence in condition.confidence_in for score in scores.values())
    return answer_holds(condition, answers)


def score_holds(condition: ScoreCondition, score: int | None) -> bool:
    if condition.unmeasured or score is None:
        return condition.unmeasured and score is None
    maximum = None if condition.below is None else condition.below - 1
    return within(score, condition.at_least, maximum)


def rule_holds(rule: Rule, answers: Answers, scores: Scores) -> bool:
    return any(
        all(condition_holds(condition, answers, scores) for condition in alternative)
        for alternative in rule
    )


def try_profile(key: str, rule: Rule, answers: Answers, scores: Scores) -> TriedProfile:
    """Evaluate every condition of the rule, even when the outcome is already certain."""
    return TriedProfile(
        key,
        tuple(
            TriedAlternative(
                tuple(
                    Tested(condition, condition_holds(condition, answers, scores))
                    for condition in alternative
                )
            )
            for alternative in rule
        ),
    )


def within(number: int, minimum: int | None, maximum: int | None) -> bool:
    return (minimum is None or number >= minimum) and (maximum is None or number <= maximum)


def _chosen(condition: ChoiceCondition, answer: str | tuple[str, ...]) -> bool:
    picked = (answer,) if isinstance(answer, str) else answer
    if condition.in_ is not None:
        return any(key in condition.in_ for key in picked)
    return condition.not_in is not None and not any(key in condition.not_in for key in picked)
