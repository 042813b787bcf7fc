"""One exercise on one sheet: how it starts on the left, how it ends on the right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from body import misplaced, parts
from figure import FACING_RIGHT, Runner, Tints
from paper import HEIGHT, INK, WIDTH, Paper, View
from props import Prop
from skeleton import Pose, Skeleton, faults, skeleton

PANEL = WIDTH / 2
LOWEST_FLOOR = 278
DIGITS = {1: "m-3.5-3.5 4.5-4v15", 2: "m-4.5-3.5c0-6 9-6 9-.5 0 4-9 6-9 11h9.5"}


@dataclass(frozen=True, slots=True)
class Exercise:
    """`behind` and `before` are drawn under and over her.

    At the end only: `tints` on muscles that work, `longer` on those that get longer, `arrows`,
    and `end_layers` where parts then lie otherwise over each other.

    `shift` moves both figures on the sheet, for what stands beside them.
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


class MisdrawnError(ValueError):
    """A pose that no body can take, or that does not touch what it should."""


def drawing(exercise: Exercise) -> str:
    bodies = [skeleton(exercise.start), skeleton(exercise.end)]
    found = [*_wrong(exercise, bodies)]
    if found:
        raise MisdrawnError(f"{exercise.id}: " + "; ".join(found))
    paper = Paper()
    origin = _origin(exercise, bodies)
    for number, body in enumerate(bodies, start=1):
        place = origin + PANEL * (number - 1)
        view = replace(exercise.view, origin=place)
        _draw_position(paper, view, exercise, number, body)
    return paper.svg


def _wrong(exercise: Exercise, bodies: Sequence[Skeleton]) -> Iterator[str]:
    for number, (pose, body) in enumerate(
        zip((exercise.start, exercise.end), bodies, strict=True), start=1
    ):
        for fault in (*faults(body), *misplaced(body, pose)):
            yield f"in position {number} {fault}"


def _origin(exercise: Exercise, bodies: Sequence[Skeleton]) -> complex:
    """Where the room's zero lies on the left half, so that both positions are in its middle."""
    circles = [
        exercise.view.ball(*ball) for body in bodies for _, balls in parts(body) for ball in balls
    ]
    left = min(centre.real - radius for centre, radius in circles)
    right = max(centre.real + radius for centre, radius in circles)
    top = min(centre.imag - radius for centre, radius in circles)
    floor = min(LOWEST_FLOOR, (HEIGHT - top) / 2 + 8)
    return complex(PANEL / 2 - (left + right) / 2, floor) + exercise.shift


def _draw_position(
    paper: Paper, view: View, exercise: Exercise, number: int, body: Skeleton
) -> None:
    moved = number == 2
    for prop in exercise.behind:
        prop.draw(paper, view, body)
    layers = (moved and exercise.end_layers) or exercise.layers
    runner = Runner(paper, view, body, layers)
    if moved:
        runner.tints, runner.longer = exercise.tints, exercise.longer
    runner.draw()
    for prop in (*exercise.before, *(exercise.arrows if moved else ())):
        prop.draw(paper, view, body)
    _draw_number(paper, number)


def _draw_number(paper: Paper, number: int) -> None:
    middle = complex(PANEL * (number - 1) + 26, 26)
    paper.disc((middle, 15), fill=INK, stroke="none")
    d = f"M{middle.real:.0f} {middle.imag:.0f}{DIGITS[number]}"
    paper.draw(d, stroke="#ffffff", stroke_width=3)
