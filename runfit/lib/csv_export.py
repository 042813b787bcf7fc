"""Tables on their way out: as CSV, batch by batch, with a line in the history."""

import csv
import io
import logging
import unicodedata
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

from auditlog.models import LogEntry
from django.db import Error, models

from runfit.lib.audit import export_log, export_settle

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
    """A spreadsheet takes what begins so for a formula, and a visitor may have typed it. Numbers
    stay numbers: hand them on as such."""
    if cell[:1].isalnum():
        return cell
    begins = unicodedata.normalize("NFKC", cell[:1])  # wide signs count too
    return f"'{cell}" if begins in FORMULA else cell


def clock(moment: datetime) -> str:
    """As spreadsheets read it. The heading of its column says of which zone it is."""
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
    """Say in the log and in the history what leaves, before its first line does. Where nobody is
    the actor, it was a command on the server. `of` says which drafts' history tells of it."""
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
    """The table as text, a piece for each batch. `tell` hears how many rows went so far.

    However it ends, the history then says how many: those of the last piece too, which may not
    have arrived where somebody hung up.
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
    """By number, each batch a query of its own. Between two of them, for as long as a slow reader
    takes, the database holds nothing open: no transaction that keeps it from cleaning up, and no
    cursor, which a pooler would lose."""
    after = 0
    while batch := list(rows.filter(pk__gt=after).order_by("pk")[:BATCH]):
        yield batch
        if len(batch) < BATCH:
            return
        after = number(batch[-1])


def rows_in_words(number: int) -> str:
    return "1 row" if number == 1 else f"{number:,} rows"


def _end(entry: LogEntry, how: str) -> None:
    logger.info("Export %s ended: %s.", entry.pk, how)
    try:
        export_settle(entry, how)
    except Error:  # it may be what ended the export
        logger.exception("The history cannot say how export %s ended.", entry.pk)


@dataclass(frozen=True, slots=True)
class ExportSummary:
    """What to expect of an export."""

    rows: int
    size: int = 0  # in bytes, where it is guessed
