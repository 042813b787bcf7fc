"""Compares two implementations of the same work.

A *row* of the table compares RunFit with its *ceiling*: the least code that could do the work.
They take turns of a second or two, in an order that changes every round, so that background load
affects both equally. The result is the median of the rounds' ratios.

To add a row, write in its family's module in `benchmarks/rows`:

    @contextmanager
    def mail(bench: Bench) -> Iterator[Sides]:
        ...start what it needs...
        yield ours, ceiling

    ROWS = (Row("mail", "Mails per second", "a bare task", mail, at_least=2.5),)

and add the module to `benchmarks.suite.FAMILIES`. `ours` and `ceiling` are called with the
approximate seconds of a turn. They do some work and return a `Turn`: the number of pieces done, the
seconds, and the CPU time if known. They check their work and raise if a piece failed, since a fast
failure is no result. They start services through `bench` (see `benchmarks.bench`), whose
`bench.size` tells a quick run from a full one.
"""

import statistics
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from benchmarks.bench import Bench
from benchmarks.turns import Sides, Size, Turn, Work


class LeftOutError(Exception):
    """This row can't be measured here; the message says why."""


@dataclass(frozen=True)
class Row:
    """`at_least`: the minimum ratio of rates. `at_most`: the maximum ratio of times. `needs`:
    components, as named by `benchmarks.bench.absent`."""

    name: str
    what: str
    ceiling: str
    sides: Callable[[Bench], AbstractContextManager[Sides]]
    at_least: float | None = None
    at_most: float | None = None
    needs: tuple[str, ...] = ()


def beside_usual(row: Row) -> Row:
    """The same work against a ceiling with Django's default middleware."""
    return replace(
        row,
        name=f"{row.name}-usual",
        ceiling=f"{row.ceiling}, behind Django's usual middleware",
        sides=lambda bench: row.sides(bench.beside_usual),
    )


@dataclass(frozen=True)
class Measured:
    """Medians. `spread`: the lowest and highest ratio of a round."""

    row: Row
    ratio: float
    spread: tuple[float, float]
    cpu_ratio: float | None
    ours: Turn
    ceiling: Turn

    @property
    def met(self) -> bool:
        """Judged by the printed figure, which has two digits."""
        ratio = round(self.ratio, 2)
        if self.row.at_most is not None:
            return ratio <= self.row.at_most
        return self.row.at_least is None or ratio >= self.row.at_least


def measure(row: Row, bench: Bench) -> Measured:
    with row.sides(bench) as (ours, ceiling):
        for side in (ceiling, ours):
            side(max(1.0, bench.size.seconds))  # warm up
        rounds = [one_round(ours, ceiling, bench.size, turn) for turn in range(bench.size.rounds)]
    ratios = [quotient(row, mine, best) for mine, best in rounds]
    return Measured(
        row,
        statistics.median(ratios),
        (min(ratios), max(ratios)),
        cpu_ratio(row, rounds),
        median_turn([mine for mine, _ in rounds]),
        median_turn([best for _, best in rounds]),
    )


def one_round(ours: Work, ceiling: Work, size: Size, number: int) -> tuple[Turn, Turn]:
    """Half a turn of A, one of B, half a turn of A, so that changing background load affects both
    equally."""
    inner, outer = (ours, ceiling) if number % 2 else (ceiling, ours)
    first = worked(outer, size.seconds / 2)
    middle = worked(inner, size.seconds)
    around = together([first, worked(outer, size.seconds / 2)])
    return (middle, around) if inner is ours else (around, middle)


def worked(side: Work, seconds: float) -> Turn:
    """A turn with at least one result; a busy machine may need longer."""
    turn = side(seconds)
    return turn if turn.done else worked(side, 2 * seconds)


def together(turns: list[Turn]) -> Turn:
    cpus = [turn.cpu for turn in turns if turn.cpu is not None]
    return Turn(
        sum(turn.done for turn in turns),
        sum(turn.seconds for turn in turns),
        sum(cpus) if len(cpus) == len(turns) else None,
    )


def quotient(row: Row, ours: Turn, ceiling: Turn) -> float:
    return ceiling.rate / ours.rate if row.at_most is not None else ours.rate / ceiling.rate


def cpu_ratio(row: Row, rounds: list[tuple[Turn, Turn]]) -> float | None:
    """The ratio by CPU time of our own processes, which is steadier on a busy machine."""
    ratios = [
        (best.cpu / best.done) / (mine.cpu / mine.done)
        for mine, best in rounds
        if mine.cpu and best.cpu
    ]
    if not ratios:
        return None
    middle = statistics.median(ratios)
    return 1 / middle if row.at_most is not None else middle


def median_turn(turns: list[Turn]) -> Turn:
    return sorted(turns, key=lambda turn: turn.rate)[len(turns) // 2]
