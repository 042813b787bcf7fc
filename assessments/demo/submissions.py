"""Realistic demo submissions, for demonstrations and benchmarks.

Scored like real ones, once per answer pattern. Demo rows are recognized by their prefix: tokens
start with demo-answers-, which no real token does, and sources with demo-. Email addresses end in
demo.runfit.example. Events from a real link whose utm_source starts with demo- would be deleted
with the demo data.
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
from assessments.demo.sightings import demo_sights_create, demo_sights_delete, visit_sightings
from assessments.models import Edition, Submission
from assessments.scoring import NONE_TICKED, score
from assessments.scoring.rules import answers_hold

TOKEN_PREFIX = "demo-answers-"  # noqa: S105 - a prefix, not a secret
TOKEN_REST = 30  # of 43 characters
BATCH = 10_000
PATTERNS = 5_000
"""Distinct sets of answers; each is scored once."""

SAFETY_RATE = 0.07
"""The share of runners who tick a safety item."""
SKIP_RATE = 0.45
CLEARANCE_RATE = 0.5

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
"""The sources and their shares."""
RETEST_RATE = 0.02
RETEST_AFTER = timedelta(days=30)

FIELDS = (
    "id", "token", "edition", "created_at", "cleared_at", "answers", "safety", "result",
    "safety_level", "profile", "total", "source",
)  # fmt: skip


class DemoSubmission(NamedTuple):
    """What demo guide requests need to know about a submission.

    `since`: when the guide can be requested; None if the safety level rules it out.
    """

    pk: int
    edition: int
    profile: str
    source: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Pattern:
    """A set of answers and its result, as stored."""

    answers: str
    safety: str
    result: str
    safety_level: str
    profile: str
    total: int | None
    guide: str
    shown: tuple[str, ...]
    """The keys of the questions answered, in order."""


def demo_submissions_create(
    *, edition: Edition, number: int, days: int, rng: Random
) -> Iterator[list[DemoSubmission]]:
    """Store demo submissions spread over the last days, oldest first. Yields each stored batch."""
    definition = selectors.edition_definition(edition)
    generator = AnswerGenerator(definition, rng)
    patterns = [generator.pattern() for _ in range(min(number, PATTERNS))]
    now = timezone.now()
    writer = BatchWriter(edition, patterns, now, rng)
    times = random_times(number=number, days=days, now=now, rng=rng)
    while batch := list(islice(times, BATCH)):
        yield writer.store(batch)


def demo_submissions_delete() -> int:
    """Delete the demo data; returns the number of submissions. Delete what refers to them first."""
    demo_sights_delete()
    return rows_delete(demo_submissions())


def demo_first_day() -> date | None:
    """The first day with demo submissions."""
    first: datetime | None = demo_submissions().aggregate(first=Min("created_at"))["first"]
    return timezone.localdate(first) if first else None


def demo_submissions() -> QuerySet[Submission]:
    return Submission.objects.filter(token__startswith=TOKEN_PREFIX)


def real_answers_exist() -> bool:
    return Submission.objects.exclude(token__startswith=TOKEN_PREFIX).exists()


class AnswerGenerator:
    """Answers a self-check like a runner: likely answers to shown questions only."""

    def __init__(self, definition: Definition, rng: Random) -> None:
        self.definition = definition
        self.rng = rng
        self.weights = {question.key: self._weights(question) for question in definition.questions}

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
        return tuple(question.key for question in questions if question.key in answers)

    def _weights(self, question: QuestionSpec) -> tuple[list[Answer], list[float]]:
        if question.choices:
            return [choice.key for choice in question.choices], [
                self.rng.uniform(0.4, 2) for _ in question.choices
            ]
        numbers = range(question.minimum, question.maximum + 1)
        third = max(1, len(numbers) / 3)  # low numbers are more likely
        return [*numbers], [1 / (1 + (number - numbers[0]) / third) ** 3 for number in numbers]

    def _safety(self) -> list[str]:
        items = self.definition.safety.items
        if not items or self.rng.random() >= SAFETY_RATE:
            return [NONE_TICKED]
        # The list starts with the most serious items, which are the rarest.
        return self.rng.choices([item.key for item in items], range(1, len(items) + 1))

    def _answers(self) -> dict[str, Answer]:
        """Answers up to the first one that triggers a safety stop."""
        answers: dict[str, Answer] = {}
        for question in self.definition.questions:
            if not answers_hold(question.show_if, answers):
                continue
            if question.optional and self.rng.random() < SKIP_RATE:
                continue
            answers[question.key] = self._answer(question)
            if self._stopped(answers):
                break
        return answers

    def _answer(self, question: QuestionSpec) -> Answer:
        """One likely answer. Of several, one that can stand alone, or one to three others."""
        options, weights = self.weights[question.key]
        if question.kind == "several":
            picked = self.rng.choices(options, weights, k=self.rng.randint(1, 3))
            return question.valid_answer(picked) or question.valid_answer(picked[:1]) or ()
        return self.rng.choices(options, weights)[0]

    def _stopped(self, answers: dict[str, Answer]) -> bool:
        safety = self.definition.safety
        return any(
            safety.level(rule.level).stops and answers_hold(rule.when, answers)
            for rule in safety.derived
        )


def random_times(*, number: int, days: int, now: datetime, rng: Random) -> Iterator[datetime]:
    """Increasing random times up to now, more of them recently, on Mondays, and in the evening."""
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    starts = [today - DAY * back for back in range(days, -1, -1)]
    weights = [
        WEEKDAYS[start.weekday()] * (0.6 + index / days) * rng.uniform(0.8, 1.2)
        for index, start in enumerate(starts)
    ]
    elapsed = (now - today).total_seconds()
    weights[-1] *= elapsed / DAY.total_seconds()
    done, weight_so_far, total = 0, 0.0, sum(weights)
    for start, weight in zip(starts, weights, strict=True):
        weight_so_far += weight
        last = start is starts[-1]
        target = number if last else round(number * weight_so_far / total)
        seconds = (
            [rng.random() * elapsed for _ in range(target - done)]
            if last
            else [
                3600 * (hour + rng.random())
                for hour in rng.choices(range(24), HOURS, k=target - done)
            ]
        )
        yield from (start + timedelta(seconds=second) for second in sorted(seconds))
        done = target


class BatchWriter:
    """Stores batches of submissions together with matching sightings."""

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
        finished: Counter[tuple[date, str, tuple[str, ...]]] = Counter()
        for pk, at, pattern, random_source in zip(numbers, times, patterns, sources, strict=True):
            source = self._source(random_source, at)
            cleared = _cleared(pattern, at, self.now, self.rng)
            rows.append(
                (
                    pk, _token(self.rng), self.edition.pk, at, cleared, pattern.answers,
                    pattern.safety, pattern.result, pattern.safety_level, pattern.profile,
                    pattern.total, source,
                )
            )  # fmt: skip
            since = at if pattern.guide == "now" else cleared
            made.append(DemoSubmission(pk, self.edition.pk, pattern.profile, source, since))
            if source in SOURCES:
                finished[at.date(), source, pattern.shown] += 1
        rows_insert(model=Submission, fields=FIELDS, rows=rows)
        demo_sights_create(visit_sightings(finished, self.edition, self.rng))
        return made

    def _source(self, source: str, at: datetime) -> str:
        is_retest = at - (self.first or at) > RETEST_AFTER and self.rng.random() < RETEST_RATE
        return MEASURE_AGAIN if is_retest else source


def _cleared(pattern: Pattern, at: datetime, now: datetime, rng: Random) -> datetime | None:
    """When a clinician cleared the runner, for some of those who need clearance."""
    if pattern.guide != "after_clearance" or rng.random() >= CLEARANCE_RATE:
        return None
    cleared = at + DAY * rng.uniform(0.5, 6)
    return cleared if cleared < now else None


def _token(rng: Random) -> str:
    return TOKEN_PREFIX + urlsafe_b64encode(rng.randbytes(TOKEN_REST)).decode()[:TOKEN_REST]
