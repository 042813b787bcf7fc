"""Bulk inserts (COPY on PostgreSQL, executemany elsewhere) and bulk deletes."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import StringIO
from typing import Any

from django.db import connection, models
from django.db.models import Max

# Characters that are special in COPY's text format.
ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def rows_insert(
    *, model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert raw rows: JSON as text, without model defaults or signals."""
    quote = connection.ops.quote_name
    field: Any = model._meta.get_field
    columns = [quote(field(name).column) for name in fields]
    table, names = quote(model._meta.db_table), ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            text = StringIO("".join(_line(row) for row in rows))
            cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", text)
        else:
            placeholders = ", ".join(["%s"] * len(columns))
            values = [[_value(value) for value in row] for row in rows]
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({placeholders})", values)  # noqa: S608 - our own names


def rows_delete(rows: models.QuerySet[Any]) -> int:
    """Delete rows that nothing references any more; returns how many.

    `QuerySet.delete` would load them all to look for related rows.
    """
    return rows._raw_delete(rows.db)  # noqa: SLF001 - see above


def numbers_reserve(*, model: type[models.Model], count: int) -> range:
    """Reserve primary keys."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(s, nextval(s) + %s) FROM pg_get_serial_sequence(%s, 'id') AS s",
                [count - 1, model._meta.db_table],
            )
            last = cursor.fetchone()[0]
    else:
        last = (model._default_manager.aggregate(last=Max("pk"))["last"] or 0) + count
    return range(last - count + 1, last + 1)


def _line(row: Sequence[Any]) -> str:
    return "\t".join([r"\N" if value is None else _text(value) for value in row]) + "\n"


def _text(value: Any) -> str:
    return value.translate(ESCAPES) if isinstance(value, str) else str(value)


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value
