"""The exercises file: exercises, the rules they share, and one plan for each result type.

Fields are declared in the order that their JSON keys are written.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from guides.content.faults import ContentError
from guides.content.field_types import (
    BlankName,
    BlankText,
    ClipName,
    FileName,
    Key,
    Line,
    Lines,
    Name,
    OptionalKey,
    PlanKey,
    Text,
    WebAddress,
    filled,
)
from guides.content.words import ENGLISH, PdfLabels
from runfit.lib.json_format import reading
from runfit.lib.json_format.checks import within
from runfit.lib.json_format.faults import Fault, repeated, shown
from runfit.lib.json_format.foreign_texts import in_language_of
from runfit.lib.messages import message as _

PHASES = (1, 2, 3)
Phase = Annotated[int, within(1, 3)]
Week = Annotated[int, within(1, 104)]


@dataclass(frozen=True, kw_only=True)
class Meta:
    version: BlankName
    status: BlankName


@dataclass(frozen=True, kw_only=True)
class ProgressRules:
    mobility: Text
    activation: Text
    strength: Text
    one_change: Text


@dataclass(frozen=True, kw_only=True)
class SharedRulesContent:
    """Rules for every exercise and plan."""

    order: Lines
    warm_up: Text
    pain_rule: Lines
    stop_at_once: Lines
    progress: ProgressRules
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

    def facts(self) -> tuple[tuple[str, str], ...]:
        """The whole usual dose for the PT, with labels."""
        hold = self.seconds and _("{number} seconds", number=self.seconds)
        facts = (
            (_("Sets"), self.sets),
            (_("Reps"), self.reps and self._on_sides(self.reps)),
            (_("Hold"), hold and self._on_sides(hold)),
            (_("Rest"), self.rest_seconds and _("{number} seconds", number=self.rest_seconds)),
            (_("Days a week"), self.days_per_week),
            (_("Pace"), self.tempo),
            (_("Effort"), self.effort),
        )
        return tuple((name, fact) for name, fact in facts if fact)

    def _on_sides(self, what: str) -> str:
        return _("{what} each side", what=what) if self.per_side else what

    def manner(self, words: PdfLabels = ENGLISH) -> tuple[tuple[str, str], ...]:
        """How to do it, with labels; how much of it is the plan's to say."""
        rest = self.rest_seconds and words.seconds % {"number": self.rest_seconds}
        facts = ((words.rest, rest), (words.pace, self.tempo), (words.effort, self.effort))
        return tuple((name, fact) for name, fact in facts if fact)


@dataclass(frozen=True, kw_only=True)
class PictureContent:
    """`file` is a path relative to the exercises file, and the name it's stored under; `alt`
    describes the picture. Of a picture that moves, `file` is a still, and `clip` the file that
    moves: a video, or a drawing that loops."""

    file: FileName
    alt: Text
    caption: Name | None = None
    clip: ClipName | None = None

    @property
    def loops(self) -> bool:
        """Whether what moves is a drawing: it needs no player, and starts by itself."""
        return bool(self.clip) and str(self.clip).lower().endswith(".svg")

    @property
    def files(self) -> tuple[str, ...]:
        return (self.file, self.clip) if self.clip else (self.file,)


@dataclass(frozen=True, kw_only=True)
class ExerciseContent:
    """`skip_for` are safety items: who checked one of them does the exercise `instead`, or without
    one, simply leaves this one out. `before_run` marks a good warm-up before a run. The first
    `picture` is printed and mailed, too; `more_pictures` follow it on the phone."""

    id: Key
    name: Name
    phase: Phase
    target: BlankName
    equipment: BlankName
    position: BlankText
    steps: Lines
    cues: tuple[Line, ...]
    common_mistakes: tuple[Line, ...]
    dose: Dose
    easier: BlankText
    harder: BlankText
    stop_if: tuple[Line, ...]
    skip_if: BlankText
    evidence_note: BlankText
    video_url: WebAddress
    picture: PictureContent | None = None
    skip_for: tuple[Key, ...] | None = None
    instead: OptionalKey | None = None
    before_run: bool | None = None
    more_pictures: tuple[PictureContent, ...] | None = None

    @property
    def pictures(self) -> tuple[PictureContent, ...]:
        """All of them, in order."""
        return ((self.picture,) if self.picture else ()) + (self.more_pictures or ())

    def skipped_by(self, checked: Collection[str]) -> bool:
        """Whether it's left out for a runner who checked these safety items."""
        return any(key in checked for key in self.skip_for or ())


@dataclass(frozen=True, kw_only=True)
class StepContent:
    """One exercise of a block, with its dose."""

    id: Key
    dose: Name


@dataclass(frozen=True, kw_only=True)
class BlockContent:
    """Consecutive weeks of a plan with the same session."""

    weeks: tuple[Week, Week]
    days_per_week: Annotated[int, within(1, 7)]
    minutes: Annotated[int, within(1, 300)]
    goal: Name
    exercises: Annotated[tuple[StepContent, ...], filled]
    move_on_if: Text


