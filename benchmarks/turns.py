"""A turn of work: how much was done, in what time, and how long turns are in a run."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """Seconds of a turn, and how many rounds of turns."""

    rounds: int
    seconds: float

    @property
    def quick(self) -> bool:
        return self.rounds < FULL.rounds


FULL = Size(rounds=5, seconds=1.5)
QUICK = Size(rounds=2, seconds=0.4)


@dataclass(frozen=True)
class Turn:
    """`cpu`: seconds that the processes which did the work spent computing."""

    done: int
    seconds: float
    cpu: float | None = None

    @property
    def rate(self) -> float:
        return self.done / self.seconds


Work = Callable[[float], Turn]
Sides = tuple[Work, Work]
