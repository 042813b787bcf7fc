"""Draws a check of the self-check: one picture, with a spot for each answer that it shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from body import misplaced, thigh
from figure import FACING_RIGHT, SKIN, Runner, Tints
from paper import Paper, View
from props import Prop
from scene import MisdrawnError
from shape import chain, outline
from skeleton import Pose, Side, faults, skeleton
from vector import Vector

INK = "currentColor"
"""Outlines follow the page's text color, so that they're seen on a dark page; skin stays skin."""
DETAIL = 0.6
"""Coarser than an exercise's drawing, since it's part of the page."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A posed runner. `ghosts` are other poses of which only one thigh is drawn, faintly."""

    pose: Pose
    view: View
    tints: Tints = ()
    ghosts: Sequence[Pose] = ()
    ghost_leg: Side = "right"
    behind: Sequence[Prop] = ()
    before: Sequence[Prop] = ()
    layers: Sequence[str] = FACING_RIGHT
    barefoot: bool = False

    def draw(self, paper: Paper) -> None:
        body = skeleton(self.pose)
        for prop in self.behind:
            prop.draw(paper, self.view, body)
        runner = Runner(paper, self.view, body, self.layers, self.tints, barefoot=self.barefoot)
        for layer in self.layers:
            if layer == f"{self.ghost_leg} leg":
                self.draw_ghosts(paper)
            runner.draw_layer(layer)
        for prop in self.before:
            prop.draw(paper, self.view, body)

    def draw_ghosts(self, paper: Paper) -> None:
        for pose in self.ghosts:
            leg = skeleton(pose).legs[self.ghost_leg]
            circles = [self.view.ball(*ball) for ball in thigh(leg)]
            line = outline(chain(circles), circles[0][0])
            paper.area(line, SKIN, fill_opacity=".9", stroke_dasharray="5 5")


@dataclass(frozen=True, slots=True)
class Check:
    """A question with a drawing. `spots` are places in the view of the last figure, by answer."""

    key: str
    alt: str
    width: int
    height: int
    figures: Sequence[Figure]
    spots: Mapping[str, Vector]


def check_drawing(check: Check) -> str:
    if problems := [*_faults(check)]:
        raise MisdrawnError(f"{check.key}: " + "; ".join(problems))
    paper = Paper(check.width, check.height, INK, DETAIL)
    for figure in check.figures:
        figure.draw(paper)
    return paper.svg


def spots(check: Check) -> dict[str, list[int]]:
    """Where each spot is on the drawing, in percent from the left and top."""
    view = check.figures[-1].view
    places = {answer: view.flat(place) for answer, place in check.spots.items()}
    return {
        answer: [round(100 * at.real / check.width), round(100 * at.imag / check.height)]
        for answer, at in places.items()
    }


def _faults(check: Check) -> Iterator[str]:
    for figure in check.figures:
        for pose in (figure.pose, *figure.ghosts):
            body = skeleton(pose)
            yield from (*faults(body), *misplaced(body, pose))
