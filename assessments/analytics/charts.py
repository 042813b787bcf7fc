"""Charts as SVG, without styles of their own: colors come from the style sheet, by class.

Widths are percentages and heights are pixels, so words keep their size on a phone. Series differ by
fill and outline, so they read in gray. Each chart needs its numbers in a table beside it, for
whoever can't see it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from xml.etree.ElementTree import Element, SubElement, tostring

LETTERS = 42  # of a line of words, on a narrow screen
LINE = 18
BAR, THIN, GAP = 12, 6, 10
LONGEST = 80.0  # percent; what is left holds the number
PLOT, TOP = 140, 14
LEFT = 12.0  # percent, for the numbers of the scale
FILLED = 0.7  # of the room of a column
TICKS = 6
LAST_TICK = 0.86  # beyond it words would stick out


@dataclass(frozen=True, slots=True)
class Bar:
    """`part` of the number is filled, the rest outlined; `before` is what it is compared with.

    A `number` of None is kept back.
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
    """One bar below the other, each under its words. `name` must be its own on its page."""
    most = max((number for bar in bars for number in (bar.number, bar.before) if number), default=1)
    svg = _svg(name, title, "; ".join(map(_said, bars)))
    top = 0
    for bar in bars:
        for line in wrap(bar.label, LETTERS):
            top += LINE
            _text(svg, line, "0", top - 5)
        width = LONGEST * (bar.number or 0) / most
        if bar.part is not None:
            _rect(svg, "hollow", y=top, width=width, height=BAR)
        full = width if bar.part is None else LONGEST * bar.part / most
        _rect(svg, "full", y=top, width=full, height=BAR)
        _text(svg, number_said(bar.number), _percent(width), top + BAR - 1, dx="6")
        top += BAR
        if bar.before is not None:
            _rect(svg, "hollow", y=top + 2, width=LONGEST * bar.before / most, height=THIN)
            top += THIN + 2
        top += GAP
    return _drawn(svg, top)


def column_chart(name: str, title: str, says: str, columns: Sequence[Column]) -> str:
    """Columns side by side, such as days, over a scale. `says` tells what it shows in words."""
    most = round_above(max((column.number for column in columns), default=0))
    svg = _svg(name, title, says)
    for number in (0, most // 2, most):
        y = TOP + PLOT - PLOT * number // most
        SubElement(svg, "line", x1=_percent(LEFT), x2="100%", y1=str(y), y2=str(y))
        _text(svg, number_said(number), _percent(LEFT), y + 4, dx="-6", anchor="end")
    room = (100 - LEFT) / max(len(columns), 1)
    for index, column in enumerate(columns):
        left = LEFT + room * (index + (1 - FILLED) / 2)
        part = column.number if column.part is None else column.part
        for kind, number in (("hollow", column.number), ("full", part)):
            height = PLOT * number / most
            _rect(svg, kind, x=left, y=TOP + PLOT - height, width=room * FILLED, height=height)
    for index in _ticks(len(columns)):
        _text(svg, columns[index].label, _percent(LEFT + room * index), TOP + PLOT + LINE)
    return _drawn(svg, TOP + PLOT + LINE + 6)


def round_above(number: int) -> int:
    """The next number that a scale may end with. It is even, for a line in the middle."""
    unit = 1
    while 10 * unit < number:
        unit *= 10
    ends = (step * unit for step in (2, 3, 4, 5, 6, 8, 10))
    return next(end for end in ends if end >= number and end % 2 == 0)


def _ticks(columns: int) -> Iterator[int]:
    """Which columns bear words: so many that these do not meet."""
    every = -(-columns // TICKS)
    return (index for index in range(0, columns, every or 1) if index / columns <= LAST_TICK)


def _said(bar: Bar) -> str:
    part = "" if bar.part is None else f", filled {number_said(bar.part)}"
    before = "" if bar.before is None else f", before {number_said(bar.before)}"
    return f"{bar.label}: {number_said(bar.number)}{part}{before}"


def number_said(number: int | None) -> str:
    return "not shown" if number is None else f"{number:,}"


def _svg(name: str, title: str, says: str) -> Element:
    ids = f"{name}-title {name}-says"
    svg = Element("svg", {"class": "chart", "role": "img", "width": "100%", "aria-labelledby": ids})
    SubElement(svg, "title", id=f"{name}-title").text = title
    SubElement(svg, "desc", id=f"{name}-says").text = says
    return svg


def _rect(svg: Element, kind: str, *, x: float = 0, y: float, width: float, height: float) -> None:
    """Nothing at all where there is nothing to show."""
    if width > 0 and height > 0:
        place = {"x": _percent(x), "y": f"{y:.4g}", "width": _percent(width)}
        SubElement(svg, "rect", {"class": kind, **place, "height": f"{height:.4g}"})


def _text(svg: Element, words: str, x: str, y: int, *, dx: str = "0", anchor: str = "") -> None:
    more = {"text-anchor": anchor} if anchor else {}
    SubElement(svg, "text", {"x": x, "y": str(y), "dx": dx, **more}).text = words


def _percent(number: float) -> str:
    return f"{number:.4g}%"


def _drawn(svg: Element, height: int) -> str:
    svg.set("height", str(height))
    return tostring(svg, encoding="unicode")
