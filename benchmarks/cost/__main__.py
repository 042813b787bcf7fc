"""Prints how much CPU time each of a runner's requests takes here, and in another checkout."""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.virtualenv import python_for
from tests.support.processes import ROOT

HEAD = """| Request | In a visit | Here | Beside | Ratio | Of rounds | A constant |
|---|---|---|---|---|---|---|"""

FULL = {"rounds": 9, "requests": 40, "runners": 60}
SHORT = {"rounds": 5, "requests": 12, "runners": 20}


class Side:
    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def shares(self) -> dict[str, float]:
        """How many requests of each page a visit takes. It's said first, once the site is there."""
        shares: dict[str, float] = self._told()
        return shares

    def cpu(self, page: str, number: int) -> float:
        """The median in ms."""
        assert self._process.stdin
        print(json.dumps([page, number]), file=self._process.stdin, flush=True)
        return 1000 * statistics.median(self._told())

    def _told(self) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            sys.exit("A side ended.")
        return json.loads(line)


@contextmanager
def side(checkout: Path, database: str, runners: int) -> Iterator[Side]:
    arguments = [str(checkout), database, str(runners)]
    command = [python_for(checkout), "-m", "benchmarks.cost.worker", *arguments]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as process:
        yield Side(process)


@contextmanager
def checkout_of(beside: str) -> Iterator[Path]:
    """The folder, or a worktree of the commit that is removed afterwards."""
    if Path(beside).is_dir():
        yield Path(beside).resolve()
        return
    with tempfile.TemporaryDirectory(prefix="runfit-cost-") as folder:
        git("worktree", "add", "--quiet", "--detach", folder, beside)
        try:
            yield Path(folder)
        finally:
            git("worktree", "remove", "--force", folder)


def git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=ROOT, check=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cost", description=__doc__)
    parser.add_argument("beside", help="another commit, or a folder with one")
    parser.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--short", action="store_true", help="a few minutes; rougher")
    parser.add_argument("--rounds", type=int, help="9 unless it's short")
    parser.add_argument("--requests", type=int, help="in a round; 40 unless it's short")
    parser.add_argument("--runners", type=int, help="with different answers; 60 unless it's short")
    parser.add_argument("--only", metavar="PAGE", action="append", default=[])
    options = parser.parse_args()
    for name, number in (SHORT if options.short else FULL).items():
        setattr(options, name, getattr(options, name) or number)
    return options


def main() -> None:
    options = arguments()
    with ExitStack() as stack:
        beside = stack.enter_context(checkout_of(options.beside))
        other, here, ceiling = (  # they get ready at the same time
            stack.enter_context(side(checkout, database, options.runners))
            for checkout, database in (
                (beside, options.database),
                (ROOT, options.database),
                (ROOT, "constant"),
            )
        )
        _other, shares, _ceiling = other.shares(), here.shares(), ceiling.shares()
        print(HEAD, flush=True)
        visit = [0.0, 0.0]
        for page, share in shares.items():
            if options.only and page not in options.only:
                continue
            _warm, *turns = (
                turn(page, number, options.requests, here, other)
                for number in range(1 + options.rounds)
            )
            medians = [statistics.median(column) for column in zip(*turns, strict=True)]
            visit = [so_far + share * cpu for so_far, cpu in zip(visit, medians, strict=True)]
            floor = ceiling.cpu("constant", 5 * options.requests) / medians[0]
            print(line(page, f"{share:.1f}", medians, turns, f"{floor:.2f}"), flush=True)
        if not options.only:
            print(line("whole visit", "", visit, [(visit[0], visit[1])], ""))


def line(
    page: str, share: str, medians: list[float], turns: list[tuple[float, float]], floor: str
) -> str:
    ratios = sorted(now / before for now, before in turns)
    times = " | ".join(f"{cpu:.2f} ms" for cpu in medians)
    spread = f"{ratios[0]:.2f} to {ratios[-1]:.2f}"
    return (
        f"| {page} | {share} | {times} | **{statistics.median(ratios):.2f}** | {spread} | {floor} |"
    )


def turn(page: str, number: int, requests: int, here: Side, other: Side) -> tuple[float, float]:
    """Both sides, in an order that changes from round to round."""
    sides = (here, other) if number % 2 else (other, here)
    cpu = {each: each.cpu(page, requests) for each in sides}
    return cpu[here], cpu[other]


if __name__ == "__main__":
    main()
