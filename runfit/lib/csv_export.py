"""CSV exports, streamed in batches and recorded in the audit log."""

import csv
import io
import logging
import unicodedata
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

from auditlog.models import LogEntry
from django.db import DEFAULT_DB_ALIAS, Error, models

from runfit.lib.audit import export_log, export_settle
from runfit.lib.database import replica

logger = logging.getLogger(__name__)

Row: TypeAlias = Sequence[str | int | None]
Pieces: TypeAlias = Generator[str, None, None]
T = TypeVar("T")

BATCH = 1000
FORMULA = tuple("=+-@\t\r\n")
BOM = "\ufeff"
"""Without it, Excel reads UTF-8 in the computer's legacy encoding: “sí” becomes “sÃ\xad”. The file
for newsletter tools has none, because programs read it."""


def escape_formula(cell: str) -> str:
    """Guards against CSV injection: spreadsheets run cells that begin like this as formulas. Pass
    numbers as numbers, so that they stay numbers."""
    if cell[:1].isalnum():
        return cell
    first = unicodedata.normalize("NFKC", cell[:1])  # full-width signs count too
    return f"'{cell}" if first in FORMULA else cell


def clock(moment: datetime) -> str:
    """A time as spreadsheets read it. The column's heading names the time zone."""
    return moment.replace(tzinfo=None).isoformat(" ", "seconds")


def csv_text(rows: Iterable[Row]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


def export_begin(
    model: type[models.Model],
    what: str,
    *,
    actor: Any = None,
    of: Mapping[str, int] | None = None,
) -> LogEntry:
    """Record the export before its first row is sent. Without an actor, it was a management
    command. `of` names the drafts whose history shows it."""
    entry = export_log(model, what, actor=actor, of=of)
    logger.info("Export %s by %s: %s.", entry.pk, f"user {actor.pk}" if actor else "command", what)
    return entry


def export_rows(
    header: Row,
    batches: Iterable[Sequence[Row]],
    entry: LogEntry,
    *,
    start: str = "",
    tell: Callable[[int], None] = lambda rows: None,
) -> Pieces:
    """The table as text, one piece per batch. `tell` is called with the number of rows so far.

    However it ends, the audit log then has the number of rows. That includes the last piece, which
    may not have arrived if the client hung up.
    """
    rows, end = 0, "stopped after "
    try:
        yield start + csv_text([header])
        for batch in batches:
            rows += len(batch)
            yield csv_text(batch)
            tell(rows)
        end = ""
    finally:
        _end(entry, f"{end}{rows_in_words(rows)}")


def in_batches(rows: "models.QuerySet[Any, T]", number: Callable[[T], int]) -> Iterator[list[T]]:
    """Batches in primary key order, one query each. While a slow client reads, nothing is open in
    the database: no transaction that blocks vacuum, no cursor that a pooler would lose. If the
    replica fails, it goes on from the primary."""
    after = 0
    while batch := _batch(rows, after):
        yield batch
        if len(batch) < BATCH:
            return
        after = number(batch[-1])


def _batch(rows: "models.QuerySet[Any, T]", after: int) -> list[T]:
    batch = rows.filter(pk__gt=after).order_by("pk")[:BATCH]
    try:
        return list(batch)
    except Error as error:
        if rows.db != replica.ALIAS:
            raise
        replica.note_failure(error)
        return list(batch.using(DEFAULT_DB_ALIAS))


def rows_in_words(number: int) -> str:
    return "1 row" if number == 1 else f"{number:,} rows"


def _end(entry: LogEntry, how: str) -> None:
    logger.info("Export %s ended: %s.", entry.pk, how)
    try:
        export_settle(entry, how)
    except Error:  # maybe the same error that ended the export
        logger.exception("Cannot record how export %s ended.", entry.pk)


@dataclass(frozen=True, slots=True)
class ExportSummary:
    """The expected size of an export."""

    rows: int
    size: int = 0  # in bytes, if estimated
