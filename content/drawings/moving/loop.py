"""Draws an exercise as a loop: one figure that moves in the exercise's tempo, as animated SVG.

It's SMIL, not CSS: a page's Content-Security-Policy doesn't reach it, and every browser plays it in
an `<img>`. Whoever shows it shows the still instead where nothing should move.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from figure import Runner, Tints
from paper import (
    HEIGHT,
    STRAIGHT,
    WIDTH,
    Paper,
    attributes_of,
    joined,
    moved_to,
    number,
)
from picture import MisdrawnError
from props import Press
from scene import Exercise
from shape import DETAIL, Field, Line
from skeleton import Side, Skeleton, skeleton

from moving.between import straight_way
from moving.morph import curves_of, joint_knots, matched
from moving.rep import Moment, moments, rep_faults
from moving.sketch import Key, Mark, Sketch

COARSER = 2 * DETAIL
"""What moves needs less detail than what stands,"""
HALVES = 2
"""and is rounded to parts of a unit: on a phone, a unit is less than a pixel."""
FADED_IN = 0.3, 0.8
"""From which share of the movement on muscles show, and when they're there."""
MARGIN, CLOSEST = 10, 1.5
"""Around what moves, and how much larger than in the still it may be."""


def loop(exercise: Exercise) -> str:
    way = exercise.way or straight_way(exercise.start, exercise.end)
    timeline = moments(way, exercise.rep)
    shares = sorted({moment.share for moment in timeline})
    if problems := [*rep_faults(way, shares)]:
        raise MisdrawnError(f"{exercise.id}, moving: " + "; ".join(problems))
    bodies = {share: skeleton(way(share)) for share in shares}
    turns = shares[0] <= -1
    sketches = [_sketch(exercise, body, share, turns) for share, body in bodies.items()]
    return Film(timeline, shares, sum(beat.seconds for beat in exercise.rep)).svg(sketches)


@dataclass
class _LoopRunner(Runner):
    """Muscles fade in and out. Where sides take turns, so do their muscles."""

    paper: Sketch
    turns: bool = False

    def draw_tints(self, owner: Side | Literal["trunk"], bounds: Field) -> None:
        with self.paper.fading(1):
            super().draw_tints(owner, bounds)
        if self.turns:
            muscles = self.tints, self.longer
            self.tints, self.longer = _other_side(self.tints), _other_side(self.longer)
            with self.paper.fading(-1):
                super().draw_tints(owner, bounds)
            self.tints, self.longer = muscles


def _other_side(tints: Tints) -> Tints:
    return [(muscle, "left" if side == "right" else "right") for muscle, side in tints]


def _sketch(exercise: Exercise, body: Skeleton, share: float, turns: bool) -> Sketch:
    sketch, view = Sketch(), exercise.view
    runner = _LoopRunner(
        sketch, view, body, exercise.layers, exercise.tints, exercise.longer, turns=turns
    )
    for index, prop in enumerate(exercise.behind):
        sketch.layer = f"behind {index}"
        prop.draw(sketch, view, body)
    for layer in exercise.layers:
        sketch.layer = layer
        runner.draw_layer(layer)
    for index, prop in enumerate(exercise.before if share <= exercise.let_go else ()):
        sketch.layer = f"before {index}"
        prop.draw(sketch, view, body)
    sketch.layer = "press"
    for prop in exercise.arrows:
        if isinstance(prop, Press):
            with sketch.fading(1):
                prop.draw(sketch, view, body)
    return sketch


@dataclass(frozen=True, slots=True)
class Film:
    """Writes marks with their values at each moment."""

    timeline: Sequence[Moment]
    shares: Sequence[float]
    seconds: float

    def svg(self, sketches: Sequence[Sketch]) -> str:
        parts = [self._moving(key, sketches) for key in _order(sketches)]
        return Paper(parts=parts, view_box=_framed(sketches)).svg

    def _moving(self, key: Key, sketches: Sequence[Sketch]) -> str:
        marks = [sketch.marks.get(key) for sketch in sketches]
        there = _filled(marks)
        values = {name: self._played(each) for name, each in _geometry(there).items()}
        opacities = [
            number(_opacity(there[0], share) if mark else 0)
            for mark, share in zip(marks, self.shares, strict=True)
        ]
        if set(opacities) != {"1"}:
            values["opacity"] = self._played(opacities)
        tag = "circle" if there[0].kind == "disc" else "path"
        fixed = {name: each[0] for name, each in values.items()} | there[0].attributes
        animated = "".join(
            self._animate(name, each) for name, each in values.items() if len({*each}) > 1
        )
        opened = f"<{tag}{attributes_of(fixed)}"
        return f"{opened}>{animated}</{tag}>" if animated else f"{opened}/>"

    def _played(self, by_share: Sequence[str]) -> list[str]:
        at = dict(zip(self.shares, by_share, strict=True))
        return [at[moment.share] for moment in self.timeline]

    def _animate(self, name: str, values: Sequence[str]) -> str:
        times = ";".join(f"{moment.at:.3f}".rstrip("0").rstrip(".") for moment in self.timeline)
        told = {
            "attributeName": name,
            "dur": f"{number(self.seconds)}s",
            "repeatCount": "indefinite",
            "keyTimes": times,
            "values": ";".join(values),
        }
        return f"<animate{attributes_of(told)}/>"


