"""What scoring hands back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from assessments.definition import Answer, Condition, Derived, SafetyItemSpec

Answers: TypeAlias = Mapping[str, Answer]


class AnswersError(ValueError):
    """These answers cannot be scored. Carries the errors, each as `<where>:<what>`."""

    def __init__(self, errors: Iterable[str]) -> None:
        self.errors = tuple(errors)
        super().__init__(", ".join(self.errors))


@dataclass(frozen=True, slots=True)
class DimensionScore:
    """0 to 100, higher is better; None where too little was answered to tell."""

    score: int | None
    confidence: str


@dataclass(frozen=True, slots=True)
class Move:
    """What one answer did to one dimension: `need` of at most `top` points, 0 is best."""

    dimension: str
    need: int
    top: int


@dataclass(frozen=True, slots=True)
class ScoringStep:
    """One question that was shown. `answer` is None where an optional one was skipped."""

    question: str
    answer: Answer | None
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class PointsSum:
    """The sums behind one score; `coverage` is the percent of all that was shown."""

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
    """One profile's rule as it was tried. Trying ends with the first that held."""

    profile: str
    alternatives: tuple[TriedAlternative, ...]

    @property
    def held(self) -> bool:
        return any(alternative.held for alternative in self.alternatives)


@dataclass(frozen=True, slots=True)
class Trace:
    """Why the result is what it is, in the order in which it was found."""

    safety: tuple[SafetyItemSpec, ...]
    derived: tuple[Derived, ...]
    steps: tuple[ScoringStep, ...] = ()
    tallies: Mapping[str, PointsSum] = field(default_factory=dict)
    profiles: tuple[TriedProfile, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What one set of answers comes to. `answers` are those that counted."""

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
        """A safety level ended it: there is nothing to score."""
        return self.dimensions is None

    def expect(self) -> dict[str, Any]:
        """The result without its reasons, as plain data."""
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
    """One dimension at two visits. `label` is better, worse, same or not_comparable."""

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
    """Two visits, over the questions that were scored on both."""

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
        key: {"score": each.score, "confidence": each.confidence}
        for key, each in dimensions.items()
    }
