"""Dead connections, and the health check that needs no round trip."""

import socket
import threading

import pytest
from django.core.signals import request_started
from django.db import OperationalError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from runfit.lock_timeout import request_lock_timeout
from tests.support.pooler import pooled

pytestmark = pytest.mark.only_postgres


@pytest.fixture
def other(db):
    """A second connection."""
    copy = connection.copy()
    copy.ensure_connection()
    yield copy
    copy.close()


def terminate(other):
    """Terminates the backend, like an administrator or a restart. Waits until it's gone."""
    with connections["default"].cursor() as cursor:
        backend = other.connection.info.backend_pid
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [backend])


def end_own_backend(connection):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def die_in_query(connection):
    with pytest.raises(OperationalError):
        end_own_backend(connection)


def answers(connection):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 42")
        return cursor.fetchone() == (42,)


def test_healthy_connection_needs_no_query(other):
    with CaptureQueriesContext(other) as captured:
        assert other.is_usable()

    assert not captured


def test_connection_closed_by_the_server_is_unusable(other):
    terminate(other)

    assert not other.is_usable()


def test_connection_that_died_during_a_query_is_unusable(other):
    die_in_query(other)

    assert not other.is_usable()


def test_connection_after_an_error_is_queried(other):
    other.errors_occurred = True

    assert other.is_usable()

    with connections["default"].cursor() as cursor:
        backend = other.connection.info.backend_pid
        cursor.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [backend])
        assert cursor.fetchone() == ("SELECT 1",)


def die_in_block(connection):
    with pytest.raises(OperationalError), transaction.atomic():
        end_own_backend(connection)


def die_in_savepoint(connection):
    with pytest.raises(OperationalError), transaction.atomic(), transaction.atomic():
        end_own_backend(connection)


@pytest.mark.parametrize("die", [die_in_query, die_in_block, die_in_savepoint])
def test_thread_reconnects_at_its_next_request(db, die):
    """In its own thread, like the server's, so that the test's connection survives."""
    answered = []

    def serve():
        try:
            assert answers(connection)
            die(connection)
            request_started.send(sender=None)
            answered.append(answers(connection))
        finally:
            connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    thread.join(30)

    assert answered == [True]


def test_silent_server_times_out(other):
    if other.settings_dict["HOST"].startswith("/"):
        pytest.skip("a socket in a folder is never cut")
    with socket.fromfd(other.connection.fileno(), socket.AF_INET, socket.SOCK_STREAM) as line:
        assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 10
        assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 15_000


def test_database_url_overrides_timeouts(other):
    other.settings_dict["OPTIONS"] = {"connect_timeout": "20"}

    assert other.get_connection_params()["connect_timeout"] == "20"


def shown(connection, name):
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return cursor.fetchone()[0]


def backend(connection):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def in_a_request(act):
    return request_lock_timeout(lambda _request: act())(None)


def test_server_gives_up_dead_processes(other):
    assert shown(other, "tcp_keepalives_idle") == "30"
    with transaction.atomic():
        assert shown(connection, "idle_in_transaction_session_timeout") == "5min"


def test_limits_end_with_their_transaction(other):
    """So that a pooler's next client doesn't get them."""
    assert in_a_request(lambda: shown(other, "lock_timeout")) == "2s"
    assert shown(other, "lock_timeout") == "0"

    other.set_autocommit(False)
    assert in_a_request(lambda: shown(other, "lock_timeout")) == "2s"
    assert shown(other, "lock_timeout") == "2s"
    other.commit()
    assert shown(other, "lock_timeout") == "0"
    assert shown(other, "idle_in_transaction_session_timeout") == "5min"
    other.commit()
    other.set_autocommit(True)
    assert shown(other, "idle_in_transaction_session_timeout") == "0"


def test_limits_change_no_statement(other):
    """Neither its values, nor how many rows it touched."""
    with other.cursor() as cursor:
        in_a_request(lambda: cursor.execute("SELECT %s || '%%'", ["50"]))
        assert cursor.fetchall() == [("50%",)]
        in_a_request(lambda: cursor.execute("SELECT '%'"))
        assert cursor.fetchall() == [("%",)]
        in_a_request(lambda: cursor.execute("DELETE FROM auth_user WHERE id < 0"))
        assert cursor.rowcount == 0


@pytest.mark.pooler
def test_long_reads_survive_a_pooler_that_shares_sessions(db):
    """Outside of a transaction, the next part may come from another session."""
    with pooled("transaction") as (one, two), one.chunked_cursor() as cursor:
        cursor.execute("SELECT generate_series(1, 5000)")
        assert len(cursor.fetchmany(10)) == 10
        two.set_autocommit(False)
        assert answers(two)  # has the session until its transaction ends
        assert len(cursor.fetchall()) == 4990


@pytest.mark.pooler
def test_a_pooler_that_shares_sessions_hands_on_no_limit(db):
    with pooled("transaction") as (one, two):
        session = in_a_request(lambda: backend(one))

        assert backend(two) == session
        assert shown(two, "lock_timeout") == "0"
