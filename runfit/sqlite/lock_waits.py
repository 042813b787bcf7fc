"""Waits for SQLite's write lock without blocking all threads that reads need."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

from runfit.lock_timeout import BACKGROUND_SECONDS, REQUEST_SECONDS, in_request

TRY_SECONDS = 0.02
"""How long SQLite itself waits at each try."""
SOON = 0.8
"""Seconds. Writers that take turns commit more often; without a commit, the lock counts as held."""
LAST_THREAD = 0.15
"""The same for a wait in the last of the four threads, which reads need."""
THREADS_TO_WAIT_IN = 3
MAY_WAIT = 2
"""Requests per process that may wait for a held lock. Others fail at once."""
IN_TURN = 10.0
"""Seconds that a request may wait while others commit."""

T = TypeVar("T")
WaitsOn = Callable[[], bool]


class Waiter:
    """A request's statement that waits for another writer."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.began = time.monotonic()
        self._connection = connection
        self._version = self._version_now()

    def saw_a_commit(self) -> bool:
        """Whether any process has committed since the last call."""
        before, self._version = self._version, self._version_now()
        return self._version != before

    def _version_now(self) -> int:
        version: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return version


class LockQueue:
    """The waiting requests of this process, longest first."""

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
    """Retries a statement while another writer holds the lock. Failed tries change nothing."""
    try:
        return run()
    except sqlite3.OperationalError as error:
        if not _is_locked(error):
            raise
    with _waiters.waiting(connection) if in_request() else _in_background() as waits_on:
        return _retried(run, waits_on)


def _retried(run: Callable[[], T], waits_on: WaitsOn) -> T:
    while True:
        try:
            return run()
        except sqlite3.OperationalError as error:
            if not (_is_locked(error) and waits_on()):
                raise


@contextmanager
def _in_background() -> Iterator[WaitsOn]:
    until = time.monotonic() + BACKGROUND_SECONDS
    yield lambda: time.monotonic() < until


def _is_locked(error: sqlite3.OperationalError) -> bool:
    """False for BUSY_SNAPSHOT: a transaction that began with a read must be restarted."""
    code = error.sqlite_errorcode
    return code & 0xFF == sqlite3.SQLITE_BUSY and code != sqlite3.SQLITE_BUSY_SNAPSHOT
