"""The persistent connection to the mail server, over real SMTP."""

import socket
import threading
import time
from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.mail import EmailMessage

from guides.delivery.worker import drain
from guides.mail import connection as connections
from guides.mail import deadline
from guides.mail.connection import PersistentConnection, thread_connection
from guides.states import State
from tests.support import mail_backends

MAIL = EmailMessage("Hello", "Your guide", "runfit@example.org", ["runner@example.org"])


@pytest.fixture
def connection(sink):
    connection = PersistentConnection()
    yield connection
    connection.close()


def send_one(connection: PersistentConnection) -> bool:
    """Sends an email as a drain does. True if the connection had to be opened."""
    opened = connection.open()
    assert connection.send_messages([MAIL]) == 1
    return opened


def test_connection_opens_with_first_email_and_is_reused(connection, sink):
    assert sink.sessions == 0

    assert [send_one(connection) for _ in range(3)] == [True, False, False]
    assert (sink.sessions, len(sink.raw)) == (1, 3)


def test_email_outside_a_drain_uses_its_own_session(connection, sink):
    assert connection.send_messages([MAIL]) == 1
    assert (len(sink.raw), connection.connection) == (1, None)


@pytest.mark.parametrize("limit", ["OLDEST", "IDLE"])
def test_old_or_idle_session_is_replaced(connection, sink, monkeypatch, limit):
    send_one(connection)
    monkeypatch.setattr(connections, limit, 0.0)

    assert send_one(connection) is True
    assert sink.sessions == 2


def test_session_is_replaced_after_maximum_emails(connection, sink, monkeypatch):
    monkeypatch.setattr(connections, "MOST_MAILS", 2)

    assert [send_one(connection) for _ in range(5)] == [True, False, True, False, True]


def test_server_hangup_loses_no_email(connection, sink):
    sink.hangs_up = True
    send_one(connection)
    time.sleep(0.2)

    assert send_one(connection) is True
    assert len(sink.raw) == 2


def test_unresponsive_session_is_replaced(connection, sink):
    send_one(connection)
    connection.connection.sock.shutdown(socket.SHUT_RDWR)

    assert send_one(connection) is True


def test_close_if_spent_closes_only_spent_session(connection, sink, monkeypatch):
    send_one(connection)
    connection.close_if_spent()
    assert connection.connection is not None

    monkeypatch.setattr(connections, "IDLE", 0.0)
    connection.close_if_spent()
    assert connection.connection is None


def test_half_open_session_can_be_cut(connection, sink, settings):
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = "wrong"

    with pytest.raises(OSError, match="AUTH"):
        connection.open()

    assert connection.connection is not None
    connection.close()
    assert connection.connection is None


def test_trickling_greeting_is_cut_at_deadline(delivery, sink, settings, monkeypatch):
    def greet() -> None:
        session, _ = server.accept()
        with session, suppress(OSError):
            while True:
                session.sendall(b"220-patience\r\n")
                time.sleep(0.05)

    monkeypatch.setattr("guides.delivery.dispatch.MAIL_DEADLINE", timedelta(seconds=0.5))
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.EMAIL_PORT = server.getsockname()[1]
        threading.Thread(target=greet, daemon=True).start()
        begun = time.monotonic()
        drain()

    delivery.refresh_from_db()
    assert delivery.state == State.RETRY
    assert time.monotonic() - begun < 10


def test_deadline_cuts_slow_operations_only():
    thread, cut = deadline.DeadlineThread(), []
    ended = thread.begin(0.2, lambda: cut.append("ended"))
    thread.begin(60, lambda: cut.append("long"))
    thread.begin(0.1, lambda: cut.append("short"))
    thread.end(ended)

    time.sleep(0.5)

    assert cut == ["short"]


def test_recently_used_session_gets_no_noop(connection, sink, monkeypatch):
    send_one(connection)
    monkeypatch.setattr(connection.connection, "noop", None)

    assert send_one(connection) is False


def test_idle_session_gets_noop(connection, sink, monkeypatch):
    send_one(connection)
    monkeypatch.setattr(connections, "JUST_USED", 0.0)
    monkeypatch.setattr(connection.connection, "noop", lambda: (421, b"bye"))

    assert send_one(connection) is True


def test_backend_without_smtp_session_is_opened_and_closed(faults):
    connection = PersistentConnection()

    assert [send_one(connection) for _ in range(2)] == [False, False]
    connection.close()
    assert len(mail_backends.taken) == 2


def test_drains_share_a_connection(ask, submit, sink):
    ask(submit(), "one@example.org")
    assert drain().sent == 1
    ask(submit(), "two@example.org")
    assert drain().sent == 1

    assert sink.sessions == 1


def test_smtp_error_closes_connection(ask, submit, sink):
    sink.refuse["bad@example.org"] = "451 later"
    ask(submit(), "bad@example.org")

    drain()

    assert thread_connection().connection is None


def test_email_that_cannot_be_built_closes_connection(ask, submission, sink):
    delivery = ask(submission, link=None)
    thread_connection().open()

    drain()

    delivery.refresh_from_db()
    assert delivery.state == State.RETRY
    assert thread_connection().connection is None


def test_every_thread_has_its_own_connection():
    seen = [thread_connection()]
    thread = threading.Thread(target=lambda: seen.append(thread_connection()))
    thread.start()
    thread.join()

    assert seen[0] is thread_connection() is not seen[1]


def test_locally_closed_session_is_replaced(connection, sink):
    send_one(connection)
    session = connection.connection
    session.file.close()
    session.sock.close()

    assert send_one(connection) is True
    assert len(sink.raw) == 2
