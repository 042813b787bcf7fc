"""The answers to one self-check as a table: a row for each runner, a column for each question."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from operator import itemgetter
from typing import Any, Literal, TypeAlias

from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format

from assessments import selectors
from assessments.definition import Definition
from assessments.models import Assessment, Edition, Submission
from assessments.scoring import NONE_TICKED
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

Written: TypeAlias = Literal["labels", "keys"]

WRITTEN: Mapping[Written, str] = {"labels": "words", "keys": "short keys"}
EARLIEST, LATEST = date(2000, 1, 1), date(3000, 1, 1)
SAMPLE = 100
FIELDS = (
    "pk", "created_at", "edition_id", "safety_level", "safety", "profile", "result__dimensions",
    "total", "source", "answers",
)  # fmt: skip
TICKED = " | "
UNSCORED = {"score": None}


@dataclass(frozen=True, slots=True)
class DayRange:
    """From the first to the last, both included, as the site's clock counts them."""

    first: date | None = None
    last: date | None = None

    def __str__(self) -> str:
        begin = f"from {date_format(self.first)}" if self.first else ""
        end = f"until {date_format(self.last)}" if self.last else ""
        return " ".join(filter(None, [begin, end])) or "of all days"

    def holding(self, field: str) -> Q:
        begin = Q(**{f"{field}__gte": _midnight(self.first)}) if self.first else Q()
        end = Q(**{f"{field}__lt": _midnight(self.last, 1)}) if self.last else Q()
        return begin & end


def _midnight(day: date, later: int = 0) -> datetime:
    """Within what any clock and database can say; nobody answered outside of it."""
    said = min(max(day, EARLIEST), LATEST) + timedelta(days=later)
    return timezone.make_aware(datetime.combine(said, time.min))


class AnswersExportRows:
    """Those to one self-check that are there now. What comes later is left out."""

    def __init__(self, assessment: Assessment, days: DayRange, written: Written) -> None:
        self.assessment, self.days, self.written = assessment, days, written
        found = Submission.objects.filter(
            days.holding("created_at"), edition__assessment=assessment
        )
        each = found.order_by().values_list("edition").annotate(Count("pk"), Min("pk"), Max("pk"))
        self._extents = {edition: tuple(extent) for edition, *extent in each}

    def __str__(self) -> str:
        return f"answers to “{self.assessment}” {self.days}, in {WRITTEN[self.written]}"

    def __len__(self) -> int:
        return sum(number for number, _first, _last in self._extents.values())

    @cached_property
    def table(self) -> "Table":
        """Reads each version once."""
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
            yield [*map(self.table.row, rows)]

    def newest(self, number: int) -> list[Row]:
        return [*map(self.table.row, self._rows.order_by("-pk")[:number])]

    @property
    def _rows(self) -> QuerySet[Submission, tuple[Any, ...]]:
        first = min((first for _number, first, _last in self._extents.values()), default=0)
        last = max((last for _number, _first, last in self._extents.values()), default=0)
        rows = Submission.objects.filter(self.days.holding("created_at"), pk__range=(first, last))
        return rows.filter(edition__in=[*self._extents]).values_list(*FIELDS)


def answers_about(*, answers: AnswersExportRows) -> ExportSummary:
    """The size is guessed from the newest rows."""
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
    """CSV in pieces, in memory that does not grow with it. It is told in the history at once,
    before the first piece is asked for.

    No token and no address: a token opens its runner's page. The short keys are the same in all
    versions; the words are those of the version that was answered.
    """
    of = {"assessment": answers.assessment.pk}
    entry = export_begin(Submission, str(answers), actor=actor, of=of)
    return export_rows(answers.table.header, answers.batches(), entry, start=BOM, tell=tell)


class Table:
    """The columns of all versions: as the newest has them, then those that it no longer has."""

    def __init__(self, definitions: Mapping[Edition, Definition], written: Written) -> None:
        """`definitions`, the newest first."""
        self.dimensions = _merged(definitions.values(), lambda each: each.dimensions)
        self.questions = _merged(definitions.values(), lambda each: each.questions)
        self.sheets = {
            edition.pk: _Sheet(edition.number, definition, [*self.questions], written)
            for edition, definition in definitions.items()
        }
        self.zone = timezone.get_current_timezone()
        self.header = self._header() if written == "labels" else self._keys()

    def _header(self) -> Row:
        scores = _told_apart({key: f"Score: {each.label}" for key, each in self.dimensions.items()})
        asked = _told_apart({key: each.text for key, each in self.questions.items()})
        return [
            "Answers", "Time (UTC)", f"Local time ({self.zone})", "Version", "Came from",
            "Safety level", "Safety list", "Result type", *scores, "Total", *asked,
        ]  # fmt: skip

    def _keys(self) -> Row:
        """No key of a file has a dot."""
        return [
            "answers", "time_utc", "time_local", "version", "source", "safety_level", "safety",
            "profile",
            *(f"score.{key}" for key in self.dimensions), "total",
            *(f"answer.{key}" for key in self.questions),
        ]  # fmt: skip

    def row(self, columns: tuple[Any, ...]) -> Row:
        number, at, edition, level, safety, profile, scores, total, source, answers = columns
        sheet, scores = self.sheets[edition], scores or {}  # none where it stopped
        return [
            number,
            clock(at.astimezone(UTC)),
            clock(at.astimezone(self.zone)),
            sheet.number,
            escape_formula(source),
            sheet.levels.get(level, level),
            escape_formula(TICKED.join(sheet.items.get(key, key) for key in safety)),
            sheet.profiles.get(profile, profile),
            *(scores.get(key, UNSCORED)["score"] for key in self.dimensions),
            total,
            *sheet.cells(answers),
        ]  # fmt: skip


class _Sheet:
    """One version's words for what is stored of it, made once and not for each row."""

    def __init__(
        self, number: int, definition: Definition, questions: Sequence[str], written: Written
    ) -> None:
        safety = definition.safety
        levels = {key: level.title for key, level in safety.levels.items()}
        profiles = {each.key: each.title for each in definition.profiles}
        items = {each.key: each.text for each in safety.items} | {NONE_TICKED: safety.none_label}
        choices = {
            each.key: {choice.key: choice.label for choice in each.choices}
            for each in definition.questions
        }
        words = written == "labels"
        self.number = number
        self.levels = _cells(levels, words=words)
        self.profiles = _cells(profiles, words=words)
        self.items = items if words else {}
        self._answers = [(key, _cells(choices.get(key, {}), words=words)) for key in questions]

    def cells(self, answers: Mapping[str, Any]) -> Iterator[str | int | None]:
        for key, words in self._answers:
            given: Any = answers.get(key)
            yield words.get(given, given)


def _cells(words_by_key: Mapping[str, str], *, words: bool) -> dict[str, str]:
    return {key: escape_formula(text if words else key) for key, text in words_by_key.items()}


def _merged(
    definitions: Iterable[Definition], parts: Callable[[Definition], Any]
) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for definition in definitions:
        for each in parts(definition):
            merged.setdefault(each.key, each)
    return merged


def _told_apart(headings: Mapping[str, str]) -> Iterator[str]:
    """A question that was asked anew under another key has the words of the old one."""
    texts = [*headings.values()]
    for key, text in headings.items():
        yield escape_formula(text if texts.count(text) == 1 else f"{text} ({key})")
