"""What the crowd met: how long each kind of answer took, and what went wrong."""

import math
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field

MOST_SAMPLES = 5


class FaultError(Exception):
    """Something else came than what a runner may expect."""


@dataclass
class Times:
    """Seconds."""

    number: int
    middle: float
    p95: float
    most: float


@dataclass
class Notes:
    """Since they were last taken; what is under way goes on."""

    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    waiting: int = 0
    """Requests that have no answer yet."""

    @contextmanager
    def timed(self, kind: str) -> Iterator[None]:
        begun = time.monotonic()
        self.waiting += 1
        try:
            yield
        except (OSError, EOFError, ValueError, FaultError) as error:
            raise FaultError(f"{kind}: {type(error).__name__} {error}") from error
        finally:
            self.waiting -= 1
        self.add(kind, time.monotonic() - begun)

    def add(self, kind: str, seconds: float) -> None:
        self.taken[kind].append(seconds)

    def take(self) -> dict[str, object]:
        """As data; and begin anew."""
        told = {
            "times": {kind: asdict(times(each)) for kind, each in sorted(self.taken.items())},
            "counts": dict(self.counts),
            "faults": len(self.faults),
            "samples": sorted(set(self.faults))[:MOST_SAMPLES],
        }
        self.taken.clear()
        self.counts.clear()
        self.faults.clear()
        return told


def times(seconds: Sequence[float]) -> Times:
    ordered = sorted(seconds)
    of_100 = ordered[math.ceil(0.95 * len(ordered)) - 1]
    return Times(len(ordered), statistics.median(ordered), of_100, ordered[-1])
