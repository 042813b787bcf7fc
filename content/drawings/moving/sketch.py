"""What's drawn of one pose, as marks that can be matched with those of the next pose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from paper import Paper
from shape import Circle, Line

Kind = Literal["area", "facet", "lines", "disc"]
Key = tuple[str, str, str, int]


@dataclass(frozen=True, slots=True)
class Mark:
    """One that `fades` is there only while a muscle works or gets longer: on the way to 1 (1), or
    to -1 (-1)."""

    kind: Kind
    lines: Sequence[Line]
    attributes: dict[str, object]
    radius: float = 0
    fades: int = 0


@dataclass(slots=True)
class Sketch(Paper):
    """Keeps marks instead of writing them. `layer` names what is being drawn."""

    marks: dict[Key, Mark] = field(default_factory=dict)
    layer: str = ""
    fades: int = 0
    shared: dict[str, object] = field(default_factory=dict)

    def area(self, line: Line, fill: str, **attributes: object) -> None:
        self._keep("area", [line], {"fill": fill} | attributes)

    def facet(self, line: Line, fill: str, **attributes: object) -> None:
        self._keep("facet", [line], {"fill": fill} | attributes)

    def lines(self, lines: Sequence[Line], **attributes: object) -> None:
        self._keep("lines", lines, attributes)

    def disc(self, circle: Circle, **attributes: object) -> None:
        self._keep("disc", [[circle[0]]], attributes, circle[1])

    @contextmanager
    def group(self, **attributes: object) -> Iterator[None]:
        self.shared = attributes
        yield
        self.shared = {}

    @contextmanager
    def fading(self, toward: int) -> Iterator[None]:
        self.fades = toward
        yield
        self.fades = 0

    def _keep(
        self, kind: Kind, lines: Sequence[Line], attributes: dict[str, object], radius: float = 0
    ) -> None:
        if not lines:
            return
        attributes = self.shared | attributes
        look = repr((attributes, self.fades))
        number = sum(key[:3] == (self.layer, kind, look) for key in self.marks)
        mark = Mark(kind, lines, attributes, radius, self.fades)
        self.marks[self.layer, kind, look, number] = mark
