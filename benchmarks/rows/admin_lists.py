"""The admin's lists and counts with few and with many answers: the same pages of two sites,
alternately. One database is filled with 10,000 and one with 1,000,000 generated answers, which
takes some minutes.
"""

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cache, partial
from typing import NamedTuple

from django.conf import settings

from benchmarks.bench import Bench
from benchmarks.comparison import Row
from benchmarks.turns import Sides, Turn
from tests.support.postgres import database
from tests.support.processes import ROOT

LISTS = {
    "Answers": "assessments_submission",
    "Emails": "guides_delivery",
    "Contacts": "guides_contact",
    "Consents": "guides_consent",
    "Links": "guides_downloadlink",
}
CONTENT = sorted(str(path) for path in (ROOT / "content").glob("*.json"))
SIZES, QUICK_SIZES = (10_000, 1_000_000), (150, 450)
MOST, MOST_LAST = 1.3, 2.0
"""How many times longer a page, and a last page, may take in the big database."""
LEAST_COUNTS = 50
"""How many times longer counting rows takes than reading the daily counts."""


@contextmanager
def page(bench: Bench, name: str) -> Iterator[Sides]:
    small, big = desks(bench)
    yield partial(opening, big, name), partial(opening, small, name)


@contextmanager
def dashboard(bench: Bench) -> Iterator[Sides]:
    _, big = desks(bench)
    yield partial(asking, big.kept_counts), partial(asking, big.counted_rows)


def opening(desk: "Desk", name: str, seconds: float) -> Turn:
    return asking(lambda: desk.open(name).time, seconds)


def asking(ask: Callable[[], float], seconds: float) -> Turn:
    """Repeats a request that reports its own milliseconds."""
    taken = [ask()]
    while sum(taken) < 1000 * seconds:
        taken.append(ask())
    return Turn(len(taken), sum(taken) / 1000)


class Opened(NamedTuple):
    time: float
    rows: int


class Desk:
    """A subprocess with its own database that opens admin pages."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin
        assert process.stdout
        self.asked, self.said = process.stdin, process.stdout

    def pages(self) -> list[str]:
        return self._ask("pages").split("|")

    def open(self, page: str) -> Opened:
        time, rows = self._ask(page).split()
        return Opened(float(time), int(rows))

    def kept_counts(self) -> float:
        return float(self._ask("counts"))

    def counted_rows(self) -> float:
        return float(self._ask("rows"))

    def _ask(self, what: str) -> str:
        print(what, file=self.asked, flush=True)
        return self.said.readline().strip()


@cache
def desks(bench: Bench) -> tuple[Desk, Desk]:
    """The desks of a small and a large site, for the rest of the run."""
    return bench.keep(running(QUICK_SIZES if bench.size.quick else SIZES))


@contextmanager
def running(sizes: tuple[int, int]) -> Iterator[tuple[Desk, Desk]]:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        databases = [stack.enter_context(filled(rows)) for rows in sizes]
        environs = [environment(url, folder) for url in databases]
        manage(environs[0], "collectstatic", "-v0", "--noinput")
        small, big = (stack.enter_context(desk(environ)) for environ in environs)
        yield small, big


@contextmanager
def desk(environ: dict[str, str]) -> Iterator[Desk]:
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.rows.admin_client"], cwd=ROOT, env=environ, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        yield Desk(process)


def environment(url: str, folder: str) -> dict[str, str]:
    return {
        **os.environ, "DATABASE_URL": url, "SECRET_KEY": secrets.token_hex(), "VAR_DIR": folder,
        "SITE_URL": "http://localhost", "DJANGO_SETTINGS_MODULE": "runfit.settings",
    }  # fmt: skip


@contextmanager
def filled(rows: int) -> Iterator[str]:
    """Yields the URL of a database with this many answers."""
    with database(f"{settings.DATABASES['default']['NAME']}_{rows}") as url:
        fill(url, rows)
        yield url


def fill(url: str, rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        environ = environment(url, folder)
        manage(environ, "migrate", "-v0")
        manage(environ, "content_load", "-v0", *CONTENT)
        manage(environ, "demo_data", "--submissions", str(rows))


def manage(environ: dict[str, str], *command: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=environ,
        stdout=sys.stderr,
        check=True,
    )


PAGES = {
    "list-first": "first page",
    "list-filter": "the most usual result type",
    "list-search": "search for a link",
    "list-deep": "page 90",
    "list-last": "last page",
}


def row_of(name: str, shown: str) -> Row:
    most = MOST_LAST if shown.endswith("last page") else MOST
    what = f"{shown}, of 1,000,000 answers"
    return Row(name, what, "the same of 10,000", partial(page, name=shown), at_most=most)


def rows_of(beginning: str, bench: Bench) -> Iterator[Row]:
    """The pages of the lists whose names have this prefix. Pages with fewer rows on the small site
    aren't judged."""
    small, big = desks(bench)
    for shown in small.pages():
        if shown.startswith(beginning):
            row, few, many = row_of(shown, shown), small.open(shown).rows, big.open(shown).rows
            if few < many:
                row = replace(row, what=f"{row.what} ({many} rows beside {few})", at_most=None)
            yield row


ROWS = (
    *(row_of(name, f"Answers, {shown}") for name, shown in PAGES.items()),
    Row(
        "dashboard",
        "Who finished on each of 90 days, of 1,000,000 answers",
        "a count of the rows",
        dashboard,
        at_least=LEAST_COUNTS,
    ),
)
