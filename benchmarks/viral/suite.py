"""Runs bin/bench --viral."""

import json
import sys
from argparse import ArgumentParser, Namespace

from benchmarks.bench import absent
from benchmarks.turns import FULL
from benchmarks.turns import QUICK as SHORT
from benchmarks.viral import memory, report
from benchmarks.viral.hour import QUICK, Hour, Pace, ramp
from benchmarks.viral.stack import Shape, standing

NEEDS = ("postgres", "redis")


def add_options(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("a viral hour")
    group.add_argument("--viral", action="store_true", help="the whole stack, until it bends")
    group.add_argument("--web", type=int, default=Shape.web, help="web processes; default: 2")
    group.add_argument(
        "--mail", type=int, default=Shape.mail, help="processes for mail; default: 2"
    )
    group.add_argument(
        "--files-elsewhere", action="store_true", help="nginx sends files; its cost is left out"
    )
    group.add_argument(
        "--memory", type=float, metavar="MINUTES", help="no ramp: one load, and what grows"
    )
    group.add_argument(
        "--rate",
        type=float,
        metavar="RUNNERS",
        help=f"a second: where the ramp begins (default: {Pace.first:g}), or the load of --memory "
        f"(default: {memory.RATE:g})",
    )


def run(options: Namespace) -> int:
    missing = absent(NEEDS).values()
    if missing:
        print(f"bench: a viral hour needs more: {'; '.join(missing)}", file=sys.stderr)
        return 1
    pace = QUICK if options.quick else Pace(**({"first": options.rate} if options.rate else {}))
    size = SHORT if options.quick else FULL

    def tell(line: str) -> None:
        if not options.json:
            print(line, flush=True)

    shape = Shape(options.web, options.mail, not options.files_elsewhere)
    with standing(shape, hurry=pace.hurry, lines=pace.lines, size=size) as stack:
        if options.memory:
            rate = options.rate or (pace.first if options.quick else memory.RATE)
            found: Hour | memory.Soak = memory.soak(
                stack, options.memory, rate=rate, quiet=pace.quiet
            )
        else:
            tell(report.HEAD)
            found = ramp(stack, pace, step=lambda step: tell(report.line(step)))
    for each in report.told(found):
        tell(each)
    if options.json:
        print(json.dumps(report.as_data(found), indent=1))
    # A quick run is too short to judge times or growth.
    return 0 if found.safe and (options.quick or found.well) else 1
