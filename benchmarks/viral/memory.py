"""Leak check: constant load, with every component's memory measured each second."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.viral.hour import Ended, Step, end
from benchmarks.viral.stack import Stack

RATE = 4.0  # runners per second
WARM = 1 / 3  # of the time: earlier growth is warm-up
PARTS = ("web", "worker", "beat")
MOST_GROWTH = 0.02  # of its memory, over the judged time


@dataclass(frozen=True)
class Growth:
    """MB at rest, after warm-up, at the end of the load, and a while later. MB per minute by least
    squares: after warm-up, and in the second half of that, when caches are fuller.
    """

    rest: float
    warm: float
    last: float
    after: float
    slope: float
    late: float

    def grows(self, minutes: float) -> bool:
        return self.late * minutes > MOST_GROWTH * self.warm


@dataclass(frozen=True)
class Soak:
    """`judged`: minutes after the warm-up."""

    minutes: float
    judged: float
    rate: float
    step: Step
    ended: Ended
    parts: dict[str, Growth]

    @property
    def well(self) -> bool:
        grown = any(part.grows(self.judged) for part in self.parts.values())
        return self.safe and not grown and not self.ended.faults

    @property
    def safe(self) -> bool:
        return self.ended.safe


def soak(stack: Stack, minutes: float, *, rate: float, quiet: float) -> Soak:
    time.sleep(quiet)
    rest = stack.meter.memory()
    stack.crowd.rate(rate)
    time.sleep(60 * minutes * WARM)
    stack.crowd.tell()
    mark = stack.meter.mark()
    time.sleep(60 * minutes * (1 - WARM))
    told, spent = stack.crowd.tell(), stack.meter.since(mark)
    weighed = stack.meter.weighed[mark.weighed :]
    ended = end(stack)
    time.sleep(quiet)
    after = stack.meter.memory()
    parts = {}
    for part in PARTS:
        points = [(at / 60, held[part]) for at, held in weighed]
        parts[part] = Growth(
            rest[part],
            points[0][1],
            points[-1][1],
            after[part],
            slope(points),
            slope(points[len(points) // 2 :]),
        )
    step = Step(rate, spent.seconds, told, spent)
    return Soak(minutes, spent.seconds / 60, rate, step, ended, parts)


def slope(points: Sequence[tuple[float, float]]) -> float:
    """The slope of a least-squares fit."""
    middle = sum(x for x, _ in points) / len(points)
    spread = sum((x - middle) ** 2 for x, _ in points)
    return sum((x - middle) * y for x, y in points) / spread if spread else 0.0
