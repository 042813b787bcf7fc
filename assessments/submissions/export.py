"""Exports the answers to a self-check as CSV: a row per submission, a column per question."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from operator import itemgetter
from typing import Any, Literal, TypeAlias

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format

from assessments import hooks, selectors
from assessments.definition import Definition
from assessments.models import Assessment, Edition, Submission
from assessments.scoring import NONE_TICKED
from assessments.submissions.since_first import since_first
from runfit.lib.csv_export import (
    BOM,
    ExportSummary,
    Pieces,
    Row,
    clock,
    csv_text,
    escape_formula,
    export_begin,
    export_rows,
    in_batches,
)
from runfit.lib.hooks import gather

Written: TypeAlias = Literal["labels", "keys"]

WRITTEN: Mapping[Written, str] = {"labels": "words", "keys": "short keys"}
EARLIEST, LATEST = date(2000, 1, 1), date(3000, 1, 1)
SAMPLE = 100
FIELDS = (
    "pk", "added_to_id", "retest_of_id", "created_at", "edition_id", "safety_level", "safety",
    "profile", "result__dimensions", "total", "source", "answers",
)  # fmt: skip
TICKED = " | "
VERDICTS = {
    "same": "about the same",
    "mixed": "some of each",
    "none": "nothing to compare",
}
"""The words of the verdicts on a retake that aren't their own."""
UNSCORED = {"score": None}
FIRST_TIME: Row = ["", None, None]


@dataclass(frozen=True, slots=True)
class DayRange:
    """An inclusive range of days in the site's time zone."""

    first: date | None = None
    last: date | None = None

    def __str__(self) -> str:
        begin = f"from {date_format(self.first)}" if self.first else ""
        end = f"until {date_format(self.last)}" if self.last else ""
        return " ".join(filter(None, [begin, end])) or "of all days"

    def filter_on(self, field: str) -> Q:
        begin = Q(**{f"{field}__gte": _midnight(self.first)}) if self.first else Q()
        end = Q(**{f"{field}__lt": _midnight(self.last, 1)}) if self.last else Q()
        return begin & end


def _midnight(day: date, later: int = 0) -> datetime:
    """Clamped to a range that every database supports."""
    clamped = min(max(day, EARLIEST), LATEST) + timedelta(days=later)
    return timezone.make_aware(datetime.combine(clamped, time.min))


class AnswersExportRows:
    """The current submissions of a self-check, in one of the databases. Later ones are not
    included."""

    def __init__(
        self,
        assessment: Assessment,
        days: DayRange,
        written: Written,
        using: str = DEFAULT_DB_ALIAS,
    ) -> None:
        self.assessment, self.days, self.written = assessment, days, written
        self._submissions = Submission.objects.using(using).filter(days.filter_on("created_at"))
        rows = self._submissions.filter(edition__assessment=assessment)
        extents = rows.order_by().values_list("edition").annotate(Count("pk"), Min("pk"), Max("pk"))
        self._extents = {edition: tuple(extent) for edition, *extent in extents}

    def __str__(self) -> str:
        return f"answers to “{self.assessment}” {self.days}, in {WRITTEN[self.written]}"

    def __len__(self) -> int:
        return sum(number for number, _first, _last in self._extents.values())

    @cached_property
    def table(self) -> "Table":
        """The table format. Reads every edition once."""
        editions = Edition.objects.defer("definition").filter(pk__in=self._extents)
        return Table(
            {
                edition: selectors.edition_definition(edition)
                for edition in editions.order_by("-number")
            },
            self.written,
        )

    def batches(self) -> Iterator[list[Row]]:
        for rows in in_batches(self._rows, itemgetter(0)):
            yield self._written(rows)

    def newest(self, number: int) -> list[Row]:
        return self._written([*self._rows.order_by("-pk")[:number]])

    def _written(self, rows: Sequence[tuple[Any, ...]]) -> list[Row]:
        """Two more queries if there are retakes among them."""
        runners = {first for _pk, _added_to, first, *_ in rows if first}
        retakes = self._retakes(runners) if runners else {}
        return [self.table.row(row, retakes.get(row[0], FIRST_TIME)) for row in rows]

    def _retakes(self, runners: set[int]) -> dict[int, Row]:
        """How each visit after the first went since then, and the sessions done in between."""
        visits = since_first(runners)
        sessions: dict[hooks.Between, list[hooks.SessionsDone]] = defaultdict(list)
        for between, done in gather(
            hooks.sessions_done, [each.between for each in visits.values()]
        ):
            sessions[between].append(done)
        return {
            pk: [self.table.verdicts.get(each.verdict, each.verdict), *_sum(sessions[each.between])]
            for pk, each in visits.items()
        }

    @property
    def _rows(self) -> QuerySet[Submission, tuple[Any, ...]]:
        first = min((first for _number, first, _last in self._extents.values()), default=0)
        last = max((last for _number, _first, last in self._extents.values()), default=0)
        rows = self._submissions.filter(pk__range=(first, last), edition__in=[*self._extents])
        return rows.values_list(*FIELDS)


def answers_about(*, answers: AnswersExportRows) -> ExportSummary:
    """The number of rows and the estimated size, based on the newest rows."""
    number = len(answers)
    sample = answers.newest(SAMPLE) if number else []
    size = len(csv_text(sample).encode()) / len(sample) * number if sample else 0
    return ExportSummary(number, round(size))


