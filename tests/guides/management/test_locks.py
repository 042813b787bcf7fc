"""Locks between processes, on real files and a real server."""

from contextlib import ExitStack, closing

import pytest
from django.db import connection

from guides.management import locks


@pytest.fixture
def taken_twice(monkeypatch):
    """Takes a lock a second time. The first ends as soon as the second waits for it."""
    monkeypatch.setattr(locks, "POLL_EVERY", 0.01)

    def take(lock, *arguments) -> list[str]:
        seen = []
        with ExitStack() as first:
            first.enter_context(lock(*arguments, waiting=lambda: seen.append("first waits")))
            with lock(*arguments, waiting=lambda: (seen.append("second waits"), first.close())):
                seen.append("second goes on")
        return seen

    return take


def test_second_waits_for_the_folder(taken_twice, tmp_path):
    seen = taken_twice(locks.folder_lock, tmp_path / "lock")

    assert seen == ["second waits", "second goes on"]


@pytest.mark.only_postgres
def test_second_waits_for_the_database(taken_twice, db):
    seen = taken_twice(locks.database_lock, "a test")

    assert seen == ["second waits", "second goes on"]


@pytest.mark.only_postgres
@pytest.mark.django_db(transaction=True)
def test_database_lock_belongs_to_a_transaction_and_lets_indexes_be_built():
    """A pooler keeps a transaction on one session of the server."""
    with (
        locks.database_lock("a test", waiting=lambda: None),
        closing(connection.copy()) as other,
        other.cursor() as cursor,
    ):
        cursor.execute(
            "SELECT state FROM pg_stat_activity JOIN pg_locks USING (pid)"
            " WHERE locktype = 'advisory' AND datname = current_database()"
        )
        assert cursor.fetchall() == [("idle in transaction",)]
        cursor.execute("SET statement_timeout = '5s'")
        cursor.execute("CREATE INDEX CONCURRENTLY made_meanwhile ON auth_user (last_login)")
        cursor.execute("DROP INDEX made_meanwhile")