def _framed(sketches: Sequence[Sketch]) -> str:
    """The view box that shows all that moves as large as it can be, in the shape of a still."""
    marks = [mark for sketch in sketches for mark in sketch.marks.values()]
    edges = [
        point + complex(mark.radius * across, mark.radius * down)
        for mark in marks
        for line in mark.lines
        for point in line
        for across, down in ((-1, -1), (1, 1))
    ]
    left, right = min(edge.real for edge in edges), max(edge.real for edge in edges)
    top, bottom = min(edge.imag for edge in edges), max(edge.imag for edge in edges)
    shape = WIDTH / HEIGHT
    width = max(right - left + 2 * MARGIN, (bottom - top + 2 * MARGIN) * shape, WIDTH / CLOSEST)
    corner = complex(left + right, top + bottom) / 2 - complex(width, width / shape) / 2
    box = (corner.real, corner.imag, width, width / shape)
    return " ".join(f"{value:.0f}" for value in box)


def _order(sketches: Sequence[Sketch]) -> list[Key]:
    """All marks from far to near: the fullest sketch's, and others after those of their layer."""
    keys = [*max((sketch.marks for sketch in sketches), key=len)]
    for sketch in sketches:
        for key in sketch.marks:
            if key not in keys:
                same = [index for index, other in enumerate(keys) if other[0] == key[0]]
                keys.insert(same[-1] + 1 if same else len(keys), key)
    return keys


def _filled(marks: Sequence[Mark | None]) -> list[Mark]:
    """Where a mark is missing, the nearest one stands in, unseen."""
    there = [(index, mark) for index, mark in enumerate(marks) if mark]
    return [min(there, key=lambda each: abs(each[0] - index))[1] for index in range(len(marks))]


def _opacity(mark: Mark, share: float) -> float:
    if not mark.fades:
        return 1
    low, high = FADED_IN
    return round(min(max((share * mark.fades - low) / (high - low), 0), 1), 2)


def _geometry(marks: Sequence[Mark]) -> dict[str, list[str]]:
    """The values of each attribute that places the mark, by pose."""
    if marks[0].kind == "disc":
        centers = [mark.lines[0][0] for mark in marks]
        return {
            "cx": [number(center.real) for center in centers],
            "cy": [number(center.imag) for center in centers],
            "r": [number(mark.radius) for mark in marks],
        }
    if marks[0].kind == "facet":
        return {"d": [_straight(mark.lines[0]) for mark in marks]}
    subpaths = zip(*_padded(marks), strict=True)
    closed = marks[0].kind == "area"
    return {
        "d": [
            "".join(pieces) for pieces in zip(*(_smooth(s, closed) for s in subpaths), strict=True)
        ]
    }


def _rounded(point: complex) -> complex:
    return complex(round(point.real * HALVES), round(point.imag * HALVES)) / HALVES


def _straight(line: Line) -> str:
    return f"{moved_to(line[0])}L{joined(line[1:])}z"


def _padded(marks: Sequence[Mark]) -> list[list[Line]]:
    """As many lines for each pose: what is missing hides in the end of one that is there."""
    count = max(len(mark.lines) for mark in marks)
    return [
        [*mark.lines, *([[mark.lines[-1][-1]] * 2] * (count - len(mark.lines)))] for mark in marks
    ]


def _smooth(lines: Sequence[Line], closed: bool) -> list[str]:
    """One path for each pose, all of the same commands."""
    even = matched(lines, closed=closed)
    knots = joint_knots(even, COARSER)
    paths = [curves_of(line, knots) for line in even]
    starts = [_rounded(line[0]) for line in even]
    words = [[moved_to(start)] for start in starts]
    places, last = starts, ""
    for pieces in zip(*paths, strict=True):
        bent = any(
            abs(bend - (place + end) / 2) >= STRAIGHT
            for (bend, end), place in zip(pieces, places, strict=True)
        )
        command = "q" if bent else "l"
        ends = [_rounded(end) for _, end in pieces]
        for word, (bend, _), place, end in zip(words, pieces, places, ends, strict=True):
            points = [_rounded(bend) - place, end - place] if bent else [end - place]
            word += [command if command != last else " ", joined(points)]
        places, last = ends, command
    return ["".join(word).replace(" -", "-") + ("z" if closed else "") for word in words]
