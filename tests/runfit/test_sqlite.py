"""Lock waits of the SQLite backend, with a real file, locks and threads."""

import os
import sqlite3
import stat
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import OperationalError
from pytest_django import DjangoDbBlocker

from runfit import lock_timeout
from runfit.sqlite import lock_waits
from runfit.sqlite.base import DatabaseWrapper

OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL;",
}
EMBEDDED_AGE = settings.DATABASES["default"]["CONN_MAX_AGE"]
KEPT = {
    "AUTOCOMMIT": True, "ATOMIC_REQUESTS": False, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False,
    "TIME_ZONE": None, "OPTIONS": OPTIONS,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _own_file(
    monkeypatch: pytest.MonkeyPatch, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    monkeypatch.setattr(lock_waits, "_waiters", lock_waits.LockQueue())
    with django_db_blocker.unblock():  # these tests don't use the site's database
        yield


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "db.sqlite3"
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE notes (words TEXT)")
    return file


@contextmanager
def held(file: Path) -> Iterator[Callable[[], None]]:
    """Another connection holds the write lock until released."""
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield lambda: other.execute("ROLLBACK")


def asked(file: Path, sql: str, *, in_request: bool = True) -> tuple[object, float]:
    """The result or error of a statement, and how long it took."""
    database = DatabaseWrapper({"ENGINE": "runfit.sqlite", "NAME": file, **KEPT}, "own")
    reset = lock_timeout._in_request.set(in_request)
    began = time.monotonic()
    try:
        with database.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall(), time.monotonic() - began
    except OperationalError as error:
        return str(error), time.monotonic() - began
    finally:
        lock_timeout._in_request.reset(reset)
        database.close()


def written(file: Path, *, in_request: bool = True) -> tuple[object, float]:
    return asked(file, "INSERT INTO notes VALUES ('one')", in_request=in_request)


def test_a_thread_keeps_its_connection_from_one_request_to_the_next(file):
    """Opening the file costs more than most requests."""
    database = DatabaseWrapper(
        {"ENGINE": "runfit.sqlite", "NAME": file, **KEPT, "CONN_MAX_AGE": EMBEDDED_AGE}, "own"
    )
    with closing(database):
        database.ensure_connection()
        opened = database.connection
        database.close_if_unusable_or_obsolete()

        assert database.connection is opened


def test_request_gives_up_after_request_seconds(file, monkeypatch):
    assert lock_timeout.REQUEST_SECONDS <= 3
    monkeypatch.setattr(lock_waits, "REQUEST_SECONDS", 0.5)
    with held(file):
        answer, took = written(file)

    assert answer == "database is locked"
    assert 0.5 <= took < 5


def test_reads_do_not_wait(file):
    with held(file):
        answer, took = asked(file, "SELECT count(*) FROM notes")

    assert answer == [(0,)]
    assert took < 1


def test_background_work_waits_longer(file, monkeypatch):
    monkeypatch.setattr(lock_waits, "REQUEST_SECONDS", 0.1)
    with held(file) as end:
        threading.Timer(0.6, end).start()
        answer, _ = written(file, in_request=False)

    assert answer == []


def test_two_requests_wait_for_a_held_lock_and_others_fail_at_once(file, monkeypatch):
    monkeypatch.setattr(lock_waits, "REQUEST_SECONDS", 1.2)
    monkeypatch.setattr(lock_waits, "SOON", 0.2)
    with held(file), ThreadPoolExecutor(4) as pool:
        first = [pool.submit(written, file) for _ in range(lock_waits.MAY_WAIT)]
        time.sleep(2 * lock_waits.SOON)
        late = [pool.submit(written, file).result() for _ in range(4)]
        early = [each.result() for each in first]
        after, took = written(file)

    assert {answer for answer, _ in [*early, *late]} == {"database is locked"}
    assert min(took for _, took in early) >= lock_waits.REQUEST_SECONDS
    assert max(took for _, took in late) < lock_waits.REQUEST_SECONDS / 2
    assert after == "database is locked"
    assert took >= lock_waits.REQUEST_SECONDS


def test_last_of_four_threads_is_left_for_reads(file, monkeypatch):
    monkeypatch.setattr(lock_waits, "REQUEST_SECONDS", 1.2)
    with held(file), ThreadPoolExecutor(4) as pool:
        waits = [pool.submit(written, file) for _ in range(4)]
        took = sorted(took for _, took in (each.result() for each in waits))

    assert took[0] < lock_waits.SOON / 2
    assert took[2] >= lock_waits.REQUEST_SECONDS


def test_waiting_requests_continue_once_the_lock_is_released(file):
    with held(file) as end, ThreadPoolExecutor(2) as pool:
        first = [pool.submit(written, file) for _ in range(2)]
        time.sleep(0.3)
        end()
        assert [each.result()[0] for each in first] == [[], []]

    assert asked(file, "SELECT count(*) FROM notes")[0] == [(2,)]


def test_many_writers_in_turn_all_succeed(file):
    """More writers than may wait, but the lock is never held for long."""
    with ThreadPoolExecutor(6) as pool:
        answers = [each for each, _ in pool.map(lambda _: written(file), range(120))]

    assert answers == [[]] * 120


def test_other_errors_are_not_retried(file):
    answer, took = asked(file, "SELECT * FROM missing")

    assert answer == "no such table: missing"
    assert took < 1


def test_site_uses_the_sqlite_backend_and_lock_timeouts():
    assert (
        "runfit.lock_timeout.request_lock_timeout" in settings.MIDDLEWARE[:4]
    )  # around all middleware that queries
    if "sqlite" in settings.DATABASES["default"]["ENGINE"]:
        assert settings.DATABASES["default"]["ENGINE"] == "runfit.sqlite"


def test_a_new_database_is_for_its_owner(tmp_path):
    umask = os.umask(0)
    try:
        asked(tmp_path / "new.sqlite3", "CREATE TABLE notes (words TEXT)")
    finally:
        os.umask(umask)

    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}
