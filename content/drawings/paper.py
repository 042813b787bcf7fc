"""Projects 3D points onto a page, and writes shapes as compact SVG."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import cos, radians, sin

from shape import DETAIL, Circle, Line, curves
from vector import Vector

WIDTH, HEIGHT = 640, 300
INK = "#22302e"
STROKE = 2.4
STRAIGHT = 0.3
"""A curve that bulges less than half of this becomes a straight line."""


@dataclass(frozen=True, slots=True)
class View:
    """An orthographic camera, turned `turn` degrees to the right and raised `rise` degrees.

    `scale` is the number of SVG units per centimeter.
    """

    turn: float = 16
    rise: float = 8
    scale: float = 1.42
    origin: complex = 0

    @property
    def towards(self) -> Vector:
        """The direction from the scene to the camera."""
        turn, rise = radians(self.turn), radians(self.rise)
        return Vector(sin(turn) * cos(rise), sin(rise), cos(turn) * cos(rise))

    def flat(self, place: Vector) -> complex:
        return self.origin + self.direction(place)

    def direction(self, way: Vector) -> complex:
        turn, rise = radians(self.turn), radians(self.rise)
        x = way.x * cos(turn) - way.z * sin(turn)
        away = way.x * sin(turn) + way.z * cos(turn)
        return self.scale * complex(x, away * sin(rise) - way.y * cos(rise))

    def ball(self, place: Vector, radius: float) -> Circle:
        return self.flat(place), radius * self.scale


def number(value: float) -> str:
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text.replace("0.", ".", 1) if abs(value) < 1 else text


def polygon(line: Line) -> str:
    """Path data of a closed polygon."""
    return f"{moved_to(line[0])}L{joined(line[1:])}z"


def path(line: Line, closed: bool = False, detail: float = DETAIL) -> str:
    """Compact path data of a smooth line through the points."""
    place = _rounded(line[0])
    words, last = [moved_to(place)], ""
    for bend, goal in curves([*line, line[0]] if closed else line, detail):
        end, half = _rounded(goal), (place + goal) / 2
        command = "l" if abs(bend - half) < STRAIGHT else "q"
        points = [end - place] if command == "l" else [_rounded(bend) - place, end - place]
        words += [command if command != last else " ", joined(points)]
        place, last = end, command
    text = "".join(words).replace(" -", "-")
    return f"{text}z" if closed else text


def _rounded(point: complex) -> complex:
    return complex(round(point.real, 1), round(point.imag, 1))


def moved_to(point: complex) -> str:
    return f"M{number(point.real)} {number(point.imag)}"


def joined(points: Sequence[complex]) -> str:
    words = [number(value) for point in points for value in (point.real, point.imag)]
    return " ".join(words).replace(" -", "-")


@dataclass(slots=True)
class Paper:
    """SVG elements in drawing order, with an ink outline by default."""

    width: int = WIDTH
    height: int = HEIGHT
    detail: float = DETAIL
    stroke: float = STROKE
    view_box: str = ""
    """All of the sheet if blank."""
    parts: list[str] = field(default_factory=list)

    def area(self, line: Line, fill: str, **attributes: object) -> None:
        self.draw(path(line, closed=True, detail=self.detail), fill=fill, **attributes)

    def facet(self, line: Line, fill: str, **attributes: object) -> None:
        self.draw(polygon(line), fill=fill, **attributes)

    def facets(self, faces: Sequence[tuple[Line, str]], **attributes: object) -> None:
        """Polygons in a group that shares attributes."""
        with self.group(**attributes):
            for line, fill in faces:
                self.facet(line, fill)

    @contextmanager
    def group(self, **attributes: object) -> Iterator[None]:
        """What's drawn in it shares attributes."""
        self.parts.append(f"<g{attributes_of(attributes)}>")
        yield
        self.parts.append("</g>")

    def lines(self, lines: Sequence[Line], **attributes: object) -> None:
        self.draw("".join(path(line, detail=self.detail) for line in lines), **attributes)

    def draw(self, d: str, **attributes: object) -> None:
        self.parts.append(f'<path d="{d}"{attributes_of(attributes)}/>')

    def disc(self, circle: Circle, **attributes: object) -> None:
        center, radius = circle
        geometry = {"cx": number(center.real), "cy": number(center.imag), "r": number(radius)}
        self.parts.append(f"<circle{attributes_of(geometry)}{attributes_of(attributes)}/>")

    @property
    def svg(self) -> str:
        box = self.view_box or f"0 0 {self.width} {self.height}"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}"'
            f' width="{self.width}" height="{self.height}">\n{self.drawn}\n</svg>\n'
        )

    @property
    def drawn(self) -> str:
        """All elements in a group that has the pen."""
        pen = {"stroke": INK, "stroke_width": self.stroke, "fill": "none"}
        round_ends = {"stroke_linejoin": "round", "stroke_linecap": "round"}
        return f"<g{attributes_of(pen | round_ends)}>\n" + "\n".join(self.parts) + "\n</g>"


def attributes_of(attributes: Mapping[str, object]) -> str:
    return "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
