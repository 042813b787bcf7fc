"""SVG charts without inline styles: the style sheet sets colors by class.

Widths are percentages and heights are pixels, so text keeps its size on a phone. Series differ by
fill and outline, so they work in grayscale. Each chart needs a table with its numbers, for people
who can't see it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from textwrap import wrap
from xml.etree.ElementTree import Element, SubElement, tostring

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

LABEL_WIDTH = 42  # characters per line, on a narrow screen
LINE = 18
BAR, THIN, GAP = 12, 6, 10
LONGEST = 80.0  # percent; the rest is for the number
PLOT, TOP = 140, 14
LEFT = 12.0  # percent, for the axis labels
COLUMN_WIDTH = 0.7  # of the space per column
TICKS = 6
SIDE = 33.0  # percent, for the labels on each side of a flow
SIDE_WIDTH = 14  # characters per line of these labels, on a narrow screen
TALLEST, STROKE, APART = 110, 1.2, 12
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


@dataclass(frozen=True, slots=True)
class Flow:
    """How many go from one to the other. A `number` of None is hidden; `marked` is outlined."""

    before: str
    after: str
    number: int | None
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart and its table. The first cell of each row is its label; `key` is the legend."""

    title: str
    key: str
    svg: SafeString
    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


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


def flow_chart(name: str, title: str, flows: Sequence[Flow]) -> str:
    """Bands from labels on the left to labels on the right, each as tall as its number at least."""
    says = (
        _("From {before} to {after}: {number}").format(
            before=flow.before, after=flow.after, number=format_number(flow.number)
        )
        for flow in flows
    )
    svg = _svg(name, title, "; ".join(says))
    largest = max((flow.number or 0 for flow in flows), default=0) or 1
    tall = [max(LINE, TALLEST * (flow.number or 0) // largest) for flow in flows]
    starts, left = _stack([flow.before for flow in flows], tall)
    ends, right = _stack([flow.after for flow in flows], tall)
    height = max(place.bottom for place in (*left, *right)) + APART
    middle = {"x": _percent(SIDE), "width": _percent(100 - 2 * SIDE), "height": str(height)}
    drawn = {"viewBox": f"0 0 100 {height}", "preserveAspectRatio": "none"}
    bands = SubElement(svg, "svg", {**middle, **drawn})
    for flow, start, end, high in zip(flows, starts, ends, tall, strict=True):
        kind = "band marked" if flow.marked else "band"
        SubElement(bands, "path", {"class": kind, "d": _band(start, end, high)})
        _text(svg, format_number(flow.number), _percent(SIDE), start + high // 2 + 5, dx="8")
    _places(svg, left, SIDE - STROKE, SIDE - STROKE - 1, "end")
    _places(svg, right, 100 - SIDE, 100 - SIDE + STROKE + 1, "")
    return _finish(svg, height)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the bands of one name stand together. Its lines may need more room than they."""

    lines: list[str]
    top: int
    height: int

    @property
    def bottom(self) -> int:
        return self.top + max(self.height, LINE * len(self.lines))


def _stack(names: Sequence[str], tall: Sequence[int]) -> tuple[list[int], list[_Place]]:
    """The top of each band, and the place of each name, in the order in which names first come."""
    tops, places = [0] * len(names), list[_Place]()
    for name in dict.fromkeys(names):
        top = places[-1].bottom + APART if places else 0
        own = [index for index, each in enumerate(names) if each == name]
        heights = list(accumulate((tall[index] for index in own), initial=0))
        for index, height in zip(own, heights, strict=False):
            tops[index] = top + height
        places.append(_Place(wrap(name, SIDE_WIDTH), top, heights[-1]))
    return tops, places


def _band(start: int, end: int, tall: int) -> str:
    there = f"M0 {start}C50 {start} 50 {end} 100 {end}"
    return f"{there}V{end + tall}C50 {end + tall} 50 {start + tall} 0 {start + tall}Z"


def _places(svg: Element, places: Sequence[_Place], stroke: float, x: float, anchor: str) -> None:
    for place in places:
        _rect(svg, "full", x=stroke, y=place.top, width=STROKE, height=place.height)
        for number, line in enumerate(place.lines, start=1):
            _text(svg, line, _percent(x), place.top + LINE * number - 5, anchor=anchor)


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
    said = [format_number(bar.number)]
    if bar.part is not None:
        said.append(_("filled {number}").format(number=format_number(bar.part)))
    if bar.before is not None:
        said.append(_("before {number}").format(number=format_number(bar.before)))
    return f"{bar.label}: {', '.join(said)}"


def format_number(number: int | None) -> str:
    return _("not shown") if number is None else f"{number:,}"


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
