"""Made-up answers that look like real ones: for a demonstration, and to measure with.

Each is scored as any other, once for all that answer alike. Demo rows are recognized by name:
tokens that begin with demo-answers-, which no token of a runner does, addresses at
demo.runfit.example, sources that begin with demo-. A real link whose utm_source begins with demo-
would lose its events when demo data is removed.
"""

import json
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from random import Random
from typing import NamedTuple

from django.db import transaction
from django.db.models import Min, QuerySet
from django.utils import timezone

from assessments import selectors
from assessments.analytics.utm import MEASURE_AGAIN
from assessments.definition import Answer, Definition, QuestionSpec
from assessments.demo.bulk_rows import numbers_reserve, rows_delete, rows_insert
from assessments.demo.sightings import demo_sights_create, demo_sights_delete, visits_seen
from assessments.models import Edition, Submission
from assessments.scoring import NONE_TICKED, score
from assessments.scoring.rules import answers_hold

TOKEN_START = "demo-answers-"  # noqa: S105 - a mark, and no secret
TOKEN_REST = 30  # of 43 characters
BATCH = 10_000
PATTERNS = 5_000
"""Ways to answer, each scored once."""

TICKS = 0.07
"""Of all runners, how many tick something on the safety list; and so on."""
SKIPS = 0.45
CLEARS = 0.5

WEEKDAYS = (1.3, 1.1, 1.0, 1.0, 0.9, 0.8, 1.2)
HOURS = (1, 1, 1, 1, 1, 2, 5, 8, 8, 6, 5, 5, 7, 6, 5, 5, 6, 8, 10, 12, 12, 10, 6, 3)
DAY = timedelta(days=1)

SOURCES = {
    "demo-article": 0.4,
    "demo-instagram": 0.25,
    "demo-newsletter": 0.2,
    "demo-podcast": 0.1,
    "demo-club": 0.05,
}
"""Where runners came from, and how many of them."""
MEASURES_AGAIN = 0.02
AGAIN_AFTER = timedelta(days=30)

FIELDS = (
    "id", "token", "edition", "created_at", "cleared_at", "answers", "safety", "result",
    "safety_level", "profile", "total", "source",
)  # fmt: skip


