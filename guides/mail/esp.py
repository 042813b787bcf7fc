"""Mail services, behind django-anymail: what they want beside the message, what they answer."""

import json
import re
import socket
from contextlib import suppress
from typing import Any, Literal
from weakref import WeakSet

from anymail.backends.base_requests import AnymailRequestsBackend
from anymail.exceptions import (
    AnymailAPIError,
    AnymailConfigurationError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailRequestsAPIError,
)
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, PoolManager

Verdict = tuple[Literal["transient", "refused", "configuration"], str]

FAULTS = (
    AnymailAPIError,
    AnymailConfigurationError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
)
"""What a hand-over to a service may raise, beside what any connection may."""

TAKEN = frozenset({"sent", "queued"})

ACCOUNT = frozenset({401, 402, 403, 404})
"""Statuses about the key, the bill or the sender's domain: no mail can go out."""
INVALID = frozenset({400, 422})
"""Statuses about this mail, or about the account."""
WORD = re.compile(r"[^\s\"']+")
SENDER = re.compile(r"[\"'`]from\b|\bsender\b|\bsending domain\b|\baccount\b", re.IGNORECASE)
RECIPIENT = re.compile(r"[\"'`]to\b|\.to\.|\bin to\b|\brecipient", re.IGNORECASE)

KEPT_ID = {"X-PM-KeepID": "true"}
"""Without it Postmark puts a Message-ID of its own in the place of ours."""
REFUSED_HEADERS = ("Message-ID", "List-Id")
"""Mailjet writes these itself, and takes no mail that brings them."""


def hand_over(
    message: EmailMessage, connection: BaseEmailBackend, *, delivery: int | None = None
) -> None:
    """Send a message over an open connection. Raises unless a mail service says that it took it."""
    message.connection = connection
    service = _behind(connection)
    if isinstance(service, AnymailRequestsBackend):
        _fit(message, service.esp_name, delivery)
        _keep_lines(service)
    message.send()
    _check(message)


def cut(connection: BaseEmailBackend) -> None:
    """End a hand-over that takes too long: its read fails at once."""
    session = getattr(_behind(connection), "session", None)
    for adapter in session.adapters.values() if session else ():
        for line in list(getattr(adapter, "lines", ())):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)


def _behind(connection: BaseEmailBackend) -> Any:
    """The backend itself, where a line keeps it open."""
    return getattr(connection, "backend", connection)


def verdict(error: Exception) -> Verdict | None:
    """What a service's error means, and why in the PT's words; None where no service spoke."""
    match error:
        case AnymailRecipientsRefused():
            return "refused", "The mail service refused this address."
        case AnymailInvalidAddress() if "`to`" in str(error):
            return "refused", "The mail service cannot write to this address."
        case AnymailInvalidAddress():
            return "configuration", "The sender or the reply-to address cannot be used."
        case AnymailConfigurationError():
            return "configuration", "The mail service is not set up."
        case AnymailAPIError(status_code=int(status)):
            return _answer(status, _said(error))
    return None


def _answer(status: int, said: str) -> Verdict:
    """Services answer 400 or 422 to a wrong recipient and a wrong sender alike, so the wording
    decides, with addresses removed. About the recipient: the email fails. About the sender or the
    account: sending pauses. Anything else is retried, because a lost email is worse than a late
    one."""
    if status in ACCOUNT or (status in INVALID and SENDER.search(said)):
        return "configuration", f"The mail service refused our account or sender ({status})."
    if status in INVALID and RECIPIENT.search(said):
        return "refused", f"The mail service refused this address ({status})."
    if status == 429 or status >= 500:
        return "transient", f"The mail service asked us to wait ({status})."
    return "transient", f"The mail service did not take this mail ({status})."


def _said(error: AnymailAPIError) -> str:
    """The words of an answer without addresses: a runner may have typed anything into one."""
    response: Any = getattr(error, "response", None)
    if response is None:
        return ""
    try:
        words = json.dumps(response.json(), ensure_ascii=False)
    except ValueError:
        words = response.text
    return WORD.sub(lambda word: "" if "@" in word[0] else word[0], words)


def _fit(message: EmailMessage, service: str, delivery: int | None) -> None:
    if delivery:
        message.metadata = {"delivery": str(delivery)}  # type: ignore[attr-defined]
    if service == "Postmark":
        message.extra_headers.update(KEPT_ID)
    if service == "Mailjet":
        for name in REFUSED_HEADERS:
            message.extra_headers.pop(name, None)


def _check(message: EmailMessage) -> None:
    """django-anymail calls an answer for another spelling of the address unknown, and a service's
    "failed" a success. This reads both for what they are: trying the first again would send it
    twice."""
    status = getattr(message, "anymail_status", None)
    if status and status.status and not status.status & TAKEN:
        raise AnymailRequestsAPIError(
            "The mail was not taken", response=status.esp_response, email_message=message
        )


class _Lines(HTTPAdapter):
    """Keeps hold of the sockets it opens, so that they can be cut: a time-out is for each read,
    and an answer that trickles never reaches it."""

    def __init__(self) -> None:
        self.lines: WeakSet[socket.socket] = WeakSet()
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self._keep_lines_of(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        known = proxy in self.proxy_manager
        manager = super().proxy_manager_for(proxy, **kwargs)
        if not known:
            self._keep_lines_of(manager)
        return manager

    def _keep_lines_of(self, manager: PoolManager) -> None:
        manager.pool_classes_by_scheme = {
            scheme: self._keeping_lines(pool)
            for scheme, pool in manager.pool_classes_by_scheme.items()
        }

    def _keeping_lines(self, pool: type[HTTPConnectionPool]) -> type[HTTPConnectionPool]:
        plain, lines = pool.ConnectionCls, self.lines

        class Line(plain):  # type: ignore[misc, valid-type]
            def connect(self) -> None:
                super().connect()
                lines.add(self.sock)

        return type(pool.__name__, (pool,), {"ConnectionCls": Line})


def _keep_lines(connection: AnymailRequestsBackend) -> None:
    session: Any = connection.session
    if not isinstance(session.get_adapter("https://"), _Lines):
        for scheme in ("https://", "http://"):
            session.mount(scheme, _Lines())
