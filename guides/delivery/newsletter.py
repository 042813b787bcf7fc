"""Posts consents to the PT's newsletter tool: an address and a yes or no, never an answer.

Consents are rows of the same queue, delivered after all mail. A hanging tool can block a worker for
about ten seconds, so while it doesn't answer, all its rows wait and one is tried each minute. Its
errors never pause mail. A row that is no longer the latest consent for its purpose is canceled, so
a delayed yes can't follow a no.

This module doesn't change delivery states: the caller settles the row according to the exception.
"""

import hmac
import json
import socket
import time
from contextlib import closing, suppress
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from django.conf import settings

from guides.mail.deadline import deadline
from guides.models import Delivery

TIMEOUT = 10.0
"""Seconds for each socket operation; the whole request gets twice that."""
ASKS_TO_WAIT = frozenset({408, 425, 429})


class NewsletterRefusedError(Exception):
    """The tool did not accept the post. `final`: don't retry. `silent`: there was no response."""

    def __init__(self, reason: str, *, final: bool = False, silent: bool = False) -> None:
        super().__init__(reason)
        self.final = final
        self.silent = silent


def post(delivery: Delivery) -> None:
    """Sends one POST and follows no redirect. Raises NewsletterRefusedError."""
    body = payload(delivery)
    url = urlsplit(settings.NEWSLETTER_URL)
    kind = HTTPSConnection if url.scheme == "https" else HTTPConnection
    try:
        connection = kind(str(url.hostname), url.port, timeout=TIMEOUT)
        with closing(connection), deadline(2 * TIMEOUT, partial(_cut, connection)):
            target = f"{url.path or '/'}{'?' if url.query else ''}{url.query}"
            connection.request("POST", target, body, _headers(delivery, body))
            status = connection.getresponse().status
    except (OSError, HTTPException, ValueError) as error:
        raise NewsletterRefusedError(
            "We couldn't reach the newsletter tool.", silent=True
        ) from error
    if 200 <= status < 300:
        return
    if 400 <= status < 500 and status not in ASKS_TO_WAIT:
        raise NewsletterRefusedError(f"The newsletter tool refused it ({status}).", final=True)
    raise NewsletterRefusedError(f"The newsletter tool couldn't take it just now ({status}).")


def payload(delivery: Delivery) -> bytes:
    """The JSON body: address, purpose, step and time. The receiver goes by the latest."""
    consent = delivery.consent
    data = (
        {
            "address": consent.contact.email,
            "purpose": consent.purpose,
            "step": consent.step,
            "at": consent.at.isoformat(),
            "source": consent.page,
        }
        if consent
        else {
            "address": delivery.erased_email,
            "purpose": "all",
            "step": "erased",
            "at": delivery.queued_at.isoformat(),
            "source": "guides:erase",
        }
    )
    return json.dumps(data).encode()


def signature(timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 of "timestamp.body" in hex."""
    return hmac.digest(
        settings.NEWSLETTER_SECRET.encode(), timestamp.encode() + b"." + body, "sha256"
    ).hex()


def _headers(delivery: Delivery, body: bytes) -> dict[str, str]:
    timestamp = str(int(time.time()))
    return {
        "Content-Type": "application/json",
        "User-Agent": "RunFit",
        "Idempotency-Key": delivery.dedupe_key,
        "X-RunFit-Timestamp": timestamp,
        "X-RunFit-Signature": f"sha256={signature(timestamp, body)}",
    }


def _cut(connection: HTTPConnection) -> None:
    with suppress(OSError, AttributeError):  # not connected yet: the connect timeout applies
        connection.sock.shutdown(socket.SHUT_RDWR)
