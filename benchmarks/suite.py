"""Benchmarks RunFit against minimal implementations, a row per kind of work (docs/speed.md)."""

import argparse
import json
import shutil
import signal
import sys
from itertools import chain
from pathlib import Path

from django.conf import settings

from benchmarks.bench import absent, running
from benchmarks.comparison import LeftOutError, Measured, Row, measure
from benchmarks.growth import plot
from benchmarks.growth import series as growth
from benchmarks.rows import (
    admin_lists,
    downloads,
    mail_apps,
    mails,
    pages,
    pdf_libraries,
    pdfs,
    posts,
    survey_apps,
)
from benchmarks.table import HEAD, as_data, line
from benchmarks.turns import FULL, QUICK, Size
from benchmarks.viral import suite as viral
from tests.support.processes import break_off

FAMILIES = (
    pages,
    posts,
    survey_apps,
    mails,
    mail_apps,
    pdfs,
    pdf_libraries,
    downloads,
    admin_lists,
)
ALWAYS = ("postgres", "redis")


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        return asked_for(arguments())
    except KeyboardInterrupt:
        print("\nbroken off; all that was started is stopped.", file=sys.stderr)
        return 130
    finally:
        break_off()
        shutil.rmtree(settings.FOLDER, ignore_errors=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short turns, few: see that it works")
    parser.add_argument(
        "--only", metavar="ROW", action="append", default=[], help="this row; may be repeated"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document, for machines")
    parser.add_argument(
        "--lists",
        choices=("", *admin_lists.LISTS),
        metavar="LIST",
        nargs="?",
        const="",
        help=f"each page of the desk's lists, or of one: {', '.join(admin_lists.LISTS)}",
    )
    parser.add_argument(
        "--growth",
        action="store_true",
        help="how the cost grows with questions, workers and answers stored",
    )
    parser.add_argument(
        "--plot", metavar="FILE", type=Path, help="draw that growth into this SVG file"
    )
    parser.add_argument("--list", action="store_true", help="name the rows, and measure none")
    viral.add_options(parser)
    options = parser.parse_args()
    if options.plot and not options.growth:
        parser.error("--plot draws what --growth measures")
    return options


def asked_for(options: argparse.Namespace) -> int:
    if options.viral:
        return viral.run(options)
    rows = [row for family in FAMILIES for row in family.ROWS]
    unknown = set(options.only) - {row.name for row in rows}
    if unknown:
        print(f"bench: no row is called {', '.join(sorted(unknown))}; see bin/bench --list")
        return 1
    if options.list:
        for row in rows:
            print(f"{row.name:<40}{row.what}, beside {row.ceiling}")
        return 0
    missing = absent({*ALWAYS, "wrk"} if options.growth else ALWAYS)
    if missing:
        print(f"bench: {'; '.join(missing.values())}", file=sys.stderr)
        return 1
    if options.growth:
        return grow(options)
    every = not options.only and options.lists is None
    return run([row for row in rows if every or row.name in options.only], options)


def run(chosen: list[Row], options: argparse.Namespace) -> int:
    missing = absent({part for row in chosen for part in row.needs})
    left_out = {
        row.name: missing.keys() & row.needs for row in chosen if missing.keys() & row.needs
    }
    able = [row for row in chosen if row.name not in left_out]
    done = measured(able, options) if able or options.lists is not None else []
    for name, parts in left_out.items():
        wants = "; ".join(f"{part}: {missing[part]}" for part in sorted(parts))
        print(f"Left out: {name} ({wants})", file=sys.stderr)
    if options.json:
        print(json.dumps([as_data(each) for each in done], indent=1))
    # A quick run is too short to judge.
    judged = options.quick or all(measured.met for measured in done)
    return 0 if judged and not left_out else 1


def grow(options: argparse.Namespace) -> int:
    print(growth.HEAD, flush=True)
    found = []
    with running(Path(settings.FOLDER), size(options)) as bench:
        for series in growth.measured(bench):
            found.append(series)
            print(*growth.lines(series), sep="\n", flush=True)
    if options.plot:
        options.plot.write_text(plot.drawn(found), encoding="utf-8")
    return 0


def size(options: argparse.Namespace) -> Size:
    return QUICK if options.quick else FULL


def measured(rows: list[Row], options: argparse.Namespace) -> list[Measured]:
    if not options.json:
        print(HEAD, flush=True)
    done = []
    with running(Path(settings.FOLDER), size(options)) as bench:
        of_lists = [] if options.lists is None else admin_lists.rows_of(options.lists, bench)
        for row in chain(rows, of_lists):
            try:
                done.append(measure(row, bench))
            except LeftOutError as reason:
                print(f"Left out: {row.name} ({reason})", file=sys.stderr)
                continue
            if not options.json:
                print(line(done[-1]), flush=True)
    return done
