"""A search of everything that a site on this computer keeps: each column, each file, and its log."""

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

DATABASE = ("db.sqlite3", "db.sqlite3-wal", "db.sqlite3-shm")


def places(var: Path, log: Path, text: str) -> Counter[str]:
    """How many rows of which columns, and files of which folders, hold a text."""
    found = Counter(_columns(var / DATABASE[0], text))
    found.update(
        str(path.relative_to(var).parts[0])
        for path in var.rglob("*")
        if path.is_file() and path.name not in DATABASE and _holds(path, text)
    )
    found.update(["log"] * _holds(log, text))
    return found


def _columns(database: Path, text: str) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return [
            f"{table}.{column}"
            for (table,) in tables.fetchall()
            for row in connection.execute(f'SELECT * FROM "{table}"').fetchall()
            for column, value in zip(_names(connection, table), row, strict=True)
            if text.lower() in str(value).lower()
        ]


def _names(connection: sqlite3.Connection, table: str) -> list[str]:
    return [column[1] for column in connection.execute(f'PRAGMA table_info("{table}")')]


def _holds(path: Path, text: str) -> bool:
    return text.encode().lower() in path.read_bytes().lower()
