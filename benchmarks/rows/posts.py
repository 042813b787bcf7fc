"""The runner's forms, compared to a view with CSRF that does one INSERT and redirects.

The ceiling gets the same forms, and stores them as JSON. After every turn the rows are counted:
every success must have one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.db import connection

from benchmarks import runners
from benchmarks.bench import Bench
from benchmarks.comparison import Row, beside_usual
from benchmarks.load import CONNECTIONS, LoadError, Posts, Server
from benchmarks.turns import Sides, Turn, Work

SUBMISSIONS = "assessments_submission"
STORED = "ceilings_stored"
ONE_INSERT = "a view with CSRF that does one INSERT and redirects"


@contextmanager
def submission(bench: Bench, slug: str, answers: dict[str, object]) -> Iterator[Sides]:
    forms = runners.submissions(runners.live(slug), answers)
    yield (
        posting(bench, bench.site, ((f"/check/{slug}/", form) for form in forms), SUBMISSIONS),
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
        with each_stored(connection, table) as told:
            told.append(server.post(posts, seconds, runners.COOKIE))
        return told[0]

    return work


@contextmanager
def each_stored(database: Any, table: str) -> Iterator[list[Turn]]:
    """Runs a turn, and checks that every success stored a row."""
    told: list[Turn] = []
    before = rows(database, table)
    yield told
    stored = rows(database, table) - before
    # Requests still in flight at the end of this or the last turn may be stored too.
    if not told[0].done <= stored <= told[0].done + 2 * CONNECTIONS:
        raise LoadError(f"{told[0].done} thanks for {stored} rows of {table}")


def rows(database: Any, table: str) -> int:
    with database.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


SUBMISSION = Row(
    "submission",
    "POST submission (validate, score, store)",
    ONE_INSERT,
    partial(submission, slug=runners.SLUG, answers=runners.ANSWERS),
    at_least=0.8,
    needs=("wrk",),
)
GUIDE_REQUEST = Row(
    "guide-request",
    "POST guide request (contact, consent, delivery, hint)",
    ONE_INSERT,
    guide_request,
    at_least=0.6,
    needs=("wrk",),
)
ROWS = (SUBMISSION, beside_usual(SUBMISSION), GUIDE_REQUEST, beside_usual(GUIDE_REQUEST))
