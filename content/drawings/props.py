"""Props (mats, blocks, bands, straps) and arrows that show the movement."""

from __future__ import annotations

from cmath import rect
from collections.abc import Sequence
from dataclasses import dataclass
from math import radians
from typing import Protocol

from body import Ball, foot_ball, parts
from paper import INK, Paper, View, number, polygon
from shape import bent, chain, outline, runs
from skeleton import SIDES, Bones, Side, Skeleton
from vector import Vector

EDGE, LIGHT, PLAIN, DEEP, GROUND = "#8a9693", "#eef2f0", "#dfe5e2", "#c9d2ce", "#e6ebe8"
BAND = "#b5561f"
LOOP = 34
"""The length at which a loop band is straight; below that, it sags."""
SHADE_FALLS = Vector(-1.5, -2.5, 0)
ARROW, HALO = "#0b6b5d", "#ffffff"
TRACK, CHALK, WARM, METAL = "#e9c6ab", "#fffdfa", "#f7e8d8", "#55646a"
ARROW_WIDTH, HEAD_LENGTH, HEAD_WIDTH = 6.5, 15, 9.5


class Prop(Protocol):
    def draw(self, paper: Paper, view: View, body: Skeleton) -> None: ...


@dataclass(frozen=True, slots=True)
class Block:
    """A box between two opposite corners, with its visible faces shaded by direction."""

    low: Vector
    high: Vector

    def draw(self, paper: Paper, view: View, body: Skeleton) -> None:
        a, b = self.low, self.high
        eye = view.towards
        x, y, z = (b.x if eye.x > 0 else a.x), (b.y if eye.y > 0 else a.y), b.z
        side = [Vector(x, v, w) for v, w in _corners(a.y, b.y, a.z, b.z)]
        top = [Vector(u, y, w) for u, w in _corners(a.x, b.x, a.z, b.z)]
        front = [Vector(u, v, z) for u, v in _corners(a.x, b.x, a.y, b.y)]
        faces = [
            ([view.flat(corner) for corner in face], fill)
            for face, fill in ((side, DEEP), (top, LIGHT), (front, PLAIN))
        ]
        paper.facets(faces, stroke=EDGE, stroke_width=1.8)


def _corners(a: float, b: float, c: float, d: float) -> list[tuple[float, float]]:
    return [(a, c), (b, c), (b, d), (a, d)]


def mat(start: float, end: float, half_width: float = 33) -> Block:
    return Block(Vector(start, -1.8, -half_width), Vector(end, 0, half_width))


@dataclass(frozen=True, slots=True)
class Ground:
    """An oval floor under a standing runner, so that her feet don't seem to float.

    Darker, it's the shadow of a lifted foot.
    """

    middle: Vector
    length: float
    depth: float = 30
    fill: str = GROUND

    def draw(self, paper: Paper, view: View, body: Skeleton) -> None:
        rim = [(1, 0), (0.92, 0.38), (0.71, 0.71), (0.38, 0.92)]
        quarters = [*rim]
        for _ in range(3):
            quarters += [(-z, x) for x, z in quarters[-4:]]
        line = [
            view.flat(self.middle + Vector(x * self.length, 0, z * self.depth)) for x, z in quarters
        ]
        paper.area(line, self.fill, stroke="none")


@dataclass(frozen=True, slots=True)
class Track:
    """A running track under her feet, as an oval with chalk lines between its lanes."""

    length: float
    depth: float
    middle: Vector

    def draw(self, paper: Paper, view: View, body: Skeleton) -> None:
        at = view.flat(self.middle)
        oval(paper, at, self.length, self.depth, fill=TRACK, stroke="none")
        for share in (0.93, 0.62):
            oval(paper, at, self.length * share, self.depth * share, stroke=CHALK, stroke_width=2.6)


def oval(paper: Paper, at: complex, across: float, down: float, **attributes: object) -> None:
    d = (
        f"M{number(at.real - across)} {number(at.imag)}"
        f"a{number(across)} {number(down)} 0 1 0 {number(2 * across)} 0"
        f"a{number(across)} {number(down)} 0 1 0-{number(2 * across)} 0z"
    )
    paper.draw(d, **attributes)


