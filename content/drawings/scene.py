"""Draws an exercise: its start position on the left, its end position on the right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import inf

from body import misplaced, parts
from figure import FACING_RIGHT, Runner, Tints
from moving.between import Way
from moving.rep import Beat
from paper import HEIGHT, WIDTH, Paper, View
from picture import MisdrawnError, draw_digit
from props import Prop
from skeleton import Pose, Skeleton, faults, skeleton

PANEL = WIDTH / 2
LOWEST_FLOOR = 278


@dataclass(frozen=True, slots=True)
class Exercise:
    """An exercise to draw. Props in `behind` and `before` go behind and in front of the runner.

    For the end position only: `tints` on working muscles, `longer` on stretched ones, `arrows`, and
    `end_layers` if the parts overlap differently.

    `shift` moves both figures on the page, to make room for props.

    The loop plays `rep`: one repetition, or two where sides take turns, on the `way` from the start
    to the end, a straight one unless it's given. Its parts overlap as at the start. Props in front
    are gone after the share `let_go`.
    """

    id: str
    alt: str
    start: Pose
    end: Pose
    tints: Tints
    arrows: Sequence[Prop]
    longer: Tints = ()
    behind: Sequence[Prop] = ()
    before: Sequence[Prop] = ()
    view: View = field(default_factory=View)
    layers: Sequence[str] = FACING_RIGHT
    end_layers: Sequence[str] = ()
    shift: complex = 0
    rep: Sequence[Beat] = ()
    way: Way | None = None
    let_go: float = inf


def drawing(exercise: Exercise) -> str:
    bodies = [skeleton(exercise.start), skeleton(exercise.end)]
    problems = [*_faults(exercise, bodies)]
    if problems:
        raise MisdrawnError(f"{exercise.id}: " + "; ".join(problems))
    paper = Paper()
    origin = _origin(exercise, bodies)
    for number, body in enumerate(bodies, start=1):
        place = origin + PANEL * (number - 1)
        view = replace(exercise.view, origin=place)
        _draw_position(paper, view, exercise, number, body)
    return paper.svg


def _faults(exercise: Exercise, bodies: Sequence[Skeleton]) -> Iterator[str]:
    for number, (pose, body) in enumerate(
        zip((exercise.start, exercise.end), bodies, strict=True), start=1
    ):
        for fault in (*faults(body), *misplaced(body, pose)):
            yield f"in position {number} {fault}"


def _origin(exercise: Exercise, bodies: Sequence[Skeleton]) -> complex:
    """The page position of the 3D origin in the left half, which centers both positions."""
    circles = [
        exercise.view.ball(*ball) for body in bodies for _, balls in parts(body) for ball in balls
    ]
    left = min(center.real - radius for center, radius in circles)
    right = max(center.real + radius for center, radius in circles)
    top = min(center.imag - radius for center, radius in circles)
    floor = min(LOWEST_FLOOR, (HEIGHT - top) / 2 + 8)
    return complex(PANEL / 2 - (left + right) / 2, floor) + exercise.shift


def _draw_position(
    paper: Paper, view: View, exercise: Exercise, number: int, body: Skeleton
) -> None:
    is_end = number == 2
    for prop in exercise.behind:
        prop.draw(paper, view, body)
    layers = (is_end and exercise.end_layers) or exercise.layers
    runner = Runner(paper, view, body, layers)
    if is_end:
        runner.tints, runner.longer = exercise.tints, exercise.longer
    runner.draw()
    for prop in (*exercise.before, *(exercise.arrows if is_end else ())):
        prop.draw(paper, view, body)
    draw_digit(paper, number, complex(PANEL * (number - 1) + 26, 26))
