"""Draws figures on one sheet: results, checks, and the runner of the first page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from body import misplaced, thigh
from figure import FACING_RIGHT, RUNNER, Outfit, Runner, Tints
from paper import INK, STROKE, Paper, View
from props import Prop
from shape import chain, outline
from skeleton import Pose, Side, faults, skeleton

DETAIL = 0.5
"""Coarser than an exercise's drawing, since these are part of a page."""
DIGITS = {
    1: "m-3.5-3.5 4.5-4v15",
    2: "m-4.5-3.5c0-6 9-6 9-.5 0 4-9 6-9 11h9.5",
    3: "m-4.3-4.3c1-5 9-4 8.6.3 0 3-3 3.6-5 3.6 3 0 5.6.8 5.6 4 0 5-9 5-9.6.2",
}


class MisdrawnError(ValueError):
    """A pose that's anatomically impossible, or doesn't touch what it should."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A posed runner. `layers` go from far to near; props may stand among them.

    `ghosts` are other poses of which only one thigh is drawn, faintly.
    """

    pose: Pose
    view: View
    tints: Tints = ()
    longer: Tints = ()
    ghosts: Sequence[Pose] = ()
    ghost_leg: Side = "right"
    behind: Sequence[Prop] = ()
    before: Sequence[Prop] = ()
    layers: Sequence[str | Prop] = FACING_RIGHT
    barefoot: bool = False
    outfit: Outfit = field(default_factory=lambda: RUNNER)

    @property
    def faults(self) -> Iterator[str]:
        for pose in (self.pose, *self.ghosts):
            body = skeleton(pose)
            yield from (*faults(body), *misplaced(body, pose))

    def draw(self, paper: Paper) -> None:
        body = skeleton(self.pose)
        names = [layer for layer in self.layers if isinstance(layer, str)]
        runner = Runner(
            paper,
            self.view,
            body,
            names,
            self.tints,
            self.longer,
            barefoot=self.barefoot,
            outfit=self.outfit,
        )
        for layer in (*self.behind, *self.layers, *self.before):
            if layer == f"{self.ghost_leg} leg":
                self.draw_ghosts(paper)
            if isinstance(layer, str):
                runner.draw_layer(layer)
            else:
                layer.draw(paper, self.view, body)

    def draw_ghosts(self, paper: Paper) -> None:
        for pose in self.ghosts:
            leg = skeleton(pose).legs[self.ghost_leg]
            circles = [self.view.ball(*ball) for ball in thigh(leg)]
            line = outline(chain(circles), circles[0][0])
            paper.area(line, self.outfit.skin, fill_opacity=".9", stroke_dasharray="5 5")


@dataclass(frozen=True, slots=True)
class Picture:
    """Figures side by side, from the first to the last. `digits` are the places of their numbers.

    `far` lies behind all figures, in the view of the first.
    """

    key: str
    alt: str
    width: int
    height: int
    figures: Sequence[Figure]
    far: Sequence[Prop] = ()
    digits: Sequence[complex] = ()
    detail: float = DETAIL
    stroke: float = STROKE

    @property
    def svg(self) -> str:
        if problems := [fault for figure in self.figures for fault in figure.faults]:
            raise MisdrawnError(f"{self.key}: " + "; ".join(problems))
        paper = Paper(self.width, self.height, self.detail, self.stroke)
        first = self.figures[0]
        for prop in self.far:
            prop.draw(paper, first.view, skeleton(first.pose))
        for figure in self.figures:
            figure.draw(paper)
        for number, place in enumerate(self.digits, start=1):
            draw_small_digit(paper, number, place)
        return paper.svg


def draw_digit(paper: Paper, number: int, place: complex) -> None:
    paper.disc((place, 15), fill=INK, stroke="none")
    d = f"M{place.real:.0f} {place.imag:.0f}{DIGITS[number]}"
    paper.draw(d, stroke="#ffffff", stroke_width=3)


def draw_small_digit(paper: Paper, number: int, place: complex) -> None:
    with paper.group(transform=f"translate({place.real:.0f} {place.imag:.0f})scale(.7)"):
        draw_digit(paper, number, 0)


def placed(view: View, at: complex) -> View:
    """The view in which the middle of the floor lies at a point of the sheet."""
    return replace(view, origin=at)
