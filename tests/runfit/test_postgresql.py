"""Dead connections, and the health check that needs no round trip."""

import socket
import threading

import pytest
from django.core.signals import request_started
from django.db import OperationalError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

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


def test_server_times_out_idle_transactions_of_dead_processes(other):
    with other.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("5min",)
        cursor.execute("SHOW tcp_keepalives_idle")
        assert cursor.fetchone() == ("30",)
