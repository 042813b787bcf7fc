"""SQLite: an online copy of one moment, under writes."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection

from guides.backups.faults import BackupError

VENDOR = "sqlite"
TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_'"
BESIDE = ("-wal", "-shm", "-journal")


class SqliteSnapshot:
    def __init__(self, own: sqlite3.Connection) -> None:
        self._own = own

    def dump(self, path: Path) -> None:
        with closing(sqlite3.connect(path)) as copy:
            self._own.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it

    def counts(self) -> dict[str, int]:
        return _counts(self._own)


@contextmanager
def snapshot() -> Iterator[SqliteSnapshot]:
    """The database as it is now, whatever is written meanwhile."""
    with closing(sqlite3.connect(_path(), isolation_level=None)) as own:
        own.execute("BEGIN")
        own.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # the moment is now
        yield SqliteSnapshot(own)


def is_empty() -> bool:
    path = _path()
    return not path.exists() or not path.stat().st_size or not _tables_of(path)


def put_back(dump: Path, *, then: str) -> None:
    """Makes the dump the database, with the statements applied: all of it, or nothing."""
    path = _path()
    with closing(sqlite3.connect(dump)) as own:
        own.executescript(f"BEGIN; {then} COMMIT;")
    with dump.open("rb") as file:
        os.fsync(file.fileno())
    connection.close()
    for ending in BESIDE:
        path.with_name(path.name + ending).unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    dump.replace(path)


def counts_of(dump: Path, *, folder: Path) -> dict[str, int]:
    """Rows by table of a dump, once it's proved whole."""
    with closing(sqlite3.connect(dump)) as own:
        try:
            found = own.execute("PRAGMA integrity_check(1)").fetchone()[0]
        except sqlite3.DatabaseError as error:
            found = str(error)
        if found != "ok":
            raise BackupError(f"The database in it is damaged: {found}. Take another archive.")
        return _counts(own)


def _path() -> Path:
    return Path(connection.settings_dict["NAME"])


def _tables_of(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as own:
        return [name for (name,) in own.execute(TABLES)]


def _counts(own: sqlite3.Connection) -> dict[str, int]:
    names = [name for (name,) in own.execute(TABLES)]
    count = 'SELECT count(*) FROM "{}"'
    return {name: own.execute(count.format(name)).fetchone()[0] for name in names}
