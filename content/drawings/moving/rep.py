"""One repetition as a timed series of poses, and what may be wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import asin, ceil, radians, sin

from body import TOLERANCE, misplaced, parts
from skeleton import Pose, faults, skeleton

from moving.between import Way, turned

STEP = radians(16)
"""How far a bone may turn from one drawn pose to the next. Outlines move straight between them."""


@dataclass(frozen=True, slots=True)
class Beat:
    """Goes on to a share of the movement in so many seconds; the share it's at is a hold. In none,
    it jumps there, to where the pose is the same."""

    to: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Moment:
    """When a pose is reached, as a share of the loop."""

    at: float
    share: float


def moments(way: Way, rep: Sequence[Beat]) -> list[Moment]:
    """The whole loop, which begins where its last beat ends."""
    length = sum(beat.seconds for beat in rep)
    share, elapsed = rep[-1].to, 0.0
    result = [Moment(0, share)]
    for beat in rep:
        steps = _steps(way, share, beat.to) if beat.seconds else [(1, beat.to)]
        for part, place in steps:
            result.append(Moment((elapsed + beat.seconds * _eased(part)) / length, place))
        share, elapsed = beat.to, elapsed + beat.seconds
    return result


def _steps(way: Way, start: float, end: float) -> Iterator[tuple[float, float]]:
    """The shares on the way, each with the part of the way that it ends. Both directions meet the
    same ones."""
    if start == end:
        yield 1, end
        return
    low, high = sorted((start, end))
    spots = [low + (high - low) * part / 4 for part in range(5)]
    angle = sum(turned([way(a), way(b)]) for a, b in pairwise(spots))
    count = max(ceil(angle / STEP), 3)
    for number in range(1, count + 1):
        yield number / count, round(start + (end - start) * number / count, 6)


def _eased(part: float) -> float:
    """The time at which a part of the way is over: slow at both ends (smoothstep, inverted)."""
    return 0.5 - sin(asin(1 - 2 * part) / 3)


def rep_faults(way: Way, shares: Sequence[float]) -> Iterator[str]:
    """Reports poses that sink, float, overbend a joint, or slide what should stay."""
    poses = {share: way(share) for share in sorted(shares)}
    for share, pose in poses.items():
        body = skeleton(pose)
        for fault in (*faults(body), *misplaced(body, pose)):
            yield f"at {share:.2f} {fault}"
    yield from _slips(poses)


def _slips(poses: dict[float, Pose]) -> Iterator[str]:
    """What rests at the same place before and after must not leave it on the way."""
    shares = [*poses]
    places = {share: dict(parts(skeleton(pose))) for share, pose in poses.items()}
    for first, last in _whole(shares):
        for name in poses[first].rests.keys() & poses[last].rests.keys():
            home = places[first][name][0][0]
            if (places[last][name][0][0] - home).length > TOLERANCE:
                continue
            for share in (each for each in shares if first < each < last):
                gone = (places[share][name][0][0] - home).length
                if gone > TOLERANCE:
                    yield f"at {share:.2f} {name} slips by {gone:.1f}"


def _whole(shares: Sequence[float]) -> Iterator[tuple[float, float]]:
    whole = [share for share in shares if share == int(share)]
    return pairwise(whole)
