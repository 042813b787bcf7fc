"""The exercises file: exercises, the rules they share, and one plan for each result type.

The order of the fields is the order of the keys.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Annotated

from guides.content import reading
from guides.content.reading import (
    BlankName,
    BlankText,
    FileName,
    Key,
    Line,
    Lines,
    Name,
    Place,
    PlanKey,
    Text,
    WebAddress,
    filled,
    known_exercise,
    unique,
    within,
)
from guides.content.words import ENGLISH, Words

PHASES = (1, 2, 3)
Phase = Annotated[int, within(1, 3)]
Week = Annotated[int, within(1, 104)]


@dataclass(frozen=True, kw_only=True)
class Meta:
    version: BlankName
    status: BlankName


@dataclass(frozen=True, kw_only=True)
class Progress:
    mobility: Text
    activation: Text
    strength: Text
    one_change: Text


@dataclass(frozen=True, kw_only=True)
class SharedRules:
    """What holds for every exercise and every plan."""

    order: Lines
    warm_up: Text
    pain_rule: Lines
    stop_at_once: Lines
    progress: Progress
    regress: Text
    missed: Text
    with_running: Lines
    runs: Text


@dataclass(frozen=True, kw_only=True)
class Dose:
    sets: Name
    reps: Name | None
    seconds: Name | None
    per_side: bool
    rest_seconds: Annotated[int, within(0, 3600)]
    days_per_week: Name
    tempo: Name | None
    effort: Name | None

    def facts(self, words: Words = ENGLISH) -> tuple[tuple[str, str], ...]:
        """The dose as a reader meets it: what, and how much."""
        side = words.each_side if self.per_side else "%(much)s"
        hold = self.seconds and words.seconds % {"number": self.seconds}
        rest = self.rest_seconds and words.seconds % {"number": self.rest_seconds}
        facts = (
            (words.sets, self.sets),
            (words.repeats, self.reps and side % {"much": self.reps}),
            (words.hold, hold and side % {"much": hold}),
            (words.rest, rest),
            (words.days_a_week, self.days_per_week),
            (words.pace, self.tempo),
            (words.effort, self.effort),
        )
        return tuple((name, fact) for name, fact in facts if fact)


@dataclass(frozen=True, kw_only=True)
class Picture:
    """`file` lies beside the file that names it, and is kept under this name; `alt` says what it
    shows."""

    file: FileName
    alt: Text


@dataclass(frozen=True, kw_only=True)
class Exercise:
    id: Key
    name: Name
    phase: Phase
    target: Name
    equipment: Name
    position: Text
    steps: Lines
    cues: Lines
    common_mistakes: Lines
    dose: Dose
    easier: Text
    harder: Text
    stop_if: Lines
    skip_if: BlankText
    evidence_note: BlankText
    video_url: WebAddress
    picture: Picture | None = None


@dataclass(frozen=True, kw_only=True)
class Step:
    """One exercise of a block, with the dose that this plan asks for."""

    id: Annotated[Key, known_exercise]
    dose: Name


@dataclass(frozen=True, kw_only=True)
class Block:
    """Some weeks of a plan that stay the same."""

    weeks: tuple[Week, Week]
    days_per_week: Annotated[int, within(1, 7)]
    minutes: Annotated[int, within(1, 300)]
    goal: Name
    exercises: Annotated[tuple[Step, ...], filled]
    move_on_if: Text


@dataclass(frozen=True, kw_only=True)
class Plan:
    weeks: Week
    title: Name
    start_phase: Phase
    running: Text
    blocks: Annotated[tuple[Block, ...], filled]

    def check(self, place: Place) -> None:
        """Blocks follow each other and stay within the plan."""
        before = 0
        for index, block in enumerate(self.blocks):
            first, last = block.weeks
            here = place.at("blocks").item(index).at("weeks")
            if not before < first <= last:
                here.fault("must begin after the weeks before it, and not end before it begins.")
            if last > self.weeks:
                here.fault(f"goes past the plan's {self.weeks} weeks.")
            before = last


@dataclass(frozen=True, kw_only=True)
class Library:
    """A plan's key is that of a result type; `self-check/key` where the key alone is ambiguous."""

    meta: Meta | None = None
    shared_rules: SharedRules
    exercises: Annotated[tuple[Exercise, ...], unique("id")]
    plans: Mapping[PlanKey, Plan]
    no_plan: Mapping[Key, Line] | None = None


def parse_library(data: object, *, known: Collection[str] = ()) -> Library:
    """An exercises file. Plans may also name exercises that are `known` from elsewhere."""
    return reading.parse(Library, data, frozenset(known) | exercise_ids(data))


def exercise_ids(data: object) -> frozenset[str]:
    """The ids that a file gives to its exercises, whatever else may be wrong with it."""
    exercises = data.get("exercises") if isinstance(data, dict) else None
    rows = exercises if isinstance(exercises, list) else []
    ids = [row.get("id") for row in rows if isinstance(row, dict)]
    return frozenset(each for each in ids if isinstance(each, str))


__all__ = [
    "PHASES",
    "Block",
    "Dose",
    "Exercise",
    "Library",
    "Meta",
    "Picture",
    "Plan",
    "Progress",
    "SharedRules",
    "Step",
    "exercise_ids",
    "parse_library",
]
