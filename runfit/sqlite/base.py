"""Django's SQLite, with a wait for other writers that leaves threads to those who read."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db.backends.sqlite3 import base

from runfit.sqlite.lock_waits import LOOK, retry_while_locked


class Cursor(base.SQLiteCursorWrapper):
    def execute(self, query: str, params: Any = None) -> Any:
        return retry_while_locked(self.connection, partial(super().execute, query, params))

    def executemany(self, query: str, param_list: Iterable[Any]) -> Any:
        run = partial(super().executemany, query, list(param_list))
        return retry_while_locked(self.connection, run)


class DatabaseWrapper(base.DatabaseWrapper):
    connection: Any

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """What opening it may wait for is no writer: another process that mends or makes it."""
        connection = super().get_new_connection(conn_params)
        connection.execute(f"PRAGMA busy_timeout = {LOOK * 1000:.0f}")
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        return self.connection.cursor(factory=Cursor)
