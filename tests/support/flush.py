"""Empties the test database after a test that commits.

Django's `flush` truncates all tables, and has each app make its permissions anew. On PostgreSQL, that
takes longer than most tests.
"""

from dataclasses import dataclass
from typing import Any

from django.core.management import BaseCommand
from django.core.management.commands import flush
from django.db import connection, transaction


@dataclass(frozen=True)
class Migrated:
    """Copies of the rows that migrations leave, in tables of their own."""

    tables: list[str]
    filled: list[str]

    @classmethod
    def keep(cls) -> "Migrated":
        tables = connection.introspection.django_table_names(
            only_existing=True, include_views=False
        )
        filled = _filled(tables)
        with connection.cursor() as cursor:
            for table in filled:
                cursor.execute(f"CREATE TABLE {_kept(table)} AS SELECT * FROM {_own(table)}")
        return cls(tables, filled)

    def restore(self) -> None:
        self._put_back()
        if connection.vendor == "postgresql":
            _vacuum()

    @transaction.atomic
    def _put_back(self) -> None:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                # Waits for whoever still writes, as TRUNCATE does.
                tables = ", ".join(map(_own, self.tables))
                cursor.execute(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE")
            for table in _filled(self.tables):
                cursor.execute(f"DELETE FROM {_own(table)}")
            for table in self.filled:
                cursor.execute(f"INSERT INTO {_own(table)} SELECT * FROM {_kept(table)}")


def replace_flush(migrated: Migrated) -> None:
    class Command(BaseCommand):
        stealth_options = (
            "interactive", "database", "reset_sequences", "allow_cascade", "inhibit_post_migrate",
        )  # fmt: skip

        def handle(self, **options: Any) -> None:
            migrated.restore()

    flush.Command = Command


def _vacuum() -> None:
    """Rows that were deleted or rolled back stay in the files, and each query reads past them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_stat_user_tables WHERE n_dead_tup > 200")
        if tables := ", ".join(_own(table) for (table,) in cursor.fetchall()):
            cursor.execute(f"VACUUM {tables}")


def _filled(tables: list[str]) -> list[str]:
    asked = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {_own(table)})" for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return [table for (table,) in cursor.fetchall()]


def _own(table: str) -> str:
    return connection.ops.quote_name(table)


def _kept(table: str) -> str:
    return connection.ops.quote_name(f"migrated_{table}")
