"""How two ways to do the same work are set side by side.

A *row* of the table compares RunFit with its *ceiling*: the least code that could do the work.
Both do it in turns of a second or two, next to each other, in an order that changes from round
to round, so that whatever else the machine does meets both alike. The ratio of each round counts,
and the median of the rounds is told.

To add a row, write in a module for its family:

    @contextmanager
    def mail(bench: Bench) -> Iterator[Sides]:
        ...start what it needs...
        yield ours, ceiling

    ROWS = (Row("mail", "Mails per second", "a bare task", mail, at_least=2.5),)

and name the module in `benchmarks.suite.FAMILIES`. `ours` and `ceiling` are each called with the
seconds that a turn should about take; they do some work and return a `Turn`: how many pieces were
done, in how many seconds, and with how much CPU time, if that is known. They check what they did,
and raise where a piece was not done right: a fast failure is no result. What they start hangs on
`bench` (see `benchmarks.bench`), which also says by `bench.size` whether the run is a quick one.
"""

import statistics
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.bench import Bench


class LeftOutError(Exception):
    """This row cannot be measured here, for a reason that is said."""


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


@dataclass(frozen=True)
class Row:
    """`at_least`: what the ratio of the rates must reach. `at_most`: what the ratio of the times
    must not pass. `needs`: parts of the machine, as `benchmarks.bench.absent` names them."""

    name: str
    what: str
    ceiling: str
    sides: "Callable[[Bench], AbstractContextManager[Sides]]"
    at_least: float | None = None
    at_most: float | None = None
    needs: tuple[str, ...] = ()


def beside_usual(row: Row) -> Row:
    """The same work, where the ceiling has Django's usual middleware before it."""
    return replace(
        row,
        name=f"{row.name}-usual",
        ceiling=f"{row.ceiling}, behind Django's usual middleware",
        sides=lambda bench: row.sides(bench.beside_usual),
    )


@dataclass(frozen=True)
class Measured:
    """Medians. `spread`: the least and the greatest ratio of a round."""

    row: Row
    ratio: float
    spread: tuple[float, float]
    cpu_ratio: float | None
    ours: Turn
    ceiling: Turn

    @property
    def met(self) -> bool:
        """Judged by the figure that a reader sees, which has two digits."""
        ratio = round(self.ratio, 2)
        if self.row.at_most is not None:
            return ratio <= self.row.at_most
        return self.row.at_least is None or ratio >= self.row.at_least


def measure(row: Row, bench: "Bench") -> Measured:
    with row.sides(bench) as (ours, ceiling):
        for side in (ceiling, ours):
            side(max(1.0, bench.size.seconds))  # warm
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
    """Half a turn of one, a whole one of the other, half a turn: a load that grows or ebbs
    meanwhile weighs on both."""
    inner, outer = (ours, ceiling) if number % 2 else (ceiling, ours)
    first = worked(outer, size.seconds / 2)
    middle = worked(inner, size.seconds)
    around = together([first, worked(outer, size.seconds / 2)])
    return (middle, around) if inner is ours else (around, middle)


def worked(side: Work, seconds: float) -> Turn:
    """A turn in which something was done: a busy machine may need longer."""
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
    """The same ratio, if nothing but our own processes counted: steadier on a busy machine."""
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


HEAD = """\
| Work | Ceiling | RunFit | Ceiling ran | Ratio | Of rounds | By CPU time | To reach | Met |
|---|---|---|---|---|---|---|---|---|"""


def line(measured: Measured) -> str:
    """One line of the table."""
    low, high = measured.spread
    cells = (
        measured.row.what,
        measured.row.ceiling,
        pace(measured.ours),
        pace(measured.ceiling),
        f"**{measured.ratio:.2f}**",
        f"{low:.2f} to {high:.2f}",
        "" if measured.cpu_ratio is None else f"{measured.cpu_ratio:.2f}",
        target(measured.row),
        "yes" if measured.met else "NO",
    )
    return f"| {' | '.join(cells)} |"


def pace(turn: Turn) -> str:
    each = "" if turn.cpu is None else f", {1000 * turn.cpu / turn.done:.2f} ms CPU"
    return f"{turn.rate:,.0f}/s{each}" if turn.rate >= 10 else f"{1 / turn.rate:.3f} s{each}"


def target(row: Row) -> str:
    if row.at_most is not None:
        return f"at most {row.at_most:g}"
    return "" if row.at_least is None else f"at least {row.at_least:g}"


def as_data(measured: Measured) -> dict[str, Any]:
    """For machines."""
    return {
        "row": measured.row.name,
        "ratio": measured.ratio,
        "least": measured.spread[0],
        "most": measured.spread[1],
        "cpu_ratio": measured.cpu_ratio,
        "at_least": measured.row.at_least,
        "at_most": measured.row.at_most,
        "met": measured.met,
        "ours": asdict(measured.ours),
        "ceiling": asdict(measured.ceiling),
    }
