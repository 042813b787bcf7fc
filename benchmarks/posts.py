"""What runners send, beside a view with CSRF that does one INSERT and redirects.

The ceiling is sent the very same forms, and stores what came as JSON. Behind each turn the rows
are counted: each thanks has its row.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.db import connection

from benchmarks import runners
from benchmarks.bench import Bench
from benchmarks.core import Row, Sides, Turn, Work
from benchmarks.load import CONNECTIONS, LoadError, Posts, Server

SUBMISSIONS = "assessments_submission"
STORED = "ceilings_stored"
ONE_INSERT = "a view with CSRF that does one INSERT and redirects"
USUAL = "the same view, behind Django's usual middleware"


@contextmanager
def submission(
    bench: Bench, slug: str, answers: dict[str, object], *, usual: bool = False
) -> Iterator[Sides]:
    forms = runners.submissions(runners.live(slug), answers)
    yield (
        posting(bench, bench.site, ((f"/check/{slug}/", form) for form in forms), SUBMISSIONS),
        inserting(bench, forms, usual=usual),
    )


@contextmanager
def guide_request(bench: Bench, *, usual: bool = False) -> Iterator[Sides]:
    forms = runners.guide_requests(runners.live())
    yield (
        posting(bench, bench.site, forms, "guides_delivery"),
        inserting(bench, (form for _, form in forms), usual=usual),
    )


def inserting(bench: Bench, forms: Iterator[str], *, usual: bool) -> Work:
    ceiling = bench.usual if usual else bench.ceiling
    return posting(bench, ceiling, (("/insert/", form) for form in forms), STORED)


def posting(bench: Bench, server: Server, forms: Iterator[tuple[str, str]], table: str) -> Work:
    posts = Posts(forms, bench.folder / f"{server.port}.posts")

    def work(seconds: float) -> Turn:
        with each_stored(connection, table) as told:
            told.append(server.post(posts, seconds, runners.COOKIE))
        return told[0]

    return work


@contextmanager
def each_stored(database: Any, table: str) -> Iterator[list[Turn]]:
    """Takes a turn, and sees that each thanks has its row."""
    told: list[Turn] = []
    before = rows(database, table)
    yield told
    stored = rows(database, table) - before
    # Those that nobody waited for any more, of this turn or the one before, may be stored too.
    if not told[0].done <= stored <= told[0].done + 2 * CONNECTIONS:
        raise LoadError(f"{told[0].done} thanks for {stored} rows of {table}")


def rows(database: Any, table: str) -> int:
    with database.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


ROWS = (
    Row(
        "submission",
        "POST submission (validate, score, store)",
        ONE_INSERT,
        partial(submission, slug=runners.SLUG, answers=runners.ANSWERS),
        at_least=0.8,
        needs=("wrk",),
    ),
    Row(
        "submission-usual",
        "POST submission",
        USUAL,
        partial(submission, slug=runners.SLUG, answers=runners.ANSWERS, usual=True),
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
    Row(
        "guide-request-usual",
        "POST guide request",
        USUAL,
        partial(guide_request, usual=True),
        at_least=0.6,
        needs=("wrk",),
    ),
)
