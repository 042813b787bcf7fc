"""Django's SQLite backend, with lock waits that leave threads free for reads."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base

from runfit.lib.files import create_private
from runfit.sqlite.lock_waits import TRY_SECONDS, retry_while_locked


class Cursor(base.SQLiteCursorWrapper):
    def execute(self, query: str, params: Any = None) -> Any:
        return retry_while_locked(self.connection, partial(super().execute, query, params))

    def executemany(self, query: str, param_list: Iterable[Any]) -> Any:
        run = partial(super().executemany, query, list(param_list))
        return retry_while_locked(self.connection, run)


class DatabaseWrapper(base.DatabaseWrapper):
    connection: Any

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Opening may still wait longer, for a process that creates or recovers the database. Files
        beside it (WAL) get its permissions."""
        if isinstance(conn_params["database"], Path):  # a file, as in our settings
            create_private(conn_params["database"])
        connection = super().get_new_connection(conn_params)
        connection.execute(f"PRAGMA busy_timeout = {TRY_SECONDS * 1000:.0f}")
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        return self.connection.cursor(factory=Cursor)
