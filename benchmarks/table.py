"""Formats measurements as rows of the table in docs/speed.md, and as data."""

from dataclasses import asdict
from typing import Any

from benchmarks.comparison import Measured, Row
from benchmarks.turns import Turn

HEAD = """\
| Work | Ceiling | RunFit | Ceiling ran | Ratio | Of rounds | By CPU time | To reach | Met |
|---|---|---|---|---|---|---|---|---|"""


def line(measured: Measured) -> str:
    """One row of the table."""
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
    """The measurement as JSON data."""
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
