import json
from pathlib import Path

import pytest

from guides.content import parse_library
from guides.content.library import Dose
from guides.content.minutes import step_seconds
from guides.content.training import timer_of
from guides.content.training.timer import Timer

LIBRARY = parse_library(json.loads(Path("content/exercises.json").read_text()))


def dose(tempo=None, rest=30):
    return Dose(
        sets="2", reps="8", seconds=None, per_side=True, rest_seconds=rest, days_per_week="3",
        tempo=tempo, effort=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("tempo", "text", "timer"),
    [
        ("2 seconds forward, 2 squeeze, 1-2 back", "2 x 8 each side",
         Timer(sets=2, sides=2, reps=8, seconds=None, rest=30, change=5,
               cues=((2, "forward"), (2, "squeeze"), (1.5, "back")))),
        (None, "2 x 15 s each side",
         Timer(sets=2, sides=2, reps=1, seconds=15, rest=30, change=5, cues=())),
        ("slowly", "1 x 10",
         Timer(sets=1, sides=1, reps=10, seconds=None, rest=0, change=5, cues=((4, ""),))),
        ("3 segundos abajo, 1 arriba", "3 x 8 por lado",
         Timer(sets=3, sides=2, reps=8, seconds=None, rest=30, change=5,
               cues=((3, "abajo"), (1, "arriba")))),
    ],
)  # fmt: skip
def test_timer_reads_dose_and_pace(tempo, text, timer):
    assert timer_of(dose(tempo), text) == timer


def test_dose_in_other_words_has_no_timer():
    assert timer_of(dose(), "as many as you like") is None


def test_every_dose_of_the_default_content_has_a_timer_that_takes_its_time():
    exercises = {exercise.id: exercise for exercise in LIBRARY.exercises}
    for plan in LIBRARY.plans.values():
        for step in (step for block in plan.blocks for step in block.exercises):
            own = exercises[step.id].dose
            timer = timer_of(own, step.dose)
            assert timer, step
            work = timer.seconds or timer.reps * sum(seconds for seconds, _ in timer.cues)
            rests = (timer.sets - 1) * timer.rest + timer.sets * (timer.sides - 1) * timer.change
            assert timer.sets * timer.sides * work + rests == step_seconds(own, step.dose), step
