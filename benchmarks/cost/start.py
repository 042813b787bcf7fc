"""Prints what a first and a second start of `bin/run` take here, and in another checkout.

Both sides are fresh clones, of what's committed, with nothing in the environment. Packages come
from what pip and uv keep, which an unmeasured round fills.
"""

import argparse
import os
import resource
import statistics
import subprocess
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.ports import free_port
from tests.support.processes import ROOT, wait_for

HEAD = """| Start | Here | Beside | Ratio of CPU | Of rounds |
|---|---|---|---|---|"""
ENVIRON = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": os.environ["HOME"]}
Cost = tuple[float, float]
"""Seconds of CPU time, and until the first page came."""


def starts(checkout: Path) -> tuple[Cost, Cost]:
    """The first one and the second one."""
    with TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", "--shared", checkout, clone], check=True)
        return start(clone), start(clone)


def start(clone: Path) -> Cost:
    port, before, began = free_port(), cpu_of_children(), time.monotonic()
    command = ["bin/run", "--port", str(port)]
    with subprocess.Popen(command, cwd=clone, env=ENVIRON, stdout=subprocess.DEVNULL) as process:
        wait_for(lambda: process.poll() is not None or serves(port), "the first page", 600)
        seconds = time.monotonic() - began
        process.terminate()
    if process.returncode:
        raise SystemExit(f"{clone}: bin/run failed.")
    return cpu_of_children() - before, seconds


def serves(port: int) -> bool:
    with suppress(OSError, HTTPException):
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/")
        return connection.getresponse().status == 200
    return False


def cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def line(name: str, here: list[Cost], beside: list[Cost]) -> str:
    ratios = sorted(ours / theirs for (ours, _), (theirs, _) in zip(here, beside, strict=True))
    sides = " | ".join(
        f"{cpu:.1f} s of CPU, {seconds:.1f} s"
        for cpu, seconds in (
            map(statistics.median, zip(*side, strict=True)) for side in (here, beside)
        )
    )
    spread = f"{ratios[0]:.2f} to {ratios[-1]:.2f}"
    return f"| {name} | {sides} | **{statistics.median(ratios):.2f}** | {spread} |"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cost.start", description=__doc__)
    parser.add_argument("beside", type=Path, help="a worktree of another commit")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    sides = [ROOT, options.beside.resolve()]
    for side in sides:
        starts(side)
    measured: dict[Path, list[tuple[Cost, Cost]]] = {side: [] for side in sides}
    for number in range(options.rounds):
        for side in sides if number % 2 else sides[::-1]:
            measured[side].append(starts(side))
    print(HEAD)
    for index, name in enumerate(("first", "second")):
        print(line(name, *([both[index] for both in measured[side]] for side in sides)))


if __name__ == "__main__":
    main()
