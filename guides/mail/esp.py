"""Mail services through django-anymail: service-specific headers, timeouts and error handling."""

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

from guides import reasons
from runfit.lib.messages import message as made

Verdict = tuple[Literal["transient", "refused", "configuration"], str]

FAULTS = (
    AnymailAPIError,
    AnymailConfigurationError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
)
"""What django-anymail raises, in addition to connection errors."""

ACCEPTED = frozenset({"sent", "queued"})

ACCOUNT = frozenset({401, 402, 403, 404})
"""HTTP statuses about the API key, billing or the sender's domain: no mail can be sent."""
INVALID = frozenset({400, 422})
"""HTTP statuses about either this email or the account."""
WORD = re.compile(r"[^\s\"']+")
SENDER = re.compile(r"[\"'`]from\b|\bsender\b|\bsending domain\b|\baccount\b", re.IGNORECASE)
RECIPIENT = re.compile(r"[\"'`]to\b|\.to\.|\bin to\b|\brecipient", re.IGNORECASE)

INLINE_PICTURE = re.compile(r'<img(?: [\w-]+="[^"]*")*? src="cid:[^"]*"(?: [\w-]+="[^"]*")*>')

KEEP_MESSAGE_ID = {"X-PM-KeepID": "true"}
"""Without it Postmark replaces our Message-ID with its own."""
REFUSED_HEADERS = ("Message-ID", "List-Id")
"""Mailjet sets these itself, and refuses mail that contains them."""


def hand_over(
    message: EmailMessage, connection: BaseEmailBackend, *, delivery: int | None = None
) -> None:
    """Sends a message over an open connection. Raises if a mail service didn't accept it."""
    message.connection = connection
    service = _unwrap(connection)
    if isinstance(service, AnymailRequestsBackend):
        _prepare(message, service.esp_name, delivery)
        _track_sockets(service)
    message.send()
    _check_accepted(message)


def cut(connection: BaseEmailBackend) -> None:
    """Shuts down the sockets of a hand-over that takes too long, so that its read fails."""
    session = getattr(_unwrap(connection), "session", None)
    for adapter in session.adapters.values() if session else ():
        for sock in list(getattr(adapter, "sockets", ())):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


def _unwrap(connection: BaseEmailBackend) -> Any:
    """The backend inside a PersistentConnection, or the backend itself."""
    return getattr(connection, "backend", connection)


def verdict(error: Exception) -> Verdict | None:
    """Classifies a service's error, with a reason that the PT can read; None for other errors."""
    match error:
        case AnymailRecipientsRefused():
            return "refused", reasons.SERVICE_REFUSED_ADDRESS
        case AnymailInvalidAddress() if "`to`" in str(error):
            return "refused", reasons.SERVICE_NO_ADDRESS
        case AnymailInvalidAddress():
            return "configuration", reasons.SERVICE_NO_SENDER
        case AnymailConfigurationError():
            return "configuration", reasons.SERVICE_NOT_SET_UP
        case AnymailAPIError(status_code=int(status)):
            return _classify_status(status, _error_text(error))
    return None


def _classify_status(status: int, text: str) -> Verdict:
    """Services respond with 400 or 422 to both a wrong recipient and a wrong sender, so the text
    decides, with addresses removed. About the recipient: the email fails. About the sender or the
    account: sending pauses. Anything else is retried, because a lost email is worse than a late
    one."""
    if status in ACCOUNT or (status in INVALID and SENDER.search(text)):
        return "configuration", made(reasons.SERVICE_REFUSED_US, code=status)
    if status in INVALID and RECIPIENT.search(text):
        return "refused", made(reasons.SERVICE_REFUSED, code=status)
    if status == 429 or status >= 500:
        return "transient", made(reasons.SERVICE_BUSY, code=status)
    return "transient", made(reasons.SERVICE_NOT_TAKEN, code=status)


def _error_text(error: AnymailAPIError) -> str:
    """The text of a response without addresses, because a runner may have typed anything."""
    response: Any = getattr(error, "response", None)
    if response is None:
        return ""
    try:
        text = json.dumps(response.json(), ensure_ascii=False)
    except ValueError:
        text = response.text
    return WORD.sub(lambda word: "" if "@" in word[0] else word[0], text)


def _prepare(message: EmailMessage, service: str, delivery: int | None) -> None:
    if delivery:
        message.metadata = {"delivery": str(delivery)}  # type: ignore[attr-defined]
    if service == "Postmark":
        message.extra_headers.update(KEEP_MESSAGE_ID)
    if service == "Mailjet":
        for name in REFUSED_HEADERS:
            message.extra_headers.pop(name, None)
    if service == "Brevo":
        _drop_pictures(message)


def _drop_pictures(message: Any) -> None:
    """Brevo takes no pictures that the page shows."""
    pages, message.alternatives, message.attachments = message.alternatives, [], []
    for page, kind in pages:
        message.attach_alternative(INLINE_PICTURE.sub("", page), kind)


def _check_accepted(message: EmailMessage) -> None:
    """Raises if the service didn't accept the email. django-anymail treats a response for another
    spelling of the address as unknown, and a service's "failed" as success. The former was sent,
    so a retry would send it twice."""
    status = getattr(message, "anymail_status", None)
    if status and status.status and not status.status & ACCEPTED:
        raise AnymailRequestsAPIError(
            "The email was not accepted", response=status.esp_response, email_message=message
        )


class _TrackingAdapter(HTTPAdapter):
    """Tracks the sockets that it opens, so that they can be shut down: timeouts apply to single
    reads, so a trickling response never times out."""

    def __init__(self) -> None:
        self.sockets: WeakSet[socket.socket] = WeakSet()
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self._track(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        known = proxy in self.proxy_manager
        manager = super().proxy_manager_for(proxy, **kwargs)
        if not known:
            self._track(manager)
        return manager

    def _track(self, manager: PoolManager) -> None:
        manager.pool_classes_by_scheme = {
            scheme: self._tracking_pool(pool)
            for scheme, pool in manager.pool_classes_by_scheme.items()
        }

    def _tracking_pool(self, pool: type[HTTPConnectionPool]) -> type[HTTPConnectionPool]:
        base, sockets = pool.ConnectionCls, self.sockets

        class TrackedConnection(base):  # type: ignore[misc, valid-type]
            def connect(self) -> None:
                super().connect()
                sockets.add(self.sock)

        return type(pool.__name__, (pool,), {"ConnectionCls": TrackedConnection})


def _track_sockets(connection: AnymailRequestsBackend) -> None:
    session: Any = connection.session
    if not isinstance(session.get_adapter("https://"), _TrackingAdapter):
        for scheme in ("https://", "http://"):
            session.mount(scheme, _TrackingAdapter())
