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
CONSTANT = "a view that returns the same bytes"
USUAL = f"{CONSTANT}, behind Django's usual middleware"


@contextmanager
def questionnaire(bench: Bench, slug: str, *, usual: bool = False) -> Iterator[Sides]:
    yield beside_a_constant(bench, f"/check/{slug}/", BROWSER, usual=usual)


@contextmanager
def questionnaire_plain(bench: Bench) -> Iterator[Sides]:
    yield beside_a_constant(bench, f"/check/{runners.SLUG}/", {})


@contextmanager
def result(
    bench: Bench, slug: str, answers: dict[str, object], *, usual: bool = False
) -> Iterator[Sides]:
    submission = runners.submission(runners.live(slug), answers)
    yield beside_a_constant(bench, submission.get_absolute_url(), BROWSER, usual=usual)


def beside_a_constant(
    bench: Bench, path: str, headers: dict[str, str], *, usual: bool = False
) -> Sides:
    name = bench.constant(bench.site.fetch(path, headers))
    ceiling = bench.usual if usual else bench.ceiling
    return (
        partial(bench.site.get, path, headers=headers),
        partial(ceiling.get, f"/constant/{name}", headers=headers),
    )


ROWS = (
    Row(
        "questionnaire",
        "GET questionnaire (11 questions)",
        CONSTANT,
        partial(questionnaire, slug=runners.SLUG),
        at_least=0.6,
        needs=("wrk",),
    ),
    Row(
        "questionnaire-usual",
        "GET questionnaire",
        USUAL,
        partial(questionnaire, slug=runners.SLUG, usual=True),
        at_least=0.6,
        needs=("wrk",),
    ),
    Row(
        "questionnaire-plain",
        "the same, to a client that takes nothing compressed",
        CONSTANT,
        questionnaire_plain,
        needs=("wrk",),
    ),
    Row(
        "result",
        "Result page",
        CONSTANT,
        partial(result, slug=runners.SLUG, answers=runners.ANSWERS),
        at_least=0.4,
        needs=("wrk",),
    ),
    Row(
        "result-usual",
        "Result page",
        USUAL,
        partial(result, slug=runners.SLUG, answers=runners.ANSWERS, usual=True),
        at_least=0.4,
        needs=("wrk",),
    ),
)
