"""A persistent SMTP connection: opened on demand, reused between drains.

It's an email backend around another one, so whatever EMAIL_BACKEND names still works; one that
holds no SMTP session opens and closes as it pleases. Before each email it sends a NOOP, unless it
was used within the last second and has nothing to read: a server may hang up after any email. A
NOOP costs one round trip; an email that has to wait for its retry costs a minute.
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
"""Seconds that a line may be used, so that a change of the server's address or load is met."""
IDLE = 60.0
"""Seconds that it may lie unused: about as long as mail servers allow."""
MOST_MAILS = 100
JUST_USED = 1.0


class SmtpBackend(EmailBackend):
    """Django's, with a session that is known from its first byte on: a time-out is for each read,
    and a greeting that trickles would hold a worker for ever if nobody could cut it."""

    half_open: smtplib.SMTP | None = None
    """Until it is closed: Django knows a session only once it is signed in."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        backend, plain = self, super().connection_class

        class Session(plain):  # type: ignore[misc, valid-type]
            def connect(self, *args: Any, **kwargs: Any) -> Any:
                backend.half_open = self
                return super().connect(*args, **kwargs)

        return Session

    def close(self) -> None:
        self.half_open = None
        super().close()


class PersistentConnection(BaseEmailBackend):
    """One connection. Whoever meets a fault closes it; the next mail opens another."""

    def __init__(self) -> None:
        super().__init__()
        self._backend: BaseEmailBackend | None = None
        self._opened_at = self._used_at = 0.0
        self._mails = 0

    @property
    def connection(self) -> Any:
        """What the backend holds, an SMTP session or such, also while it signs in; else None."""
        half_open = getattr(self._backend, "half_open", None)
        return getattr(self._backend, "connection", None) or half_open

    @property
    def backend(self) -> BaseEmailBackend:
        """The one that is kept open."""
        if self._backend is None:
            self._backend = get_connection()
            self._opened_at, self._mails = time.monotonic(), 0
        return self._backend

    def open(self) -> bool:
        """Have a line that answers, before each mail. True where it had to be opened."""
        if self._is_spent() or not self._answers():
            self.close()
        return bool(self.backend.open())

    def close(self) -> None:
        """Never raises: nothing depends on a polite end."""
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
        taken = backend.send_messages(email_messages)
        self._used_at = time.monotonic()
        return taken or 0

    def _is_spent(self) -> bool:
        now = time.monotonic()
        idle = now - max(self._opened_at, self._used_at)
        return idle > IDLE or now - self._opened_at > OLDEST or self._mails >= MOST_MAILS

    def _answers(self) -> bool:
        """Whether the server still does. A backend without an SMTP session isn't asked."""
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
    """Open, with nothing to read: a server that hangs up says so, or is gone."""
    if sock is None or sock.fileno() < 0:  # closed at our end
        return False
    if isinstance(sock, ssl.SSLSocket) and sock.pending():
        return False
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return not poll.poll(0)


_own = threading.local()


def thread_connection() -> PersistentConnection:
    """A session is no thing to share: each thread that drains has its own line."""
    if not hasattr(_own, "line"):
        _own.line = PersistentConnection()
    kept: PersistentConnection = _own.line
    return kept
