"""A persistent SMTP connection: opened on demand, reused between drains.

It's an email backend that wraps the one in EMAIL_BACKEND; a backend without an SMTP session is only
opened and closed. Before an email it sends a NOOP, unless the session was used within the last
second and has nothing to read, because a server may hang up after any email. A NOOP costs one round
trip; an email that has to be retried costs a minute.
"""

import select
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend

OLDEST = 300.0
"""Maximum age in seconds, so that DNS and load balancer changes take effect."""
IDLE = 60.0
"""Maximum idle time in seconds: about what mail servers allow."""
MOST_MAILS = 100
JUST_USED = 1.0


class SmtpBackend(EmailBackend):
    """Django's SMTP backend, with the session available before it is signed in. Timeouts apply to
    single reads, so a trickling greeting would block a worker forever if it couldn't be cut."""

    half_open: smtplib.SMTP | None = None
    """The session from the start of the connection on: Django sets its own only after sign-in."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        backend, base = self, super().connection_class

        class Session(base):  # type: ignore[misc, valid-type]
            def connect(self, *args: Any, **kwargs: Any) -> Any:
                backend.half_open = self
                return super().connect(*args, **kwargs)

        return Session

    def close(self) -> None:
        self.half_open = None
        super().close()


class PersistentConnection(BaseEmailBackend):
    """One connection. The caller closes it after an error, and the next email opens another."""

    def __init__(self) -> None:
        super().__init__()
        self._backend: BaseEmailBackend | None = None
        self._opened_at = self._used_at = 0.0
        self._mails = 0

    @property
    def connection(self) -> Any:
        """The backend's session, if any, even while it signs in."""
        half_open = getattr(self._backend, "half_open", None)
        return getattr(self._backend, "connection", None) or half_open

    @property
    def backend(self) -> BaseEmailBackend:
        """The wrapped backend."""
        if self._backend is None:
            self._backend = get_connection()
            self._opened_at, self._mails = time.monotonic(), 0
        return self._backend

    def open(self) -> bool:
        """Makes sure that the session is alive. Called before each email. True if it had to be
        opened."""
        if self._is_spent() or not self._is_alive():
            self.close()
        return bool(self.backend.open())

    def close(self) -> None:
        """Never raises, because nothing depends on a clean close."""
        backend, self._backend = self._backend, None
        if backend is not None:
            with suppress(smtplib.SMTPException, OSError):
                backend.close()

    def close_if_spent(self) -> None:
        if self._is_spent():
            self.close()

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        backend = self.backend
        self._mails += len(email_messages)
        accepted = backend.send_messages(email_messages)
        self._used_at = time.monotonic()
        return accepted or 0

    def _is_spent(self) -> bool:
        now = time.monotonic()
        idle = now - max(self._opened_at, self._used_at)
        return idle > IDLE or now - self._opened_at > OLDEST or self._mails >= MOST_MAILS

    def _is_alive(self) -> bool:
        """Whether the server still answers. True for a backend without an SMTP session."""
        session = self.connection
        if not isinstance(session, smtplib.SMTP):
            return True
        if time.monotonic() - self._used_at < JUST_USED and _is_quiet(session.sock):
            return True
        try:
            return session.noop()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False


def _is_quiet(sock: socket.socket | None) -> bool:
    """Whether the socket is open with nothing to read. A hangup would make it readable."""
    if sock is None or sock.fileno() < 0:  # closed on our side
        return False
    if isinstance(sock, ssl.SSLSocket) and sock.pending():
        return False
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return not poll.poll(0)


_local = threading.local()


def thread_connection() -> PersistentConnection:
    """This thread's connection: an SMTP session can't be shared between threads."""
    if not hasattr(_local, "connection"):
        _local.connection = PersistentConnection()
    connection: PersistentConnection = _local.connection
    return connection
