"""The size of a run, and its measurements."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """Counts of a run. The short run has the same faults."""

    submits: int = 200
    kills: int = 60
    mails: int = 2500
    together: int = 50
    crowd: int = 100
    looks: int = 100
    moments: int = 20
    steps: int = 10_000
    strangers: int = 200
    child_kills: int = 5
    turns: int = 6
    hold: int = 30
    long: bool = True


SHORT = Size(
    submits=20,
    kills=5,
    mails=150,
    crowd=30,
    looks=25,
    moments=2,
    steps=300,
    child_kills=1,
    hold=20,
    long=False,
)


@dataclass(frozen=True)
class Measured:
    text: str
    ok: bool


def seconds(took: float) -> str:
    return "more time than there was" if math.isinf(took) else f"{took:.0f} s"
