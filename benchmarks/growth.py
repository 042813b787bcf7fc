"""How the cost of pages and forms grows with the questions asked and the workers that serve."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from benchmarks import content, pages, posts, runners
from benchmarks.bench import Bench
from benchmarks.core import Measured, Row, measure

QUESTIONS = (6, 12, 30)
WORKERS = (1, 2, 4)
HEAD = """\
| Work | With | RunFit | CPU of a request | CPU beside the first | Ratio to the ceiling |
|---|---|---|---|---|---|"""


def lines(bench: Bench) -> Iterator[str]:
    """Those of a table, as they are measured."""
    for name in ("questionnaire", "submission", "result"):
        yield from told(
            (f"{number} questions", row_of(name, number), bench) for number in QUESTIONS
        )
    for row in rows(runners.SLUG, runners.ANSWERS):
        yield from told(
            (f"{number} workers", row, bench.with_workers(number)) for number in WORKERS
        )


def row_of(name: str, questions: int) -> Row:
    slug = content.self_check(questions).assessment.slug
    return next(row for row in rows(slug, content.answers(questions)) if row.name == name)


def rows(slug: str, answers: dict[str, object]) -> list[Row]:
    given = {
        "questionnaire": partial(pages.questionnaire, slug=slug, headers=pages.BROWSER),
        "submission": partial(posts.submission, slug=slug, answers=answers),
        "result": partial(pages.result, slug=slug, answers=answers),
    }
    known = [*pages.ROWS, *posts.ROWS]
    return [replace(row, sides=given[row.name]) for row in known if row.name in given]


def told(series: Iterator[tuple[str, Row, Bench]]) -> Iterator[str]:
    first: Measured | None = None
    for with_what, row, bench in series:
        measured = measure(row, bench)
        first = first or measured
        cells = (
            row.what.partition(" (")[0],
            with_what,
            f"{measured.ours.rate:,.0f}/s",
            f"{1000 * cpu_each(measured):.2f} ms",
            f"{cpu_each(measured) / cpu_each(first):.2f}",
            f"{measured.ratio:.2f}",
        )
        yield f"| {' | '.join(cells)} |"


def cpu_each(measured: Measured) -> float:
    assert measured.ours.cpu
    return measured.ours.cpu / measured.ours.done
