"""Leaves exercises out of a plan for a runner who checked safety items, and puts others in."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from guides.content.library import BlockContent, Dose, ExerciseContent, PlanContent, StepContent
from guides.content.minutes import session_minutes
from guides.content.words import DOSE_IN_ENGLISH, DoseWords

RANGE = re.compile(r"(\d{1,4})\s?[-\u2013]\s?\d+")


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """An exercise that a runner leaves out, why (safety items), and what they do instead."""

    exercise: ExerciseContent
    instead: ExerciseContent | None
    checked: tuple[str, ...]


@dataclass(frozen=True)
class LeavingOut:
    """What a runner who `checked` these safety items does and leaves out."""

    exercises: Mapping[str, ExerciseContent]
    checked: Collection[str]
    words: DoseWords = DOSE_IN_ENGLISH

    def plan(self, plan: PlanContent) -> PlanContent:
        """The plan without what is left out, and without weeks in which nothing remains."""
        blocks = (self._block(block) for block in plan.blocks)
        return replace(plan, blocks=tuple(block for block in blocks if block.exercises))

    def left_out(self, exercise: ExerciseContent) -> LeftOut:
        checked = tuple(key for key in exercise.skip_for or () if key in self.checked)
        return LeftOut(exercise=exercise, instead=self._instead_of(exercise), checked=checked)

    def _block(self, block: BlockContent) -> BlockContent:
        """The block with its new exercises, and the minutes that they take."""
        steps = tuple(self._steps(block))
        if steps == block.exercises:
            return block
        doses = ((self.exercises[step.id].dose, step.dose) for step in steps)
        return replace(block, exercises=steps, minutes=session_minutes(doses) or block.minutes)

    def _steps(self, block: BlockContent) -> Iterator[StepContent]:
        """Each exercise or its replacement. A replacement isn't done twice in a session."""
        done = {step.id for step in block.exercises}
        for step in block.exercises:
            exercise = self.exercises[step.id]
            if not exercise.skipped_by(self.checked):
                yield step
                continue
            instead = self._instead_of(exercise)
            if instead and instead.id not in done:
                done.add(instead.id)
                yield StepContent(id=instead.id, dose=usual_dose(instead.dose, self.words))

    def _instead_of(self, exercise: ExerciseContent) -> ExerciseContent | None:
        """The first along the chain of replacements that this runner may do."""
        while exercise.skipped_by(self.checked):
            if not exercise.instead:
                return None
            exercise = self.exercises[exercise.instead]
        return exercise


def usual_dose(dose: Dose, words: DoseWords = DOSE_IN_ENGLISH) -> str:
    """A dose as plans write it, with the lower number of each range: `2 x 8 each side`."""
    much = _lowest(dose.reps or words.seconds % {"number": dose.seconds})
    side = words.each_side if dose.per_side else "%(much)s"
    return f"{_lowest(dose.sets)} x {side % {'much': much}}"


def _lowest(text: str) -> str:
    return RANGE.sub(r"\1", text)