@dataclass(frozen=True, kw_only=True)
class PlanContent:
    """`next_plan` is the result type, of the same self-check, whose plan comes after this one,
    from its `next_week` on."""

    weeks: Week
    title: Name
    start_phase: Phase
    running: Text
    blocks: Annotated[tuple[BlockContent, ...], filled]
    next_plan: Key | None = None
    next_week: Week | None = None

    @property
    def name(self) -> str:
        """The title without its weeks in brackets, for where the weeks stand beside it."""
        before, _, after = self.title.rpartition("(")
        told = after.startswith(f"{self.weeks} ") and after.endswith(")")
        return in_language_of(self.title, before.rstrip()) if told else self.title

    @property
    def minutes(self) -> tuple[int, int]:
        """The minutes of its shortest and its longest session."""
        each = [block.minutes for block in self.blocks]
        return min(each), max(each)


@dataclass(frozen=True, kw_only=True)
class Library:
    """The exercises file. Plans are keyed by result type, or by `self-check/key` if ambiguous."""

    meta: Meta | None = None
    shared_rules: SharedRulesContent
    exercises: tuple[ExerciseContent, ...]
    plans: Mapping[PlanKey, PlanContent]
    no_plan: Mapping[Key, Line] | None = None


def parse_library(data: object, *, known: Collection[str] = ()) -> Library:
    """Parses an exercises file. Plans may also refer to the `known` exercises."""

    def references(library: Library) -> Iterator[Fault]:
        yield from repeated("exercises", library.exercises, "id")
        yield from instead_faults(library.exercises, known)
        exercises = {*known, *(exercise.id for exercise in library.exercises)}
        where = {key: f"plans.{shown(key)}" for key in library.plans}
        for key, plan in library.plans.items():
            yield from plan_faults(where[key], plan, exercises)
        yield from next_plan_faults(library.plans, where)

    return reading.parse(Library, data, error=ContentError, references=references)


def instead_faults(
    exercises: Collection[ExerciseContent], known: Collection[str] = ()
) -> Iterator[Fault]:
    """Checks that what is done instead of an exercise exists, and doesn't lead back to it."""
    following = {exercise.id: exercise.instead or "" for exercise in exercises}
    for index, exercise in enumerate(exercises):
        here = f"exercises[{index}].instead"
        if exercise.instead and exercise.instead not in {*following, *known}:
            yield Fault(here, _("“{name}” is not an exercise.", name=shown(exercise.instead)))
        elif exercise.id in _chain(exercise.id, following):
            yield Fault(here, _("leads back to the exercise itself."))


def _chain(key: str, following: Mapping[str, str]) -> set[str]:
    """The exercises that `following` leads to, from one exercise on."""
    met: set[str] = set()
    while (key := following.get(key, "")) and key not in met:
        met.add(key)
    return met


def plan_faults(where: str, plan: PlanContent, exercises: Collection[str]) -> Iterator[Fault]:
    """Checks that blocks are in order, fit the plan's weeks, and use existing exercises."""
    previous_end = 0
    for index, block in enumerate(plan.blocks):
        here, (first, last) = f"{where}.blocks[{index}]", block.weeks
        if not previous_end < first <= last:
            message = _("must begin after the weeks before it, and not end before it begins.")
            yield Fault(f"{here}.weeks", message)
        if last > plan.weeks > 0:
            yield Fault(
                f"{here}.weeks", _("goes past the plan's {number} weeks.", number=plan.weeks)
            )
        previous_end = last
        for number, step in enumerate(block.exercises):
            if step.id not in exercises:
                message = _("“{name}” is not an exercise.", name=shown(step.id))
                yield Fault(f"{here}.exercises[{number}].id", message)


def next_plan_faults(plans: Mapping[str, PlanContent], where: Mapping[str, str]) -> Iterator[Fault]:
    """Checks that the plan after each one exists, begins with one of its weeks, and doesn't lead
    back. `where` says where each plan stands."""
    following = {key: _next_of(key, plan, plans) for key, plan in plans.items()}
    for key, plan in plans.items():
        then = plans.get(following[key])
        if plan.next_plan and then is None:
            message = _("“{name}” has no plan.", name=shown(plan.next_plan))
            yield Fault(f"{where[key]}.next_plan", message)
        elif key in _chain(key, following):
            yield Fault(f"{where[key]}.next_plan", _("leads back to the plan itself."))
        if plan.next_week and not plan.next_plan:
            yield Fault(f"{where[key]}.next_week", _("is a week of no plan."))
        elif plan.next_week and then and plan.next_week > then.weeks:
            message = _("goes past the plan's {number} weeks.", number=then.weeks)
            yield Fault(f"{where[key]}.next_week", message)


def _next_of(key: str, plan: PlanContent, plans: Collection[str]) -> str:
    """The key of the plan after this one, of the same self-check. Blank without one."""
    check, slash, _name = key.rpartition("/")
    names = [f"{check}{slash}{plan.next_plan}", plan.next_plan or ""]
    if not check:
        names += [name for name in plans if name.endswith(f"/{plan.next_plan}")]
    return next((name for name in names if name in plans), "")