@dataclass(frozen=True, slots=True)
class Sun:
    """A warm disc behind the figures."""

    at: complex
    radius: float

    def draw(self, paper: Paper, view: View, body: Skeleton) -> None:
        paper.disc((self.at, self.radius), fill=WARM, stroke="none")


@dataclass(frozen=True, slots=True)
class Scenery:
    """A shape of the landscape, as path data on the sheet: filled, or a line."""

    fill: str
    d: str
    line: str = "none"

    def draw(self, paper: Paper, view: View, body: Skeleton) -> None:
        fill = {"fill": self.fill} if self.fill else {"stroke_width": 3}
        paper.draw(self.d, stroke=self.line, **fill)


@dataclass(frozen=True, slots=True)
class Kettlebell:
    """A kettlebell that hangs from a hand."""

    hand: Side

    def draw(self, paper: Paper, view: View, body: Skeleton) -> None:
        arm = body.arms[self.hand]
        grip = arm.end + arm.tip * 8
        at, radius = view.ball(grip + Vector(0, -17, 0), 10.5)
        half = radius * 0.62
        handle = [at + complex(-half, -radius * 0.5), at + complex(-half * 0.9, -radius * 1.6)]
        handle += [at + complex(half * 0.9, -radius * 1.6), at + complex(half, -radius * 0.5)]
        for color, width in ((INK, 9), (METAL, 4.5)):
            paper.draw(polygon(handle).removesuffix("z"), stroke=color, stroke_width=width)
        paper.disc((at, radius), fill=METAL)


@dataclass(frozen=True, slots=True)
class Board:
    """A flat sheet between its corners, such as a notepad."""

    corners: Sequence[Vector]
    fill: str = HALO

    def draw(self, paper: Paper, view: View, body: Skeleton) -> None:
        paper.facet([view.flat(corner) for corner in self.corners], self.fill)


@dataclass(frozen=True, slots=True)
class Cushion:
    """A pillow or a rolled towel."""

    balls: Sequence[Ball]

    def draw(self, paper: Paper, view: View, body: Skeleton) -> None:
        circles = [view.ball(*ball) for ball in self.balls]
        paper.area(outline(chain(circles), circles[0][0]), PLAIN, stroke=EDGE)


@dataclass(frozen=True, slots=True)
class LoopBand:
    """A band around both ankles or feet: whole, or only its front half."""

    around_feet: bool = False
    front: bool = False

    def draw(self, paper: Paper, view: View, body: Skeleton) -> None:
        balls = [(self._place(body.legs[side]), 5.2) for side in SIDES]
        first, last = sorted(
            (view.ball(*ball) for ball in balls), key=lambda circle: circle[0].real
        )
        apart = last[0] - first[0]
        across = apart.conjugate()
        slack = 0 if self.around_feet else 1j * max(LOOP * view.scale - abs(apart), 0) * 0.4

        def sagging(place: complex) -> complex:
            share = ((place - first[0]) / apart).real
            return place + slack * max(1 - (2 * share - 1) ** 2, 0)

        line = [sagging(place) for place in outline(chain([first, last]), first[0])]
        visible = runs(line, lambda p: not self.front or ((p - first[0]) * across).imag > 0)
        for run in visible:
            _rope(paper, run)

    def _place(self, leg: Bones) -> Vector:
        if self.around_feet:
            return leg.end.mix(foot_ball(leg)[0], 0.75)
        return leg.end - leg.lower * 4


@dataclass(frozen=True, slots=True)
class Shade:
    """The contact shadow of body parts on a wall, given by its direction and distance."""

    names: Sequence[str]
    way: Vector
    wall: float

    def draw(self, paper: Paper, view: View, body: Skeleton) -> None:
        balls_by_name = dict(parts(body))
        for name in self.names:
            balls = [
                (at + self.way * (self.wall - at.dot(self.way)), r) for at, r in balls_by_name[name]
            ]
            circles = [view.ball(at + SHADE_FALLS, r + 1) for at, r in balls]
            paper.area(outline(chain([circles[0], *circles]), circles[0][0]), EDGE, stroke="none")


