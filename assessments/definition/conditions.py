"""The conditions of rules, and what every shape of an assessment file is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from runfit.lib.json_format.checks import Key, Refused, within
from runfit.lib.messages import message as _

LARGEST = 1_000_000

Whole = Annotated[int, within(0, LARGEST)]
Signed = Annotated[int, within(-LARGEST, LARGEST)]
Percent = Annotated[int, within(0, 100)]
# A choice's key, a number on a scale, or the keys of several choices in the question's order.
Answer: TypeAlias = str | int | tuple[str, ...]
Points: TypeAlias = Mapping[str, Whole | None]


def true(value: bool) -> bool:
    if not value:
        raise Refused(_("must be true."))
    return value


@dataclass(frozen=True, kw_only=True)
class Shape:
    absent: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class ChoiceCondition(Shape):
    """Holds if the answer is in `in_`, or isn't in `not_in`. Of several choices, one in `in_` is
    enough, and none may be in `not_in`."""

    answer: Key
    in_: tuple[Key, ...] | None = None
    not_in: tuple[Key, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class ScaleCondition(Shape):
    answer: Key
    at_least: Signed | None = None
    at_most: Signed | None = None


@dataclass(frozen=True, kw_only=True)
class ScoreCondition(Shape):
    score: Key
    unmeasured: Annotated[bool, true] = False
    below: Whole | None = None
    at_least: Whole | None = None


@dataclass(frozen=True, kw_only=True)
class ConfidenceCondition(Shape):
    """Holds if any dimension has one of these confidences; "none" is one."""

    any_score: Annotated[bool, true]
    confidence_in: tuple[Literal["high", "medium", "low", "none"], ...]


AnswerCondition: TypeAlias = ChoiceCondition | ScaleCondition
Condition: TypeAlias = AnswerCondition | ScoreCondition | ConfidenceCondition
Rule: TypeAlias = tuple[tuple[Condition, ...], ...]