class DemoSubmission(NamedTuple):
    """One that was stored, as far as a request for the guide needs to know it.

    `since`: when it may be asked for; None at a safety level that offers none.
    """

    pk: int
    edition: int
    profile: str
    source: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way to answer, as its row holds it."""

    answers: str
    safety: str
    result: str
    safety_level: str
    profile: str
    total: int | None
    guide: str
    shown: tuple[str, ...]
    """The questions, in their order."""


def demo_submissions_create(
    *, edition: Edition, number: int, days: int, rng: Random
) -> Iterator[list[DemoSubmission]]:
    """Store so many, spread over the last days, the oldest first. Yields each batch as stored."""
    definition = selectors.edition_definition(edition)
    answering = Answering(definition, rng)
    patterns = [answering.pattern() for _ in range(min(number, PATTERNS))]
    now = timezone.now()
    batches = Batches(edition, patterns, now, rng)
    times = moments(number=number, days=days, now=now, rng=rng)
    while batch := list(islice(times, BATCH)):
        yield batches.store(batch)


def demo_submissions_delete() -> int:
    """Take away exactly what was made here; returns how many answers. What refers to them went
    before."""
    demo_sights_delete()
    return rows_delete(demo_submissions())


def demo_first_day() -> date | None:
    """From which on days hold something that was made here."""
    first: datetime | None = demo_submissions().aggregate(first=Min("created_at"))["first"]
    return timezone.localdate(first) if first else None


def demo_submissions() -> QuerySet[Submission]:
    return Submission.objects.filter(token__startswith=TOKEN_START)


def real_answers_exist() -> bool:
    return Submission.objects.exclude(token__startswith=TOKEN_START).exists()


class Answering:
    """Answers a questionnaire as runners do: each question has its likely answers, and only
    those that are shown are answered."""

    def __init__(self, definition: Definition, rng: Random) -> None:
        self.definition = definition
        self.rng = rng
        self.weights = {each.key: self._weights(each) for each in definition.questions}

    def pattern(self) -> Pattern:
        safety = self._safety()
        answers = {} if self.definition.safety.stopped_by(safety) else self._answers()
        result = score(self.definition, answers, safety)
        return Pattern(
            answers=json.dumps(dict(result.answers)),
            safety=json.dumps(safety),
            result=json.dumps(result.expect()),
            safety_level=result.safety_level or "",
            profile=result.profile or "",
            total=result.total,
            guide=result.guide,
            shown=self._shown(result.answers),
        )

    def _shown(self, answers: Mapping[str, Answer]) -> tuple[str, ...]:
        questions = self.definition.questions
        return tuple(each.key for each in questions if each.key in answers)

    def _weights(self, question: QuestionSpec) -> tuple[list[Answer], list[float]]:
        if question.choices:
            return [each.key for each in question.choices], [
                self.rng.uniform(0.4, 2) for _ in question.choices
            ]
        numbers = range(question.minimum, question.maximum + 1)
        third = max(1, len(numbers) / 3)  # low numbers are likelier
        return [*numbers], [1 / (1 + (each - numbers[0]) / third) ** 3 for each in numbers]

    def _safety(self) -> list[str]:
        items = self.definition.safety.items
        if not items or self.rng.random() >= TICKS:
            return [NONE_TICKED]
        # The list begins with what is worst, and rarest.
        return self.rng.choices([each.key for each in items], range(1, len(items) + 1))

    def _answers(self) -> dict[str, Answer]:
        """Up to the one that ends the questions."""
        answers: dict[str, Answer] = {}
        for question in self.definition.questions:
            if not answers_hold(question.show_if, answers):
                continue
            if question.optional and self.rng.random() < SKIPS:
                continue
            options, weights = self.weights[question.key]
            [answers[question.key]] = self.rng.choices(options, weights)
            if self._stopped(answers):
                break
        return answers

    def _stopped(self, answers: dict[str, Answer]) -> bool:
        safety = self.definition.safety
        return any(
            safety.level(each.level).stops and answers_hold(each.when, answers)
            for each in safety.derived
        )


def moments(*, number: int, days: int, now: datetime, rng: Random) -> Iterator[datetime]:
    """So many moments up to now, in order: more of them lately, on Mondays and in the evening."""
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    starts = [today - DAY * back for back in range(days, -1, -1)]
    weights = [
        WEEKDAYS[start.weekday()] * (0.6 + index / days) * rng.uniform(0.8, 1.2)
        for index, start in enumerate(starts)
    ]
    elapsed = (now - today).total_seconds()
    weights[-1] *= elapsed / DAY.total_seconds()
    done, reached, whole = 0, 0.0, sum(weights)
    for start, weight in zip(starts, weights, strict=True):
        reached += weight
        last = start is starts[-1]
        upto = number if last else round(number * reached / whole)
        seconds = (
            [rng.random() * elapsed for _ in range(upto - done)]
            if last
            else [
                3600 * (hour + rng.random())
                for hour in rng.choices(range(24), HOURS, k=upto - done)
            ]
        )
        yield from (start + timedelta(seconds=each) for each in sorted(seconds))
        done = upto


class Batches:
    """Stores answers, with what would have been seen of the runners who gave them."""

    def __init__(
        self, edition: Edition, patterns: list[Pattern], now: datetime, rng: Random
    ) -> None:
        self.edition, self.patterns, self.now, self.rng = edition, patterns, now, rng
        self.first: datetime | None = None

    @transaction.atomic
    def store(self, times: list[datetime]) -> list[DemoSubmission]:
        self.first = self.first or times[0]
        numbers = numbers_reserve(model=Submission, count=len(times))
        patterns = self.rng.choices(self.patterns, k=len(times))
        sources = self.rng.choices([*SOURCES], [*SOURCES.values()], k=len(times))
        rows, made = [], []
        seen: Counter[tuple[date, str, tuple[str, ...]]] = Counter()
        for pk, at, each, named in zip(numbers, times, patterns, sources, strict=True):
            source = self._source(named, at)
            cleared = _cleared(each, at, self.now, self.rng)
            rows.append(
                (
                    pk, _token(self.rng), self.edition.pk, at, cleared, each.answers, each.safety,
                    each.result, each.safety_level, each.profile, each.total, source,
                )
            )  # fmt: skip
            since = at if each.guide == "now" else cleared
            made.append(DemoSubmission(pk, self.edition.pk, each.profile, source, since))
            if source in SOURCES:
                seen[at.date(), source, each.shown] += 1
        rows_insert(model=Submission, fields=FIELDS, rows=rows)
        demo_sights_create(visits_seen(seen, self.edition, self.rng))
        return made

    def _source(self, named: str, at: datetime) -> str:
        again = at - (self.first or at) > AGAIN_AFTER and self.rng.random() < MEASURES_AGAIN
        return MEASURE_AGAIN if again else named


def _cleared(pattern: Pattern, at: datetime, now: datetime, rng: Random) -> datetime | None:
    """Some come back some days later, and say that a clinician has cleared them."""
    if pattern.guide != "after_clearance" or rng.random() >= CLEARS:
        return None
    cleared = at + DAY * rng.uniform(0.5, 6)
    return cleared if cleared < now else None


def _token(rng: Random) -> str:
    return TOKEN_START + urlsafe_b64encode(rng.randbytes(TOKEN_REST)).decode()[:TOKEN_REST]