@dataclass(frozen=True, slots=True)
class Strap:
    """A strap from the hands around a foot."""

    foot: Side
    hands: Sequence[Side] = SIDES

    def draw(self, paper: Paper, view: View, body: Skeleton) -> None:
        leg = body.legs[self.foot]
        sole = foot_ball(leg)[0] + leg.sole * 4.2 - leg.tip * 3
        for hand in self.hands:
            arm = body.arms[hand]
            grip = view.flat(arm.end + arm.tip * 6)
            _rope(paper, [grip, view.flat(sole)])


def _rope(paper: Paper, line: Sequence[complex]) -> None:
    paper.lines([line], stroke_width=6)
    paper.lines([line], stroke=BAND, stroke_width=3.4)


@dataclass(frozen=True, slots=True)
class Arrow:
    """A curved arrow from `start` via `via` to `end`; `both` adds a head at the start."""

    start: Vector
    via: Vector
    end: Vector
    both: bool = False
    size: float = 1

    def draw(self, paper: Paper, view: View, body: Skeleton) -> None:
        start, via, end = (view.flat(place) for place in (self.start, self.via, self.end))
        first, tail = self._head(via, start) if self.both else ([], start)
        last, neck = self._head(via, end)
        shaft = [bent(tail, via, neck, step / 8) for step in range(9)]
        for color, extra in ((HALO, 6), (ARROW, 0)):
            paper.lines([shaft], stroke=color, stroke_width=ARROW_WIDTH * self.size + extra)
            for head in filter(None, (first, last)):
                paper.facet(head, color, stroke=color, stroke_width=1.6 + extra)

    def _head(self, via: complex, end: complex) -> tuple[list[complex], complex]:
        """The corners of an arrowhead, and the point where its shaft starts."""
        ahead = (end - via) / abs(end - via) * self.size
        neck, aside = end - ahead * HEAD_LENGTH, ahead * 1j * HEAD_WIDTH
        return [end, neck + aside, neck - aside], neck + ahead * 3


def straight(start: Vector, end: Vector, both: bool = False, size: float = 1) -> Arrow:
    return Arrow(start, start.mix(end, 0.5), end, both, size)


@dataclass(frozen=True, slots=True)
class Press:
    """Short lines that fan out in the direction of pressure."""

    place: Vector
    way: Vector

    def draw(self, paper: Paper, view: View, body: Skeleton) -> None:
        middle, ahead = view.flat(self.place), view.direction(self.way)
        ahead /= abs(ahead)
        rays = [ahead * rect(1, radians(turn)) for turn in (-64, -22, 22, 64)]
        lines = [[middle + ray * 9, middle + ray * 19] for ray in rays]
        for color, extra in ((HALO, 4), (ARROW, 0)):
            paper.lines(lines, stroke=color, stroke_width=4 + extra)


@dataclass(frozen=True, slots=True)
class Dashes:
    """A dashed line to measure by."""

    line: Sequence[Vector]

    def draw(self, paper: Paper, view: View, body: Skeleton) -> None:
        dashes = [view.flat(place) for place in self.line]
        paper.lines([dashes], stroke=EDGE, stroke_dasharray="5 6")


@dataclass(frozen=True, slots=True)
class Leaders:
    """Lines from spots to the places that they stand for."""

    lines: Sequence[tuple[Vector, Vector]]

    def draw(self, paper: Paper, view: View, body: Skeleton) -> None:
        paper.lines(
            [[view.flat(start), view.flat(end)] for start, end in self.lines], stroke_width=1.4
        )
        with paper.group(fill=HALO, stroke=INK, stroke_width=1.4):
            for end in dict.fromkeys(end for _, end in self.lines):
                paper.disc((view.flat(end), 3))


@dataclass(frozen=True, slots=True)
class Panels:
    """Frames with round corners, each given by its left, top, width, and height on the sheet."""

    boxes: Sequence[tuple[int, int, int, int]]

    def draw(self, paper: Paper, view: View, body: Skeleton) -> None:
        frames = [
            f"M{x + 9} {y}h{w - 18}q9 0 9 9v{h - 18}q0 9-9 9h{18 - w}q-9 0-9-9v{18 - h}q0-9 9-9z"
            for x, y, w, h in self.boxes
        ]
        paper.draw("".join(frames), fill=CHALK, stroke="#d9cfc0", stroke_width=1.5)
