"""Outlines of several poses as curves that match one another, so that one becomes the next."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from shape import Line, bend_of, fits

SPACING = 2.0
"""Units between the points of a line."""
COARSE = 32
"""How many points find out where an outline begins."""


def matched(lines: Sequence[Line], *, closed: bool) -> list[list[complex]]:
    """The lines with the same number of points each, which move as little as they can."""
    count = max(4, *(int(_length(line, closed) / SPACING) for line in lines))
    even = [_spaced(line, count, closed) for line in lines]
    if closed:
        for before, after in pairwise(even):
            after[:] = _begun_near(before, after)
    return [[*line, line[0]] if closed else line for line in even]


def _length(line: Line, closed: bool) -> float:
    ring = [*line, line[0]] if closed else line
    return sum(abs(after - before) for before, after in pairwise(ring))


def _spaced(line: Line, count: int, closed: bool) -> list[complex]:
    """So many points, evenly along the line."""
    ring = [*line, line[0]] if closed else [*line]
    step = _length(line, closed) / (count if closed else count - 1)
    result, walked, goal = [ring[0]], 0.0, step
    for before, after in pairwise(ring):
        piece = abs(after - before)
        while piece and walked + piece >= goal - 1e-9 and len(result) < count:
            result.append(before + (after - before) * ((goal - walked) / piece))
            goal += step
        walked += piece
    return result + [ring[-1]] * (count - len(result))


def _begun_near(before: Line, after: Line) -> list[complex]:
    """The outline from the point on at which all of it is nearest to the one before."""
    count = len(after)
    stride = max(count // COARSE, 1)
    middle = sum(after) / count - sum(before) / count

    def far(shift: int) -> float:
        return sum(
            abs(after[(index + shift) % count] - middle - before[index]) ** 2
            for index in range(0, count, stride)
        )

    rough = min(range(0, count, stride), key=far)
    shift = min(range(rough - stride, rough + stride + 1), key=far)
    return [after[(index + shift) % count] for index in range(count)]


def joint_knots(lines: Sequence[Line], detail: float) -> list[tuple[int, int]]:
    """The pieces, each from one point to another, that one curve can follow in all lines."""
    result, start, last = [], 0, len(lines[0]) - 1
    while start < last:
        good, bad = start + 1, last + 1
        while bad - good > 1:
            end = min((good + bad) // 2, 2 * good - start)
            if all(fits(line[start : end + 1], detail) for line in lines):
                good = end
            else:
                bad = end
        result.append((start, good))
        start = good
    return result


def curves_of(line: Line, knots: Sequence[tuple[int, int]]) -> list[tuple[complex, complex]]:
    """Control point and end of each piece."""
    return [(bend_of(line[start : end + 1]), line[end]) for start, end in knots]
