"""The content of a guide edition: everything that its PDFs and pages need."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Annotated

from guides.content.faults import ContentError
from guides.content.field_types import BlankText, Key, Language, Lines, Name, Text
from guides.content.guide import (
    Emails,
    Evidence,
    PhaseText,
    ReferenceContent,
    Secret,
    SeriesEmail,
    Why,
    three_phases,
)
from guides.content.leaving_out import LeavingOut, LeftOut
from guides.content.library import (
    BlockContent,
    ExerciseContent,
    PlanContent,
    SharedRulesContent,
    instead_faults,
    next_plan_faults,
    plan_faults,
)
from guides.content.minutes import session_minutes
from guides.content.runner_advice import RunnerAdvice
from guides.content.words import DOSE_IN_ENGLISH, DoseWords
from runfit.lib.json_format import reading
from runfit.lib.json_format.faults import Fault, repeated


@dataclass(frozen=True, kw_only=True)
class ProfilePlan:
    """A result type with its plan."""

    key: Key
    title: Name
    first_step: BlankText
    see_someone_if: BlankText
    plan: PlanContent


@dataclass(frozen=True, slots=True)
class FirstMove:
    """A plan's first exercise, with its dose and the minutes that it takes, if they're known.

    Where a plan starts with a later phase, it's a warm-up.
    """

    exercise: ExerciseContent
    dose: str
    minutes: int | None
    warm_up: bool


@dataclass(frozen=True, kw_only=True)
class GuideContent:
    """A guide edition. Exercises are ordered: mobility, activation, strength."""

    slug: Key
    language: Language
    title: Name
    introduction: Lines
    phases: Annotated[tuple[PhaseText, ...], three_phases]
    evidence: Evidence
    references: tuple[ReferenceContent, ...]
    see_someone: Lines
    disclaimer: Text
    secret: Secret
    emails: Emails
    shared_rules: SharedRulesContent
    exercises: tuple[ExerciseContent, ...]
    profiles: tuple[ProfilePlan, ...]
    why: Why | None = None

    def profile(self, key: str) -> ProfilePlan | None:
        return next((profile for profile in self.profiles if profile.key == key), None)

    def plan(self, key: str) -> PlanContent | None:
        profile = self.profile(key)
        return profile.plan if profile else None

    def profiles_from(self, key: str) -> tuple[ProfilePlan, ...]:
        """A result type, and those whose plans come after its own, in order."""
        found: list[ProfilePlan] = []
        while (profile := self.profile(key)) and profile not in found:
            found.append(profile)
            key = profile.plan.next_plan or ""
        return tuple(found)

    def start_after(self, plan: PlanContent) -> tuple[int, int] | None:
        """The block of the next plan that comes after this one, and its week, both from 1. None if
        nothing does."""
        then = self.plan(plan.next_plan or "")
        week = plan.next_week or 1
        for number, block in enumerate(then.blocks if then else (), start=1):
            first, last = block.weeks
            if week <= last:
                return number, max(week - first, 0) + 1
        return None

    def series_for(self, key: str) -> tuple[SeriesEmail, ...]:
        """The emails of the series for a result type: none after the last week of its plan."""
        plan = self.plan(key)
        return tuple(
            email
            for email in self.emails.series or ()
            if plan is None or email.days <= 7 * plan.weeks
        )

    def own_notices(self, advice: RunnerAdvice) -> tuple[str, ...]:
        """The extra advice that the why doesn't give."""
        given = advice.in_why if self.why else ()
        return tuple(notice for notice in advice.notices if notice not in given)

    def phase(self, number: int) -> PhaseText:
        return self.phases[number - 1]

    def exercise(self, key: str) -> ExerciseContent:
        return next(exercise for exercise in self.exercises if exercise.id == key)

    def exercises_of(self, plan: PlanContent) -> tuple[ExerciseContent, ...]:
        used = {step.id for block in plan.blocks for step in block.exercises}
        return tuple(exercise for exercise in self.exercises if exercise.id in used)

    def before_run(self, plan: PlanContent) -> tuple[ExerciseContent, ...]:
        """The exercises of a plan that are a good warm-up before a run."""
        return tuple(exercise for exercise in self.exercises_of(plan) if exercise.before_run)

    def session(self, block: BlockContent) -> tuple[tuple[ExerciseContent, str], ...]:
        """The exercises of one session, each with its dose."""
        return tuple((self.exercise(step.id), step.dose) for step in block.exercises)

    def first_move(self, plan: PlanContent) -> FirstMove:
        """What a runner can try right away."""
        exercise, dose = self.session(plan.blocks[0])[0]
        minutes = session_minutes([(exercise.dose, dose)])
        return FirstMove(exercise, dose, minutes, warm_up=exercise.phase < plan.start_phase)

    def for_runner(
        self, key: str, skip_for: Collection[str], words: DoseWords = DOSE_IN_ENGLISH
    ) -> "GuideContent":
        """The guide for a runner of this result type who checked these safety items: its plan and
        those that come after it, without the exercises that skip for them, and with what is done
        instead."""
        leaving_out = LeavingOut(self._exercises, skip_for, words)
        profiles = (
            replace(profile, plan=leaving_out.plan(profile.plan))
            for profile in self.profiles_from(key)
        )
        remaining = tuple(profile for profile in profiles if profile.plan.blocks)
        exercises = (each for each in self.exercises if not each.skipped_by(skip_for))
        return replace(self, profiles=remaining, exercises=tuple(exercises))

    def left_out(self, key: str, skip_for: Collection[str]) -> tuple[LeftOut, ...]:
        """What `for_runner` leaves out of this result type's plan."""
        plan = self.plan(key)
        leaving_out = LeavingOut(self._exercises, skip_for)
        return tuple(
            leaving_out.left_out(exercise)
            for exercise in (self.exercises_of(plan) if plan else ())
            if exercise.skipped_by(skip_for)
        )

    def minutes(self, block: BlockContent) -> int | None:
        """The minutes of a session, worked out from its doses."""
        return session_minutes((exercise.dose, dose) for exercise, dose in self.session(block))

    @property
    def _exercises(self) -> dict[str, ExerciseContent]:
        return {exercise.id: exercise for exercise in self.exercises}

    @property
    def progress(self) -> tuple[tuple[PhaseText, str], ...]:
        """Each phase with its rule for making exercises harder."""
        rule = self.shared_rules.progress
        return tuple(zip(self.phases, (rule.mobility, rule.activation, rule.strength), strict=True))

    @property
    def common_stops(self) -> tuple[str, ...]:
        """The reasons to stop that all exercises with any share, which the guide prints once."""
        all_stops = [exercise.stop_if for exercise in self.exercises if exercise.stop_if]
        if not all_stops:
            return ()
        shared = set.intersection(*map(set, all_stops))
        return tuple(line for line in all_stops[0] if line in shared)

    def own_stops(self, exercise: ExerciseContent) -> tuple[str, ...]:
        return tuple(line for line in exercise.stop_if if line not in self.common_stops)


def parse_content(data: object) -> GuideContent:
    """Parses the content of an edition. Raises ContentError with every fault."""
    return reading.parse(GuideContent, data, error=ContentError, references=_reference_faults)


def _reference_faults(content: GuideContent) -> Iterator[Fault]:
    yield from repeated("exercises", content.exercises, "id")
    yield from repeated("profiles", content.profiles)
    yield from instead_faults(content.exercises)
    exercises = {exercise.id for exercise in content.exercises}
    where = {
        profile.key: f"profiles[{index}].plan" for index, profile in enumerate(content.profiles)
    }
    for profile in content.profiles:
        yield from plan_faults(where[profile.key], profile.plan, exercises)
    yield from next_plan_faults({each.key: each.plan for each in content.profiles}, where)
