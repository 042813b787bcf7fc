"""A turn of work with its duration, and the sizes of runs."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """The seconds of a turn, and the number of rounds."""

    rounds: int
    seconds: float

    @property
    def quick(self) -> bool:
        return self.rounds < FULL.rounds


FULL = Size(rounds=5, seconds=1.5)
QUICK = Size(rounds=2, seconds=0.4)


@dataclass(frozen=True)
class Turn:
    """`cpu`: CPU seconds of the processes that did the work."""

    done: int
    seconds: float
    cpu: float | None = None

    @property
    def rate(self) -> float:
        return self.done / self.seconds


Work = Callable[[float], Turn]
Sides = tuple[Work, Work]