def answers_export(
    *,
    answers: AnswersExportRows,
    actor: Any = None,
    tell: Callable[[int], None] = lambda rows: None,
) -> Pieces:
    """Stream CSV in pieces with constant memory. Creates an audit log entry before the first one.

    Contains no tokens, because a token opens the runner's page, and no email addresses. Keys are
    the same in all versions; labels are from the version that was answered.
    """
    of = {"assessment": answers.assessment.pk}
    entry = export_begin(Submission, str(answers), actor=actor, of=of)
    return export_rows(answers.table.header, answers.batches(), entry, start=BOM, tell=tell)


class Table:
    """The columns of all versions: the newest version's first, then those that were removed."""

    def __init__(self, definitions: Mapping[Edition, Definition], written: Written) -> None:
        """`definitions` are ordered newest first."""
        self.dimensions = _merged(definitions.values(), lambda definition: definition.dimensions)
        self.questions = _merged(definitions.values(), lambda definition: definition.questions)
        self.editions = {
            edition.pk: _EditionColumns(edition, definition, [*self.questions], written)
            for edition, definition in definitions.items()
        }
        self.verdicts = VERDICTS if written == "labels" else {}
        self.zone = timezone.get_current_timezone()
        self.header = self._header() if written == "labels" else self._keys()

    def _header(self) -> Row:
        scores = _unique(
            {key: f"Score: {dimension.label}" for key, dimension in self.dimensions.items()}
        )
        questions = _unique({key: question.text for key, question in self.questions.items()})
        return [
            "Answers", "Adds checks to", "Retakes",
            "Since the first time", "Sessions done", "Sessions in the plan",
            "Time (UTC)", f"Local time ({self.zone})",
            "Version", "Version was wrong", "Came from", "Safety level", "Safety list",
            "Result type", *scores, "Total", *questions,
        ]  # fmt: skip

    def _keys(self) -> Row:
        """Dots can't collide: keys have none."""
        return [
            "answers", "adds_checks_to", "retakes",
            "since_first", "sessions_done", "sessions_planned",
            "time_utc", "time_local", "version", "version_was_wrong", "source",
            "safety_level", "safety", "profile",
            *(f"score.{key}" for key in self.dimensions), "total",
            *(f"answer.{key}" for key in self.questions),
        ]  # fmt: skip

    def row(self, columns: tuple[Any, ...], since_first: Row) -> Row:
        """`since_first` are the columns about retakes."""
        number, first, retakes, at, edition, level, safety, profile, *more = columns
        scores, total, source, answers = more
        labels, scores = self.editions[edition], scores or {}  # None at a safety stop
        return [
            number,
            first,
            retakes,
            *since_first,
            clock(at.astimezone(UTC)),
            clock(at.astimezone(self.zone)),
            labels.number,
            labels.wrong,
            escape_formula(source),
            labels.levels.get(level, level),
            escape_formula(TICKED.join(labels.items.get(key, key) for key in safety)),
            labels.profiles.get(profile, profile),
            *(scores.get(key, UNSCORED)["score"] for key in self.dimensions),
            total,
            *labels.cells(answers),
        ]  # fmt: skip


def _sum(plans: Sequence[hooks.SessionsDone]) -> Iterator[int | None]:
    """Of all plans that a runner had. Empty if nobody knows: that isn't zero."""
    yield sum(each.done for each in plans) if plans else None
    yield sum(each.planned for each in plans) if plans else None


class _EditionColumns:
    """An edition's labels for stored keys, escaped once instead of per row."""

    def __init__(
        self, edition: Edition, definition: Definition, questions: Sequence[str], written: Written
    ) -> None:
        safety = definition.safety
        levels = {key: level.title for key, level in safety.levels.items()}
        profiles = {profile.key: profile.title for profile in definition.profiles}
        items = {item.key: item.text for item in safety.items} | {NONE_TICKED: safety.none_label}
        choices = {
            question.key: {choice.key: choice.label for choice in question.choices}
            for question in definition.questions
        }
        words = written == "labels"
        self.number, self.wrong = edition.number, escape_formula(edition.recall_reason)
        self.levels = _cells(levels, words=words)
        self.profiles = _cells(profiles, words=words)
        self.items = items if words else {}
        self._answers = [(key, _cells(choices.get(key, {}), words=words)) for key in questions]

    def cells(self, answers: Mapping[str, Any]) -> Iterator[str | int | None]:
        for key, words in self._answers:
            answer: Any = answers.get(key)
            if isinstance(answer, list):
                answer = TICKED.join(str(words.get(each, each)) for each in answer)
            yield words.get(answer, answer)


def _cells(words_by_key: Mapping[str, str], *, words: bool) -> dict[str, str]:
    return {key: escape_formula(text if words else key) for key, text in words_by_key.items()}


def _merged(
    definitions: Iterable[Definition], parts: Callable[[Definition], Any]
) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for definition in definitions:
        for part in parts(definition):
            merged.setdefault(part.key, part)
    return merged


def _unique(headings: Mapping[str, str]) -> Iterator[str]:
    """Add the key to repeated headings, such as a question that was recreated with a new key."""
    texts = [*headings.values()]
    for key, text in headings.items():
        yield escape_formula(text if texts.count(text) == 1 else f"{text} ({key})")
