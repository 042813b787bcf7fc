"""Pages that a runner opens, beside a view that returns the same bytes as a constant.

A browser's page travels compressed, and so does the constant: compressed once and for all.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from benchmarks import runners
from benchmarks.bench import Bench
from benchmarks.core import Row, Sides

BROWSER = {"Accept-Encoding": "gzip, deflate, br"}
CHECK = "/check/tight-hips/"
CONSTANT = "a view that returns the same bytes"


def questionnaire(bench: Bench) -> "Iterator[Sides]":
    yield beside_a_constant(bench, CHECK, BROWSER)


def uncompressed(bench: Bench) -> "Iterator[Sides]":
    yield beside_a_constant(bench, CHECK, {})


def result(bench: Bench) -> "Iterator[Sides]":
    submission = runners.submission(runners.live(), runners.ANSWERS)
    yield beside_a_constant(bench, submission.get_absolute_url(), BROWSER)


def beside_a_constant(bench: Bench, path: str, headers: dict[str, str]) -> Sides:
    name = bench.constant(bench.site.fetch(path, headers))
    return (
        partial(bench.site.get, path, headers=headers),
        partial(bench.ceiling.get, f"/constant/{name}", headers=headers),
    )


ROWS = (
    Row(
        "questionnaire",
        "GET questionnaire (11 questions)",
        CONSTANT,
        contextmanager(questionnaire),
        at_least=0.6,
        needs=("wrk",),
    ),
    Row(
        "questionnaire-plain",
        "the same, to a client that takes nothing compressed",
        CONSTANT,
        contextmanager(uncompressed),
        needs=("wrk",),
    ),
    Row("result", "Result page", CONSTANT, contextmanager(result), at_least=0.4, needs=("wrk",)),
)
