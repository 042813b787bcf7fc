"""Tells whether anything that the PT writes has changed, in one statement.

Reading a draft with all its parts takes dozens of statements, and checking it far longer. A hash of
its rows costs as much as one of these, and no way to change a row can go unseen.
"""

from collections.abc import Callable, Hashable
from functools import cache
from hashlib import sha256
from typing import TypeVar

from django.apps import apps
from django.db import connection, models
from django.utils.translation import get_language

from runfit.lib import caching
from runfit.lib.audit import Recorded
from runfit.lib.models import Snapshot

T = TypeVar("T")


def cached_of_content(
    version: str,
    key: Hashable,
    read: Callable[[], T],
    *,
    besides: object = "",
    keep: Callable[[T], bool] = lambda _: True,
) -> T:
    """What's read from content in the active language, cached as long as its version is this one,
    and what it rests on besides is the same. What's read while content changes isn't kept."""
    return caching.cached_of(
        f"{version} {besides}",
        (key, get_language()),
        read,
        keep=lambda value: keep(value) and content_version() == version,
    )


def content_version() -> str:
    """A hash of all drafts, of the practice, and of what's known of versions."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(connection.vendor))
        rows = cursor.fetchall()
    return sha256(repr(rows).encode()).hexdigest()


@cache
def _statement(vendor: str) -> str:
    parts = [
        f"SELECT {number} AS part, id AS row_id, {_row(model, vendor)} AS text FROM {_table(model)}"  # noqa: S608 - our own names
        for number, model in enumerate(_models())
    ]
    return f"{' UNION ALL '.join(parts)} ORDER BY part, row_id"


def _models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if issubclass(model, Recorded | Snapshot)]


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _row(model: type[models.Model], vendor: str) -> str:
    """A row as one text. Of versions, only what all have in common can change."""
    among = Snapshot if issubclass(model, Snapshot) else model
    common = {field.name for field in among._meta.local_fields}
    names = ", ".join(
        connection.ops.quote_name(str(field.column))
        for field in model._meta.local_fields
        if field.name in common
    )
    return f"md5(ROW({names})::text)" if vendor == "postgresql" else f"json_array({names})"
