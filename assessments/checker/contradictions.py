"""Finds lists of conditions that can't hold whatever a runner answers, and says why.

It looks at one list at a time, without a search, so it can name the limits that rule each other
out.
"""

from collections.abc import Iterator

from assessments.checker.plan import Clause
from assessments.definition import (
    ChoiceCondition,
    Definition,
    QuestionSpec,
    ScaleCondition,
    ScoreCondition,
)

LARGEST_SCORE = 100


def contradiction(definition: Definition, clause: Clause) -> str:
    """Why these conditions can't all hold; empty if that isn't plain from them alone."""
    return next(_contradictions(definition, clause), "")


def _contradictions(definition: Definition, clause: Clause) -> Iterator[str]:
    for question in definition.questions:
        yield from _on_scale(question, clause)
        yield from _on_choices(question, clause)
    for dimension in definition.dimensions:
        yield from _on_score(dimension.key, dimension.label, clause)


def _on_scale(question: QuestionSpec, clause: Clause) -> Iterator[str]:
    limits = [
        condition
        for condition in clause
        if isinstance(condition, ScaleCondition) and condition.answer == question.key
    ]
    lows = [limit.at_least for limit in limits if limit.at_least is not None]
    highs = [limit.at_most for limit in limits if limit.at_most is not None]
    low, high = max(lows, default=question.minimum), min(highs, default=question.maximum)
    what = f"The answer to “{question.text}”"
    if low > question.maximum:
        yield f"{what} is never {low} or more."
    elif high < question.minimum:
        yield f"{what} is never {high} or less."
    elif low > high:
        yield f"{what} can't be {low} or more and {high} or less at once."


def _on_choices(question: QuestionSpec, clause: Clause) -> Iterator[str]:
    picked = [
        condition
        for condition in clause
        if isinstance(condition, ChoiceCondition) and condition.answer == question.key
    ]
    if not picked:
        return
    refused = {key for condition in picked for key in condition.not_in or ()}
    wanted = [{*condition.in_} - refused for condition in picked if condition.in_ is not None]
    left = {choice.key for choice in question.choices} - refused
    if question.kind == "several":
        is_impossible = not left or not all(wanted)
    else:
        is_impossible = not left.intersection(*wanted)
    if is_impossible:
        yield f"No answer to “{question.text}” fits all that's asked of it here."


def _on_score(key: str, label: str, clause: Clause) -> Iterator[str]:
    limits = [
        condition
        for condition in clause
        if isinstance(condition, ScoreCondition) and condition.score == key
    ]
    low = max((limit.at_least for limit in limits if limit.at_least is not None), default=0)
    below = min(
        (limit.below for limit in limits if limit.below is not None), default=LARGEST_SCORE + 1
    )
    if below <= 0:
        yield f"The score for “{label}” is never below {below}."
    elif low > LARGEST_SCORE:
        yield f"The score for “{label}” is never {low} or more."
    elif low >= below:
        yield f"The score for “{label}” can't be {low} or more and below {below} at once."
    elif {limit.unmeasured for limit in limits} == {True, False}:
        yield f"“{label}” can't have a score and not be checked yet at once."
