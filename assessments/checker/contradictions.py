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
from runfit.lib.messages import message as _

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
    if low > question.maximum:
        yield _("The answer to “{name}” is never {low} or more.", name=question.text, low=low)
    elif high < question.minimum:
        yield _("The answer to “{name}” is never {high} or less.", name=question.text, high=high)
    elif low > high:
        yield _(
            "The answer to “{name}” can't be {low} or more and {high} or less at once.",
            name=question.text,
            low=low,
            high=high,
        )


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
        yield _("No answer to “{name}” fits all that's asked of it here.", name=question.text)


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
        yield _("The score for “{name}” is never below {below}.", name=label, below=below)
    elif low > LARGEST_SCORE:
        yield _("The score for “{name}” is never {low} or more.", name=label, low=low)
    elif low >= below:
        yield _(
            "The score for “{name}” can't be {low} or more and below {below} at once.",
            name=label,
            low=low,
            below=below,
        )
    elif {limit.unmeasured for limit in limits} == {True, False}:
        yield _("“{name}” can't have a score and not be checked yet at once.", name=label)
