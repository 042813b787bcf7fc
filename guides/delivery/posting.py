"""Posts to the PT's own tools over HTTP: to public addresses only, and without redirects."""

import socket
from collections.abc import Mapping
from contextlib import closing, suppress
from functools import partial
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from django.utils.encoding import iri_to_uri

from guides.mail.deadline import deadline
from guides.reasons import TOOL_BUSY, TOOL_MOVED, TOOL_PRIVATE, TOOL_REFUSED, TOOL_UNREACHED
from runfit.lib import outgoing
from runfit.lib.messages import message

TIMEOUT = 10.0
"""Seconds for each socket operation; the whole request gets twice that."""
ASKS_TO_WAIT = frozenset({408, 425, 429})
GONE = 410


class PostRefusedError(Exception):
    """The tool did not accept the post. `status` is 0 if there was no response."""

    def __init__(self, reason: str, *, status: int = 0) -> None:
        super().__init__(reason)
        self.status = status

    @property
    def final(self) -> bool:
        """Whether not to try again."""
        return _is_final(self.status)


def post(url: str, body: bytes, headers: Mapping[str, str], *, tool: str) -> None:
    """Sends one POST, follows no redirect, and reads nothing after the headers. `tool` begins the
    sentence that says why not. Raises PostRefusedError."""
    try:
        status = _status_of(url, body, headers)
    except outgoing.PrivateAddressError as error:
        raise PostRefusedError(message(TOOL_PRIVATE, tool=tool)) from error
    except (OSError, HTTPException, ValueError) as error:
        raise PostRefusedError(message(TOOL_UNREACHED, tool=tool)) from error
    if 200 <= status < 300:
        return
    reason = message(_reason(status), tool=tool, code=status)
    raise PostRefusedError(reason, status=status)


def _reason(status: int) -> str:
    if _is_final(status):
        return TOOL_REFUSED
    return TOOL_MOVED if 300 <= status < 400 else TOOL_BUSY


def _is_final(status: int) -> bool:
    return 400 <= status < 500 and status not in ASKS_TO_WAIT


def _status_of(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    parts = urlsplit(url)
    connection = outgoing.connection(parts, timeout=TIMEOUT)
    with closing(connection), deadline(2 * TIMEOUT, partial(_cut, connection)):
        target = iri_to_uri(f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}")
        common = {"Content-Type": "application/json", "User-Agent": "RunFit"}
        connection.request("POST", target, body, {**common, **headers})
        return connection.getresponse().status


def _cut(connection: HTTPConnection) -> None:
    with suppress(OSError, AttributeError):  # not connected yet: the connect timeout applies
        connection.sock.shutdown(socket.SHUT_RDWR)
