"""The runner's pages, compared to a view that returns the same bytes as a constant.

Both are compressed, the constant only once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from benchmarks import runners
from benchmarks.bench import Bench
from benchmarks.comparison import Row, beside_usual
from benchmarks.turns import Sides

BROWSER = {"Accept-Encoding": "gzip, deflate, br"}
CONSTANT = "a view that returns the same bytes"


@contextmanager
def questionnaire(bench: Bench, slug: str) -> Iterator[Sides]:
    yield beside_a_constant(bench, f"/check/{slug}/", BROWSER)


@contextmanager
def questionnaire_plain(bench: Bench) -> Iterator[Sides]:
    yield beside_a_constant(bench, f"/check/{runners.SLUG}/", {})


@contextmanager
def result(bench: Bench, slug: str, answers: dict[str, object]) -> Iterator[Sides]:
    submission = runners.submission(runners.live(slug), answers)
    yield beside_a_constant(bench, submission.get_absolute_url(), BROWSER)


def beside_a_constant(bench: Bench, path: str, headers: dict[str, str]) -> Sides:
    name = bench.constant(bench.site.fetch(path, headers))
    return (
        partial(bench.site.get, path, headers=headers),
        partial(bench.ceiling.get, f"/constant/{name}", headers=headers),
    )


QUESTIONNAIRE = Row(
    "questionnaire",
    "GET questionnaire (11 questions)",
    CONSTANT,
    partial(questionnaire, slug=runners.SLUG),
    at_least=0.6,
    needs=("wrk",),
)
RESULT = Row(
    "result",
    "Result page",
    CONSTANT,
    partial(result, slug=runners.SLUG, answers=runners.ANSWERS),
    at_least=0.4,
    needs=("wrk",),
)
ROWS = (
    QUESTIONNAIRE,
    beside_usual(QUESTIONNAIRE),
    Row(
        "questionnaire-plain",
        "the same, to a client that takes nothing compressed",
        CONSTANT,
        questionnaire_plain,
        needs=("wrk",),
    ),
    RESULT,
    beside_usual(RESULT),
)
