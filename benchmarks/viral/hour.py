"""The ramp: increases the load until something bends."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.viral.meter import Spent
from benchmarks.viral.stack import Shape, Stack
from tests.support.processes import seconds_until

MOST_SECONDS = 1.0  # 95th percentile of page loads
MOST_LATE = 0.1  # of the crowd itself: beyond that, the client is the bottleneck
MOST_BEHIND = 10.0  # seconds' worth of queued mails
FEW_MAILS = 30  # may always be queued: one drain is running
ENOUGH = 20  # samples for a 95th percentile
NO_PAGES = {"static file", "beacon", "scanner", "download", "mail"}
DRAINED = 300.0


@dataclass(frozen=True)
class Pace:
    first: float = 6.0  # runners per second at the first step
    growth: float = 1.5  # times as many at the next
    halvings: int = 2  # bisections of the last gap
    most: int = 12  # steps up
    settle: float = 12.0  # seconds before a step is measured
    watch: float = 15.0  # seconds of measurement
    quiet: float = 5.0  # seconds of rest before and after
    hurry: float = 40.0  # speedup of think times
    lines: Sequence[int] = (50_000, 200_000, 1_000_000)  # download speeds, bytes per second


QUICK = Pace(
    first=3.0, halvings=0, most=1, settle=1.0, watch=3.0, quiet=1.0, hurry=300.0, lines=[5_000_000]
)


@dataclass(frozen=True)
class Step:
    """`told` is the crowd's report on the measured time."""

    rate: float
    seconds: float
    told: Mapping[str, Any]
    spent: Spent

    @property
    def pages(self) -> dict[str, dict[str, float]]:
        return {kind: each for kind, each in self.told["times"].items() if kind not in NO_PAGES}

    @property
    def slowest(self) -> tuple[str, float]:
        """The kind of page with the highest 95th percentile."""
        known = {kind: each for kind, each in self.pages.items() if each["number"] >= ENOUGH}
        times = {kind: each["p95"] for kind, each in (known or self.pages).items()}
        return max(times.items(), key=lambda each: each[1], default=("no page", 0.0))

    @property
    def requests(self) -> float:
        """Requests per second."""
        times = self.told["times"].items()
        return sum(each["number"] for kind, each in times if kind != "mail") / self.seconds

    @property
    def came(self) -> float:
        """Actual runners per second, which vary randomly around the rate."""
        return float(self.told["counts"].get("came", 0)) / self.seconds

    @property
    def bends(self) -> list[str]:
        """Why this load was too high; empty if it held."""
        kind, p95 = self.slowest
        asks = self.told["times"].get("request", {"number": 0})["number"] / self.seconds
        waits = self.spent.queues.get("mails", 0.0)
        reasons = {
            f"{kind}: 95 of 100 within {p95:.1f} s": p95 > MOST_SECONDS,
            f"{self.told['faults']} errors": self.told["faults"] > 0,
            f"{waits:.0f} mails wait": waits > max(FEW_MAILS, MOST_BEHIND * asks),
            f"the client is late by {self.told['late']:.2f} s": self.told["late"] > MOST_LATE,
        }
        return [reason for reason, holds in reasons.items() if holds]


@dataclass(frozen=True)
class Ended:
    """After the load: `drained` is the time until all journeys ended."""

    drained: float
    asked: int
    lost: list[str]
    doubled: int
    faults: int
    samples: list[str]

    @property
    def safe(self) -> bool:
        """Every thanked runner got a mail, and none got two."""
        return self.asked > 0 and not self.lost and not self.doubled


@dataclass(frozen=True)
class Hour:
    shape: Shape
    hurry: float
    steps: list[Step]
    ended: Ended
    memory: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """MB of each component: at rest, at the peak, afterwards."""

    @property
    def held(self) -> Step | None:
        """The highest load that held."""
        held = [step for step in self.steps if not step.bends]
        return max(held, key=lambda step: step.rate, default=None)

    @property
    def bent(self) -> Step | None:
        """The lowest load that didn't hold."""
        bent = [step for step in self.steps if step.bends]
        return min(bent, key=lambda step: step.rate, default=None)

    @property
    def well(self) -> bool:
        return self.safe and self.held is not None

    @property
    def safe(self) -> bool:
        return self.ended.safe


def climb(stack: Stack, pace: Pace) -> Iterator[Step]:
    """Increase the load until it bends, then bisect."""
    held, rate, steps = 0.0, pace.first, 0
    while steps < pace.most:
        step = take(stack, rate, pace)
        steps += 1
        yield step
        if step.bends:
            break
        held, rate = rate, rate * pace.growth
    else:
        return
    for _ in range(pace.halvings if held else 0):
        calm(stack)
        middle = (held * rate) ** 0.5
        step = take(stack, middle, pace)
        yield step
        held, rate = (held, middle) if step.bends else (middle, rate)


def take(stack: Stack, rate: float, pace: Pace) -> Step:
    stack.crowd.rate(rate)
    time.sleep(pace.settle)
    stack.crowd.tell()
    mark = stack.meter.mark()
    time.sleep(pace.watch)
    told, spent = stack.crowd.tell(), stack.meter.since(mark)
    return Step(rate, spent.seconds, told, spent)


def calm(stack: Stack) -> float:
    """Stop arrivals and wait for all journeys to end. Returns the seconds."""
    stack.crowd.rate(0)
    return seconds_until(lambda: not stack.crowd.tell()["under_way"], DRAINED, pause=0.5)


def end(stack: Stack) -> Ended:
    drained = calm(stack)
    asked, taken = stack.crowd.mails()
    return Ended(
        drained,
        len(asked),
        sorted(asked - taken.keys()),
        sum(number - 1 for number in taken.values()),
        stack.crowd.faults,
        sorted(stack.crowd.samples),
    )


def ramp(stack: Stack, pace: Pace, *, step: Callable[[Step], None]) -> Hour:
    """Calls `step` with every finished step."""
    time.sleep(pace.quiet)
    rest, mark = stack.meter.memory(), stack.meter.mark()
    steps = []
    for each in climb(stack, pace):
        steps.append(each)
        step(each)
    ended = end(stack)
    most = stack.meter.since(mark).memory
    time.sleep(pace.quiet)
    memory = {"rest": rest, "most": most, "after": stack.meter.memory()}
    return Hour(stack.shape, pace.hurry, steps, ended, memory)
