"""The crowd's records: response times by kind, and faults."""

import math
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field

MOST_SAMPLES = 5


class FaultError(Exception):
    """An unexpected response."""


@dataclass
class Times:
    """Statistics of times in seconds."""

    number: int
    middle: float
    p95: float
    most: float


@dataclass
class Notes:
    """Records since the last report. Open requests continue."""

    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    waiting: int = 0
    """Requests without a response yet."""

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
        """Return the records as data, and reset them."""
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
