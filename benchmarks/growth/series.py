"""Measures how the cost of pages and forms grows with questions, stored answers, and workers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

from django.core.management import call_command

from assessments.models import Submission
from benchmarks import runners, self_checks
from benchmarks.bench import Bench
from benchmarks.comparison import Measured, Row, measure
from benchmarks.rows import pages, posts
from guides.models import Contact, Delivery, DownloadLink

QUESTIONS = (6, 12, 30)
WORKERS = (1, 2, 4)
ANSWERS, QUICK_ANSWERS = (10_000, 1_000_000), (100, 200)
HEAD = """\
| Work | With | RunFit | CPU of a request | CPU beside the first | Ratio to the ceiling |
|---|---|---|---|---|---|"""


@dataclass(frozen=True)
class Point:
    """One kind of work at one value of the growing variable."""

    work: str
    number: int
    what: str
    measured: Measured

    @property
    def cpu(self) -> float:
        """CPU seconds per request."""
        turn = self.measured.ours
        assert turn.cpu
        return turn.cpu / turn.done

    @property
    def rate(self) -> float:
        return self.measured.ours.rate


Series = list[Point]


def measured(bench: Bench) -> Iterator[Series]:
    """All series, one kind of work after the other."""
    return chain(with_questions(bench), with_workers(bench), with_answers(bench))


def with_questions(bench: Bench) -> Iterator[Series]:
    for name in ("questionnaire", "submission", "result"):
        yield [point(row_of(name, number), number, "questions", bench) for number in QUESTIONS]


def with_workers(bench: Bench) -> Iterator[Series]:
    benches = {number: bench.with_workers(number) for number in WORKERS}
    for row in rows(runners.SLUG, runners.ANSWERS):
        yield [point(row, number, "workers", each) for number, each in benches.items()]


def with_answers(bench: Bench) -> Iterator[Series]:
    known = rows(runners.SLUG, runners.ANSWERS)
    series: list[Series] = [[] for _ in known]
    for number in QUICK_ANSWERS if bench.size.quick else ANSWERS:
        store(number)
        for row, points in zip(known, series, strict=True):
            points.append(point(row, number, "answers", bench))
    yield from series


def store(number: int) -> None:
    """Replace all answers with this many. The benchmark itself then adds about ten thousand."""
    for model in (Delivery, DownloadLink, Contact, Submission):
        model.objects.all().delete()
    call_command("demo_data", submissions=number, verbosity=0)


def point(row: Row, number: int, what: str, bench: Bench) -> Point:
    return Point(row.what.partition(" (")[0], number, what, measure(row, bench))


def row_of(name: str, questions: int) -> Row:
    slug = self_checks.self_check(questions).assessment.slug
    return next(row for row in rows(slug, self_checks.answers(questions)) if row.name == name)


def rows(slug: str, answers: dict[str, object]) -> list[Row]:
    given = {
        "questionnaire": partial(pages.questionnaire, slug=slug),
        "submission": partial(posts.submission, slug=slug, answers=answers),
        "guide-request": posts.guide_request,
        "result": partial(pages.result, slug=slug, answers=answers),
    }
    known = [*pages.ROWS, *posts.ROWS]
    return [replace(row, sides=given[row.name]) for row in known if row.name in given]


def lines(series: Series) -> Iterator[str]:
    """The rows of a table."""
    first, *_ = series
    for each in series:
        cells = (
            each.work,
            f"{each.number:,} {each.what}",
            f"{each.rate:,.0f}/s",
            f"{1000 * each.cpu:.2f} ms",
            f"{each.cpu / first.cpu:.2f}",
            f"{each.measured.ratio:.2f}",
        )
        yield f"| {' | '.join(cells)} |"
