"""Locks between processes, for work that must not run twice at the same time.

Both end with their process, however that ends. Waiting is polling: a database session that blocks
on a lock keeps a snapshot, and `CREATE INDEX CONCURRENTLY` of the holder would wait for it forever.
"""

import fcntl
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from runfit.lib.files import create_private

POLL_EVERY = 0.5
"""Seconds."""

Waiting = Callable[[], object]


@contextmanager
def folder_lock(file: Path, *, waiting: Waiting) -> Iterator[None]:
    """Holds a lock on this file, which stays. Calls `waiting` once if another process has it."""
    create_private(file)
    with file.open("a") as held:
        _poll(lambda: _try_file(held.fileno()), waiting)
        yield


@contextmanager
def database_lock(name: str, *, waiting: Waiting) -> Iterator[None]:
    """Holds an advisory lock in the database. SQLite, on one host, has none and needs none beside a
    lock on its folder.

    It belongs to a transaction on a connection of its own, which stays open meanwhile. Behind a
    pooler that shares sessions between transactions, a lock of the session would be lost.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with closing(connection.copy()) as own:
        own.set_autocommit(False)
        _poll(lambda: _try_database(own, zlib.crc32(name.encode())), waiting)
        yield


def _poll(take: Callable[[], bool], waiting: Waiting) -> None:
    if take():
        return
    waiting()
    while not take():
        time.sleep(POLL_EVERY)


def _try_file(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _try_database(own: BaseDatabaseWrapper, key: int) -> bool:
    with own.cursor() as cursor:
        # The server ends transactions that do nothing for minutes, as this one does.
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [key])
        (taken,) = cursor.fetchone()
    if not taken:
        own.rollback()
    return bool(taken)
