"""What runners send, beside a view with CSRF that does one INSERT and redirects.

The ceiling is sent the very same forms, and stores what came as JSON. Behind each turn the rows
are counted: each thanks has its row.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from benchmarks import runners
from benchmarks.bench import Bench
from benchmarks.core import Row, Sides, Turn, Work
from benchmarks.load import CONNECTIONS, LoadError, Posts, Server

STORED = "ceilings_stored"
ONE_INSERT = "a view with CSRF that does one INSERT and redirects"


@contextmanager
def submission(bench: Bench) -> Iterator[Sides]:
    forms = runners.submissions(runners.live(), runners.ANSWERS)
    yield (
        posting(
            bench,
            bench.site,
            (("/check/tight-hips/", form) for form in forms),
            "assessments_submission",
        ),
        posting(bench, bench.ceiling, (("/insert/", form) for form in forms), STORED),
    )


@contextmanager
def guide_request(bench: Bench) -> Iterator[Sides]:
    forms = runners.guide_requests(runners.live())
    yield (
        posting(bench, bench.site, forms, "guides_delivery"),
        posting(bench, bench.ceiling, (("/insert/", form) for _, form in forms), STORED),
    )


def posting(bench: Bench, server: Server, forms: Iterator[tuple[str, str]], table: str) -> Work:
    posts = Posts(forms, bench.folder / f"{server.port}.posts")

    def work(seconds: float) -> Turn:
        before = rows(table)
        turn = server.post(posts, seconds, runners.COOKIE)
        stored = rows(table) - before
        # Those that nobody waited for any more may be stored too, or not.
        if not turn.done <= stored <= turn.done + CONNECTIONS:
            raise LoadError(f"{turn.done} thanks for {stored} rows of {table}")
        return turn

    return work


def rows(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


ROWS = (
    Row(
        "submission",
        "POST submission (validate, score, store)",
        ONE_INSERT,
        submission,
        at_least=0.8,
        needs=("wrk",),
    ),
    Row(
        "guide-request",
        "POST guide request (contact, consent, delivery, hint)",
        ONE_INSERT,
        guide_request,
        at_least=0.6,
        needs=("wrk",),
    ),
)
