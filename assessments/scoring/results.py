"""The result types of scoring."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from assessments.definition import Answer, Condition, Derived, SafetyItemSpec

Answers: TypeAlias = Mapping[str, Answer]


class AnswersError(ValueError):
    """The answers can't be scored. `errors` has entries like `<where>:<what>`."""

    def __init__(self, errors: Iterable[str]) -> None:
        self.errors = tuple(errors)
        super().__init__(", ".join(self.errors))


@dataclass(frozen=True, slots=True)
class DimensionScore:
    """0 to 100, higher is better; None if too little was answered."""

    score: int | None
    confidence: str


@dataclass(frozen=True, slots=True)
class Move:
    """An answer's effect on a dimension: `need` out of `top` points, 0 is best."""

    dimension: str
    need: int
    top: int


@dataclass(frozen=True, slots=True)
class ScoringStep:
    """A question that was shown. `answer` is None if it was optional and skipped."""

    question: str
    answer: Answer | None
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class PointsSum:
    """The sums behind a score; `coverage` is in percent of everything shown."""

    need: int
    top: int
    coverage: int


@dataclass(frozen=True, slots=True)
class Tested:
    condition: Condition
    held: bool


@dataclass(frozen=True, slots=True)
class TriedAlternative:
    conditions: tuple[Tested, ...]

    @property
    def held(self) -> bool:
        return all(tested.held for tested in self.conditions)


@dataclass(frozen=True, slots=True)
class TriedProfile:
    """The evaluation of a profile's rule. Evaluation ends with the first profile that holds."""

    profile: str
    alternatives: tuple[TriedAlternative, ...]

    @property
    def held(self) -> bool:
        return any(alternative.held for alternative in self.alternatives)


@dataclass(frozen=True, slots=True)
class Trace:
    """Why the result is what it is, in order of evaluation."""

    safety: tuple[SafetyItemSpec, ...]
    derived: tuple[Derived, ...]
    steps: tuple[ScoringStep, ...] = ()
    tallies: Mapping[str, PointsSum] = field(default_factory=dict)
    profiles: tuple[TriedProfile, ...] = ()


@dataclass(frozen=True, slots=True)
class SafetyResult:
    """The highest safety level of what was checked on the safety list."""

    level: str | None
    trace: Trace


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a set of answers. `answers` are the ones that counted."""

    safety_level: str | None
    profile: str | None
    start_phase: int | None
    dimensions: Mapping[str, DimensionScore] | None
    total: int | None
    notices: tuple[str, ...]
    guide: str
    answers: Answers
    trace: Trace

    @property
    def stopped(self) -> bool:
        """Whether a safety level ended the self-check, so there are no scores."""
        return self.dimensions is None

    def expect(self) -> dict[str, Any]:
        """The result without its trace, as plain data."""
        return {
            "safety_level": self.safety_level,
            "profile": self.profile,
            "start_phase": self.start_phase,
            "dimensions": None if self.dimensions is None else _plain_scores(self.dimensions),
            "total": self.total,
            "notices": list(self.notices),
            "guide": self.guide,
        }


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """A dimension at two visits. `label` is better, worse, same or not_comparable."""

    before: int | None
    after: int | None
    label: str


@dataclass(frozen=True, slots=True)
class MovedAnswer:
    """An answer that changed. `direction` is better, worse or changed."""

    question: str
    before: Answer
    after: Answer
    direction: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two visits, compared on the questions scored at both."""

    compared_on: tuple[str, ...]
    dimensions: Mapping[str, ScoreChange]
    total: ScoreChange
    moved: tuple[MovedAnswer, ...]

    def expect(self) -> dict[str, Any]:
        """The comparison as plain data."""
        return {
            "compared_on": list(self.compared_on),
            "dimensions": {
                key: {"before": change.before, "after": change.after, "label": change.label}
                for key, change in self.dimensions.items()
            },
            "total": {"before": self.total.before, "after": self.total.after},
            "moved": [
                {
                    "question": moved.question,
                    "from": moved.before,
                    "to": moved.after,
                    "direction": moved.direction,
                }
                for moved in self.moved
            ],
        }


def _plain_scores(dimensions: Mapping[str, DimensionScore]) -> dict[str, Any]:
    return {
        key: {"score": dimension.score, "confidence": dimension.confidence}
        for key, dimension in dimensions.items()
    }
