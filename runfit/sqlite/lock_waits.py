"""Waits for the one who writes to a SQLite file, without taking all threads from who reads."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

from runfit.lock_timeout import BACKGROUND_SECONDS, REQUEST_SECONDS, in_request

LOOK = 0.02
"""Seconds for which SQLite itself waits at each try."""
SOON = 0.8
"""Writers who take turns commit more often than this. Where nobody does, somebody holds it."""
LAST_THREAD = 0.15
"""The same for one who waits in the last of the four threads, which others need to read."""
THREADS_TO_WAIT_IN = 3
MAY_WAIT = 2
"""Pages of a process that may wait for a database that is held; the others are answered at once."""
IN_TURN = 10.0
"""The longest for a page, where others do commit."""

T = TypeVar("T")
WaitsOn = Callable[[], bool]


class Waiter:
    """A page's statement that another writer is in the way of."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.began = time.monotonic()
        self._connection = connection
        self._version = self._version_now()

    def saw_a_commit(self) -> bool:
        """Of anybody, in whichever process, since it was asked last."""
        before, self._version = self._version, self._version_now()
        return self._version != before

    def _version_now(self) -> int:
        version: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return version


class LockQueue:
    """The pages of this process that wait, the longest first."""

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._waiting: list[Waiter] = []
        self._moved = self._gave_up = float("-inf")

    @contextmanager
    def waiting(self, connection: sqlite3.Connection) -> Iterator[WaitsOn]:
        waiter = Waiter(connection)
        with self._changing:
            self._waiting.append(waiter)
        try:
            yield partial(self._waits_on, waiter)
            self._moved = time.monotonic()
        except sqlite3.OperationalError:
            self._gave_up = time.monotonic()
            raise
        finally:
            with self._changing:
                self._waiting.remove(waiter)

    def _waits_on(self, waiter: Waiter) -> bool:
        now = time.monotonic()
        if waiter.saw_a_commit():
            self._moved = now
        with self._changing:
            place = self._waiting.index(waiter)
            still = now - max(self._moved, self._waiting[0].began)
        soon = SOON if place < THREADS_TO_WAIT_IN else LAST_THREAD
        held = still > soon or self._moved < self._gave_up > now - REQUEST_SECONDS
        quiet, waited = now - max(self._moved, waiter.began), now - waiter.began
        return (place < MAY_WAIT or not held) and quiet < REQUEST_SECONDS and waited < IN_TURN


_waiters = LockQueue()


def retry_while_locked(connection: sqlite3.Connection, run: Callable[[], T]) -> T:
    """Run a statement, again while another writer is in its way: it left nothing behind."""
    try:
        return run()
    except sqlite3.OperationalError as error:
        if not _in_the_way(error):
            raise
    with _waiters.waiting(connection) if in_request() else _elsewhere() as waits_on:
        return _again(run, waits_on)


def _again(run: Callable[[], T], waits_on: WaitsOn) -> T:
    while True:
        try:
            return run()
        except sqlite3.OperationalError as error:
            if not (_in_the_way(error) and waits_on()):
                raise


@contextmanager
def _elsewhere() -> Iterator[WaitsOn]:
    until = time.monotonic() + BACKGROUND_SECONDS
    yield lambda: time.monotonic() < until


def _in_the_way(error: sqlite3.OperationalError) -> bool:
    """Not where a transaction that began by reading cannot write any more: it must begin anew."""
    code = error.sqlite_errorcode
    return code & 0xFF == sqlite3.SQLITE_BUSY and code != sqlite3.SQLITE_BUSY_SNAPSHOT
