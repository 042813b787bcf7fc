"""The moves of one delivery: each a single statement that holds only for the row as it is known.

Written as SQL, since they are made for every mail: Django takes ten times as long to put such a
statement together as the database takes to run it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from guides.models import Delivery

TABLE = Delivery._meta.db_table

Values = Mapping[str, Any]


def row_move(pk: int, *, known: Values, new: Values, due: datetime | None = None) -> bool:
    """Change the row if it still is as it is known, and was `due` then. Whether it was."""
    sets = ", ".join(f"{name} = %s" for name in new)
    condition, values = _condition(pk, known)
    if due:
        condition, values = f"{condition} AND due_at <= %s", [*values, *_stored({"due_at": due})]
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {TABLE} SET {sets} WHERE {condition}", [*_stored(new), *values])  # noqa: S608 - names of our own
        return bool(cursor.rowcount)


def row_stands(pk: int, *, known: Values) -> bool:
    """Whether the row is still as it is known."""
    condition, values = _condition(pk, known)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {TABLE} WHERE {condition}", values)  # noqa: S608 - names of our own
        return cursor.fetchone() is not None


def _condition(pk: int, known: Values) -> tuple[str, list[Any]]:
    empty = [f"{name} IS NULL" for name, value in known.items() if value is None]
    values = {name: value for name, value in known.items() if value is not None}
    equal = [f"{name} = %s" for name in values]
    return " AND ".join(["id = %s", *equal, *empty]), [pk, *_stored(values)]


def _stored(values: Values) -> list[Any]:
    """As this database keeps them."""
    field: Any = Delivery._meta.get_field
    return [field(name).get_db_prep_save(value, connection) for name, value in values.items()]
