"""The line to the mail server, over real SMTP."""

import socket
import threading
import time
from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.mail import EmailMessage

from guides.delivery.worker import drain
from guides.mail import connection as lines
from guides.mail import deadline
from guides.mail.connection import PersistentConnection, thread_connection
from guides.states import State
from tests.support import mail_backends

MAIL = EmailMessage("Hello", "Your guide", "runfit@example.org", ["runner@example.org"])


@pytest.fixture
def line(sink):
    line = PersistentConnection()
    yield line
    line.close()


def send_one(line: PersistentConnection) -> bool:
    """As a drain does. True where the line had to be opened."""
    opened = line.open()
    assert line.send_messages([MAIL]) == 1
    return opened


def test_it_opens_with_the_first_mail_and_carries_the_next(line, sink):
    assert sink.sessions == 0

    assert [send_one(line) for _ in range(3)] == [True, False, False]
    assert (sink.sessions, len(sink.raw)) == (1, 3)


def test_a_mail_opens_one_for_itself_alone_where_none_is_open(line, sink):
    assert line.send_messages([MAIL]) == 1
    assert (len(sink.raw), line.connection) == (1, None)


@pytest.mark.parametrize("limit", ["OLDEST", "IDLE"])
def test_what_is_too_old_or_lay_too_long_is_replaced(line, sink, monkeypatch, limit):
    send_one(line)
    monkeypatch.setattr(lines, limit, 0.0)

    assert send_one(line) is True
    assert sink.sessions == 2


def test_after_so_many_mails_another_is_opened(line, sink, monkeypatch):
    monkeypatch.setattr(lines, "MOST_MAILS", 2)

    assert [send_one(line) for _ in range(5)] == [True, False, True, False, True]


def test_a_server_that_hung_up_costs_no_mail(line, sink):
    sink.hangs_up = True
    send_one(line)
    time.sleep(0.2)

    assert send_one(line) is True
    assert len(sink.raw) == 2


def test_a_session_that_does_not_answer_is_replaced(line, sink):
    send_one(line)
    line.connection.sock.shutdown(socket.SHUT_RDWR)

    assert send_one(line) is True


def test_what_is_spent_is_closed_and_the_rest_kept(line, sink, monkeypatch):
    send_one(line)
    line.close_if_spent()
    assert line.connection is not None

    monkeypatch.setattr(lines, "IDLE", 0.0)
    line.close_if_spent()
    assert line.connection is None


def test_a_half_open_session_can_be_cut(line, sink, settings):
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = "wrong"

    with pytest.raises(OSError, match="AUTH"):
        line.open()

    assert line.connection is not None
    line.close()
    assert line.connection is None


def test_a_greeting_that_trickles_is_cut_at_the_deadline(delivery, sink, settings, monkeypatch):
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


def test_deadlines_cut_what_takes_too_long_and_nothing_that_ended():
    watch, cut = deadline.DeadlineThread(), []
    ended = watch.begin(0.2, lambda: cut.append("ended"))
    watch.begin(60, lambda: cut.append("long"))
    watch.begin(0.1, lambda: cut.append("short"))
    watch.end(ended)

    time.sleep(0.5)

    assert cut == ["short"]


def test_a_line_that_was_just_used_is_not_asked(line, sink, monkeypatch):
    send_one(line)
    monkeypatch.setattr(line.connection, "noop", None)

    assert send_one(line) is False


def test_a_line_that_lay_a_while_is_asked(line, sink, monkeypatch):
    send_one(line)
    monkeypatch.setattr(lines, "JUST_USED", 0.0)
    monkeypatch.setattr(line.connection, "noop", lambda: (421, b"bye"))

    assert send_one(line) is True


def test_a_backend_without_a_session_is_only_opened_and_closed(faults):
    line = PersistentConnection()

    assert [send_one(line) for _ in range(2)] == [False, False]
    line.close()
    assert len(mail_backends.taken) == 2


def test_drains_share_a_line(ask, submit, sink):
    ask(submit(), "one@example.org")
    assert drain().sent == 1
    ask(submit(), "two@example.org")
    assert drain().sent == 1

    assert sink.sessions == 1


def test_a_fault_closes_it(ask, submit, sink):
    sink.refuse["bad@example.org"] = "451 later"
    ask(submit(), "bad@example.org")

    drain()

    assert thread_connection().connection is None


def test_a_mail_that_cannot_be_built_closes_it(ask, submission, sink):
    delivery = ask(submission, link=None)
    thread_connection().open()

    drain()

    delivery.refresh_from_db()
    assert delivery.state == State.RETRY
    assert thread_connection().connection is None


def test_no_two_threads_share_one():
    seen = [thread_connection()]
    thread = threading.Thread(target=lambda: seen.append(thread_connection()))
    thread.start()
    thread.join()

    assert seen[0] is thread_connection() is not seen[1]


def test_a_line_that_was_closed_at_our_end_is_replaced(line, sink):
    send_one(line)
    session = line.connection
    session.file.close()
    session.sock.close()

    assert send_one(line) is True
    assert len(sink.raw) == 2
