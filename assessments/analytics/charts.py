"""SVG charts without inline styles: the style sheet sets colors by class.

Widths are percentages and heights are pixels, so text keeps its size on a phone. Series differ by
fill and outline, so they work in grayscale. Each chart needs a table with its numbers, for people
who can't see it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from xml.etree.ElementTree import Element, SubElement, tostring

LABEL_WIDTH = 42  # characters per line, on a narrow screen
LINE = 18
BAR, THIN, GAP = 12, 6, 10
LONGEST = 80.0  # percent; the rest is for the number
PLOT, TOP = 140, 14
LEFT = 12.0  # percent, for the axis labels
COLUMN_WIDTH = 0.7  # of the space per column
TICKS = 6
LAST_TICK = 0.86  # a label beyond this would overflow


@dataclass(frozen=True, slots=True)
class Bar:
    """`part` of the number is filled, the rest outlined; `before` is the value to compare with.

    A `number` of None is hidden.
    """

    label: str
    number: int | None
    part: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """`part` of the number is filled, the rest outlined."""

    label: str
    number: int
    part: int | None = None


def bar_chart(name: str, title: str, bars: Sequence[Bar]) -> str:
    """Horizontal bars, one per row, below their labels. `name` must be unique on the page."""
    values = (number for bar in bars for number in (bar.number, bar.before) if number)
    largest = max(values, default=1)
    svg = _svg(name, title, "; ".join(map(_description, bars)))
    top = 0
    for bar in bars:
        for line in wrap(bar.label, LABEL_WIDTH):
            top += LINE
            _text(svg, line, "0", top - 5)
        width = LONGEST * (bar.number or 0) / largest
        if bar.part is not None:
            _rect(svg, "hollow", y=top, width=width, height=BAR)
        full = width if bar.part is None else LONGEST * bar.part / largest
        _rect(svg, "full", y=top, width=full, height=BAR)
        _text(svg, format_number(bar.number), _percent(width), top + BAR - 1, dx="6")
        top += BAR
        if bar.before is not None:
            _rect(svg, "hollow", y=top + 2, width=LONGEST * bar.before / largest, height=THIN)
            top += THIN + 2
        top += GAP
    return _finish(svg, top)


def column_chart(name: str, title: str, description: str, columns: Sequence[Column]) -> str:
    """Vertical columns, such as days, on a scale. `description` says in words what it shows."""
    top = round_above(max((column.number for column in columns), default=0))
    svg = _svg(name, title, description)
    for number in (0, top // 2, top):
        y = TOP + PLOT - PLOT * number // top
        SubElement(svg, "line", x1=_percent(LEFT), x2="100%", y1=str(y), y2=str(y))
        _text(svg, format_number(number), _percent(LEFT), y + 4, dx="-6", anchor="end")
    space = (100 - LEFT) / max(len(columns), 1)
    for index, column in enumerate(columns):
        left = LEFT + space * (index + (1 - COLUMN_WIDTH) / 2)
        part = column.number if column.part is None else column.part
        for kind, number in (("hollow", column.number), ("full", part)):
            height = PLOT * number / top
            _rect(
                svg, kind, x=left, y=TOP + PLOT - height, width=space * COLUMN_WIDTH, height=height
            )
    for index in _ticks(len(columns)):
        _text(svg, columns[index].label, _percent(LEFT + space * index), TOP + PLOT + LINE)
    return _finish(svg, TOP + PLOT + LINE + 6)


def round_above(number: int) -> int:
    """The next round number to end a scale with. It's even, so its middle is a whole number."""
    unit = 1
    while 10 * unit < number:
        unit *= 10
    ends = (step * unit for step in (2, 3, 4, 5, 6, 8, 10))
    return next(end for end in ends if end >= number and end % 2 == 0)


def _ticks(columns: int) -> Iterator[int]:
    """Which columns get a label, so that labels don't overlap."""
    every = -(-columns // TICKS)
    return (index for index in range(0, columns, every or 1) if index / columns <= LAST_TICK)


def _description(bar: Bar) -> str:
    part = "" if bar.part is None else f", filled {format_number(bar.part)}"
    before = "" if bar.before is None else f", before {format_number(bar.before)}"
    return f"{bar.label}: {format_number(bar.number)}{part}{before}"


def format_number(number: int | None) -> str:
    return "not shown" if number is None else f"{number:,}"


def _svg(name: str, title: str, description: str) -> Element:
    ids = f"{name}-title {name}-says"
    svg = Element("svg", {"class": "chart", "role": "img", "width": "100%", "aria-labelledby": ids})
    SubElement(svg, "title", id=f"{name}-title").text = title
    SubElement(svg, "desc", id=f"{name}-says").text = description
    return svg


def _rect(svg: Element, kind: str, *, x: float = 0, y: float, width: float, height: float) -> None:
    """Draw nothing for an empty rectangle."""
    if width > 0 and height > 0:
        place = {"x": _percent(x), "y": f"{y:.4g}", "width": _percent(width)}
        SubElement(svg, "rect", {"class": kind, **place, "height": f"{height:.4g}"})


def _text(svg: Element, text: str, x: str, y: int, *, dx: str = "0", anchor: str = "") -> None:
    more = {"text-anchor": anchor} if anchor else {}
    SubElement(svg, "text", {"x": x, "y": str(y), "dx": dx, **more}).text = text


def _percent(number: float) -> str:
    return f"{number:.4g}%"


def _finish(svg: Element, height: int) -> str:
    svg.set("height", str(height))
    return tostring(svg, encoding="unicode")
