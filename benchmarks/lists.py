"""The desk's lists, with few rows and with many: `.venv/bin/python -m benchmarks.lists`.

Needs a PostgreSQL server (DATABASE_URL, or the one on this machine) that lets it make databases.
Fills one with 10,000 and one with 1,000,000 made-up answers, opens the same pages of both in turn
as the PT would, and prints the medians as the table of docs/speed.md. Exits 1 where a page of the
big one takes longer than it may. `--quick` fills with less, and judges nothing.
"""

import argparse
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

import psycopg2

HERE = Path(__file__).resolve().parent.parent
CONTENT = sorted(str(path) for path in (HERE / "content").glob("*.json"))
SERVER = "postgres://postgres@127.0.0.1:5432/postgres"
SIZES, QUICK_SIZES = (10_000, 1_000_000), (150, 450)
ROUNDS, QUICK_ROUNDS = 21, 2
WARM_UP = 2
MOST, MOST_LAST = 1.3, 2.0
"""How many times longer a page of the big database may take, and a last page."""
LEAST_COUNTS = 50
"""How many times longer a count of the rows takes than to read the counts of days."""


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="smaller databases, no judgement")
    parser.add_argument("--keep", action="store_true", help="use the databases again next time")
    parser.add_argument("--only", default="", metavar="LIST", help="such as Emails")
    options = parser.parse_args()
    sizes = QUICK_SIZES if options.quick else SIZES
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        databases = [stack.enter_context(database(rows, keep=options.keep)) for rows in sizes]
        environs = [environment(url, folder) for url in databases]
        manage(environs[0], "collectstatic", "-v0", "--noinput")
        desks = [stack.enter_context(desk(environ)) for environ in environs]
        pages = [page for page in desks[0].pages() if page.startswith(options.only)]
        rounds = QUICK_ROUNDS if options.quick else ROUNDS
        slow = compare(desks, sizes, pages, rounds)
        if not options.only:
            slow += compare_counts(desks[1], sizes[1], rounds)
    return 0 if options.quick else bool(slow)


def compare(desks: list["Desk"], sizes: tuple[int, int], pages: list[str], rounds: int) -> int:
    """Prints a line for each page; returns how many take too long.

    Where the small site has fewer rows to show, its page is another one: that is not judged.
    """
    small, big = desks
    print(f"| Page | {sizes[0]:,} answers | {sizes[1]:,} answers | Ratio |", flush=True)
    print("|---|---|---|---|")
    slow = 0
    for page in pages:
        taken = [in_turn(small, big, page, number) for number in range(WARM_UP + rounds)][WARM_UP:]
        few, many = (
            statistics.median(each.time for each in side) for side in zip(*taken, strict=True)
        )
        rows = [each.rows for each in taken[-1]]
        most = MOST_LAST if page.endswith("last page") else MOST
        if rows[0] < rows[1]:
            note = f" ({rows[0]} rows beside {rows[1]})"
        else:
            note = "" if many <= most * few else f" (more than {most})"
            slow += bool(note)
        print(f"| {page} | {few:.0f} ms | {many:.0f} ms | {many / few:.2f}{note} |", flush=True)
    return slow


def compare_counts(big: "Desk", size: int, rounds: int) -> int:
    """Prints how the counts of days do beside a count of the rows; whether that is too slow."""
    taken = [big.counts() for _ in range(WARM_UP + rounds)][WARM_UP:]
    kept, raw = (statistics.median(side) for side in zip(*taken, strict=True))
    print(f"\n| Who finished on each of 90 days, {size:,} answers | | Ratio |", flush=True)
    print("|---|---|---|")
    print(f"| from the counts of days | {kept:.1f} ms | |")
    print(f"| from the rows | {raw:.1f} ms | {raw / kept:.0f} |", flush=True)
    return raw < LEAST_COUNTS * kept


def in_turn(small: "Desk", big: "Desk", page: str, number: int) -> tuple["Opened", "Opened"]:
    """Each goes first every other time."""
    if number % 2:
        return small.open(page), big.open(page)
    second, first = big.open(page), small.open(page)
    return first, second


class Opened(NamedTuple):
    time: float
    rows: int


class Desk:
    """Another process, with a database of its own, that opens pages as the PT does."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin
        assert process.stdout
        self.asked, self.said = process.stdin, process.stdout

    def pages(self) -> list[str]:
        return self._ask("pages").split("|")

    def open(self, page: str) -> Opened:
        time, rows = self._ask(page).split()
        return Opened(float(time), int(rows))

    def counts(self) -> tuple[float, float]:
        kept, raw = map(float, self._ask("counts").split())
        return kept, raw

    def _ask(self, what: str) -> str:
        print(what, file=self.asked, flush=True)
        return self.said.readline().strip()


@contextmanager
def desk(environ: dict[str, str]) -> Iterator[Desk]:
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.desk"], cwd=HERE, env=environ, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        yield Desk(process)


def environment(url: str, folder: str) -> dict[str, str]:
    return {
        **os.environ, "DATABASE_URL": url, "SECRET_KEY": secrets.token_hex(), "VAR_DIR": folder,
        "SITE_URL": "http://localhost", "DJANGO_SETTINGS_MODULE": "runfit.settings",
    }  # fmt: skip


@contextmanager
def database(rows: int, *, keep: bool) -> Iterator[str]:
    """The address of a database with so many answers, filled unless it was kept."""
    name, server = f"runfit_lists_{rows}", os.environ.get("DATABASE_URL", SERVER)
    url = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    with closing(psycopg2.connect(server)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not cursor.fetchone():
            cursor.execute(f"CREATE DATABASE {name}")
            fill(url, rows)
        yield url
        if not keep:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def fill(url: str, rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        environ = environment(url, folder)
        manage(environ, "migrate", "-v0")
        manage(environ, "content_load", "-v0", *CONTENT)
        manage(environ, "demo_data", "--submissions", str(rows))


def manage(environ: dict[str, str], *command: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=HERE,
        env=environ,
        stdout=sys.stderr,
        check=True,
    )


if __name__ == "__main__":
    sys.exit(main())
