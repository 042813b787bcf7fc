"""Whether a condition holds, over the answers that count and the scores they made."""

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


def answers_hold(conditions: Iterable[AnswerCondition], kept: Answers) -> bool:
    return all(answer_holds(condition, kept) for condition in conditions)


def answer_holds(condition: AnswerCondition, kept: Answers) -> bool:
    """An answer that is not kept makes any condition on it false."""
    answer = kept.get(condition.answer)
    if isinstance(condition, ChoiceCondition):
        return isinstance(answer, str) and _chosen(condition, answer)
    return isinstance(answer, int) and within(answer, condition.at_least, condition.at_most)


def condition_holds(condition: Condition, kept: Answers, scores: Scores) -> bool:
    if isinstance(condition, ScoreCondition):
        return score_holds(condition, scores[condition.score].score)
    if isinstance(condition, ConfidenceCondition):
        return any(each.confidence in condition.confidence_in for each in scores.values())
    return answer_holds(condition, kept)


def score_holds(condition: ScoreCondition, score: int | None) -> bool:
    if condition.unmeasured or score is None:
        return condition.unmeasured and score is None
    most = None if condition.below is None else condition.below - 1
    return within(score, condition.at_least, most)


def rule_holds(rule: Rule, kept: Answers, scores: Scores) -> bool:
    return any(
        all(condition_holds(condition, kept, scores) for condition in alternative)
        for alternative in rule
    )


def try_profile(key: str, rule: Rule, kept: Answers, scores: Scores) -> TriedProfile:
    """The rule with every condition tested, also those that no longer matter."""
    return TriedProfile(
        key,
        tuple(
            TriedAlternative(
                tuple(
                    Tested(condition, condition_holds(condition, kept, scores))
                    for condition in alternative
                )
            )
            for alternative in rule
        ),
    )


def within(number: int, least: int | None, most: int | None) -> bool:
    return (least is None or number >= least) and (most is None or number <= most)


def _chosen(condition: ChoiceCondition, answer: str) -> bool:
    if condition.in_ is not None:
        return answer in condition.in_
    return condition.not_in is not None and answer not in condition.not_in
