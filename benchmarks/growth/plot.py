"""Charts of growing cost as SVG, one panel per independent variable."""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from xml.etree.ElementTree import Element, SubElement, tostring

from benchmarks.growth.series import Point, Series

PANELS: dict[str, tuple[str, Callable[[Point], float]]] = {
    "questions": ("CPU time of a request, by questions", lambda point: point.cpu),
    "answers": ("CPU time of a request, by answers stored", lambda point: point.cpu),
    "workers": ("Requests a second, by workers", lambda point: point.rate),
}
WIDTH, HEIGHT, LEFT, TOP, APART = 300, 150, 60, 40, 90
LEGEND = 24
LINES = {"solid": "#0b6e4f", "8 4": "#b3541e", "2 4": "#2b4f9e", "12 4 2 4": "#7a2e7a"}
"""Line styles of four kinds of work: distinct by dashes and by color."""
STYLE = "font:12px sans-serif"


def drawn(found: Sequence[Series]) -> str:
    """Values are relative to the first one of their line."""
    works = list(dict.fromkeys(series[0].work for series in found))
    width = len(PANELS) * (WIDTH + APART)
    height = TOP + HEIGHT + 40 + LEGEND * len(works)
    svg = Element(
        "svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width} {height}", style=STYLE
    )
    SubElement(svg, "rect", width="100%", height="100%", fill="white")
    strokes = dict(zip(works, LINES, strict=False))
    for number, (what, (title, value)) in enumerate(PANELS.items()):
        place = f"translate({LEFT + number * (WIDTH + APART)} {TOP})"
        panel = SubElement(svg, "g", transform=place)
        words(panel, title, 0, -20)
        shown = [series for series in found if series[0].what == what]
        draw_panel(panel, shown, value, strokes)
    for number, (work, dash) in enumerate(strokes.items()):
        y = TOP + HEIGHT + 40 + LEGEND * number
        stroke(svg, [(LEFT, y), (LEFT + 50, y)], dash)
        words(svg, work, LEFT + 60, y + 4)
    return tostring(svg, encoding="unicode")


def draw_panel(
    panel: Element, found: list[Series], value: Callable[[Point], float], strokes: dict[str, str]
) -> None:
    top = max([2.0, *(value(point) / value(series[0]) for series in found for point in series)])
    for times in range(1 + int(top)):
        y = HEIGHT - HEIGHT * times / top
        SubElement(panel, "path", d=f"M0 {y:.1f}h{WIDTH}", stroke="#ccc")
        words(panel, f"{times} times", -6, y + 4, anchor="end")
    for x, point in zip(across(len(found[0])), found[0], strict=True):
        words(panel, f"{point.number:,}", x, HEIGHT + 18, anchor="middle")
    for series in found:
        places = across(len(series))
        rises = (HEIGHT - HEIGHT * value(point) / value(series[0]) / top for point in series)
        stroke(panel, list(zip(places, rises, strict=True)), strokes[series[0].work])


def across(number: int) -> list[float]:
    """The centers of this many columns."""
    return [WIDTH * (index + 0.5) / number for index in range(number)]


def stroke(parent: Element, points: Iterable[tuple[float, float]], dash: str) -> None:
    dashes = {} if dash == "solid" else {"stroke-dasharray": dash}
    for (x1, y1), (x2, y2) in pairwise(points):
        line = f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"
        SubElement(parent, "path", {"stroke-width": "3", **dashes}, d=line, stroke=LINES[dash])


def words(parent: Element, text: str, x: float, y: float, *, anchor: str = "start") -> None:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor}
    SubElement(parent, "text", place).text = text
