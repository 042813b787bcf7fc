"""2D shapes as signed distance fields (negative inside), and their outlines.

Points are complex numbers, x to the right and y down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from math import ceil, sqrt

Field = Callable[[complex], float]
Circle = tuple[complex, float]
Line = Sequence[complex]
Curve = tuple[complex, complex]

GRID = 1.5
PIECES = 12
"""The number of line segments that approximate a curve to measure distances."""
DETAIL = 0.35
"""The maximum distance between a drawn outline and the exact one."""


def cone(first: Circle, second: Circle) -> Field:
    """A tapered capsule: the convex hull of two circles."""
    (start, big), (end, small) = first, second
    length = abs(end - start)
    if length <= abs(big - small) + 1e-9:
        center, radius = max(first, second, key=lambda circle: circle[1])
        return lambda point: abs(point - center) - radius
    turn = ((end - start) / length).conjugate()
    sine = (big - small) / length
    cosine = sqrt(1 - sine * sine)

    def distance(point: complex) -> float:
        local = (point - start) * turn
        aside = abs(local.imag)
        along = cosine * local.real - sine * aside
        if along < 0:
            return abs(local) - big
        if along > cosine * length:
            return abs(local - length) - small
        return cosine * aside + sine * local.real - big

    return distance


def chain(circles: Sequence[Circle]) -> Field:
    """Tapered capsules that connect consecutive circles."""
    return union(*(cone(*pair) for pair in pairwise(circles)))


def union(*fields: Field) -> Field:
    return lambda point: min(field(point) for field in fields)


def blend(softness: float, *fields: Field) -> Field:
    """A smooth union."""

    def distance(point: complex) -> float:
        first, second, *_ = *sorted(field(point) for field in fields), 1e9
        near = max(softness - (second - first), 0) / softness
        return first - near * near * softness / 4

    return distance


def cut(field: Field, place: complex, outward: complex) -> Field:
    """Clips the field by a half-plane."""
    size = abs(outward)
    if size < 0.2:
        return field
    normal = (outward / size).conjugate()
    return lambda point: max(field(point), ((point - place) * normal).real)


def without(field: Field, hole: Field) -> Field:
    return lambda point: max(field(point), -hole(point))


def inside(field: Field, bounds: Field, inset: float = 0) -> Field:
    return lambda point: max(field(point), bounds(point) + inset)


def outline(field: Field, seed: complex) -> list[complex]:
    """The closed outline around an inner point, clockwise on the page."""
    return list(_walk(field, seed))


def _walk(field: Field, seed: complex) -> Iterator[complex]:
    """Traces the outline along grid edges that it crosses, keeping the inside on the right."""

    @cache
    def value(corner: complex) -> float:
        return field(corner * GRID)

    inner = complex(round(seed.real / GRID), round(seed.imag / GRID))
    if value(inner) >= 0:
        raise ValueError(f"The seed {seed} is outside its shape.")
    while value(inner - 1j) < 0:
        inner -= 1j
    outer = inner - 1j
    first = (inner, outer)
    while True:
        yield _crossing(inner, outer, value(inner), value(outer))
        inner, outer = _next_edge(value, inner, outer)
        if (inner, outer) == first:
            return


def _next_edge(
    value: Callable[[complex], float], inner: complex, outer: complex
) -> tuple[complex, complex]:
    """The grid edge where the outline leaves the next cell."""
    aside = (outer - inner) * 1j
    if value(outer + aside) < 0:
        return outer + aside, outer
    if value(inner + aside) < 0:
        return inner + aside, outer + aside
    return inner, inner + aside


def _crossing(inner: complex, outer: complex, low: float, high: float) -> complex:
    return (inner + (outer - inner) * (low / (low - high))) * GRID


def curves(line: Line, detail: float = DETAIL) -> list[Curve]:
    """Approximates a line by few quadratic curves, as pairs of control point and end."""
    result, start, last = [], 0, len(line) - 1
    while start < last:
        good, bad = start + 1, last + 1
        while bad - good > 1:
            end = min((good + bad) // 2, 2 * good - start)
            if fits(line[start : end + 1], detail):
                good = end
            else:
                bad = end
        result.append((bend_of(line[start : good + 1]), line[good]))
        start = good
    return result


def bend_of(line: Line) -> complex:
    """The control point of a quadratic curve through the middle of a line."""
    half, odd = divmod(len(line), 2)
    middle = line[half] if odd else (line[half - 1] + line[half]) / 2
    return 2 * middle - (line[0] + line[-1]) / 2


def fits(line: Line, detail: float) -> bool:
    """Whether one curve stays close to all points. Checks the nearest segments first."""
    bend = bend_of(line)
    spots = [bent(line[0], bend, line[-1], step / PIECES) for step in range(PIECES + 1)]
    return all(
        any(
            _distance(point, spots[piece], spots[piece + 1]) < detail
            for piece in _nearest_first(index * PIECES // len(line))
        )
        for index, point in enumerate(line)
    )


@cache
def _nearest_first(piece: int) -> list[int]:
    """All segments of a curve, ordered by distance from one of them."""
    return sorted(range(PIECES), key=lambda other: abs(other - piece))


def bent(start: complex, bend: complex, end: complex, share: float) -> complex:
    """A point on a quadratic Bézier curve."""
    rest = 1 - share
    return start * rest * rest + bend * 2 * share * rest + end * share * share


def _distance(point: complex, start: complex, end: complex) -> float:
    length = abs(end - start)
    if length < 1e-9:
        return abs(point - start)
    local = (point - start) * ((end - start) / length).conjugate()
    return abs(local - min(max(local.real, 0), length))


def runs(line: Iterable[complex], keep: Callable[[complex], bool]) -> list[list[complex]]:
    """The runs of consecutive points of a closed line that `keep` accepts."""
    points = list(line)
    gaps = [i for i, point in enumerate(points) if not keep(point)]
    if not gaps:
        return [[*points, points[0]]]
    rotated = points[gaps[0] :] + points[: gaps[0]]
    result: list[list[complex]] = [[]]
    for point in rotated:
        if keep(point):
            result[-1].append(point)
        elif result[-1]:
            result.append([])
    return [run for run in result if len(run) > 1]


def hatching(field: Field, middle: complex, along: complex, reach: float) -> Iterator[Line]:
    """Short, slanted strokes across a shape that don't touch its edge."""
    along = along / abs(along)
    across = along * complex(0.45, 0.9)
    count = ceil(reach / 7)
    for step in range(-count, count + 1):
        base = middle + along * step * 7
        inner = [t for t in range(-40, 41) if field(base + across * t) < -1.2]
        if len(inner) > 3:
            yield [base + across * inner[0], base + across * inner[-1]]
