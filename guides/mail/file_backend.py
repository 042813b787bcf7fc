"""An email backend that writes .eml files. Used if EMAIL_URL is not set."""

import email
import time
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage as ParsedMessage
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from runfit.lib.files import PART, atomic_write

PARTIAL_MAX_AGE = 60.0
"""Seconds after which a partial file is left over from a crash."""


class EmlFileBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            _write(message.message().as_bytes())
        return len(email_messages)


def newest(limit: int) -> list[tuple[str, ParsedMessage]]:
    """File names and parsed messages, newest first."""
    files = sorted(_files(), reverse=True)[:limit]
    return [(file.name, parsed) for file in files if (parsed := _parsed(file))]


def read(name: str) -> ParsedMessage | None:
    """One message. The name comes from a URL, so it is compared, not used as a path."""
    matches = [file for file in _files() if file.name == name]
    return _parsed(matches[0]) if matches else None


def _parsed(path: Path) -> ParsedMessage | None:
    try:
        return email.message_from_bytes(path.read_bytes(), policy=policy.default)
    except FileNotFoundError:
        return None


def erase(address: str) -> None:
    """Removes all messages to this address, and partial files left by a crash."""
    for path in _files():
        message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
        recipients = {recipient.addr_spec.lower() for recipient in message["To"].addresses}
        if address.lower() in recipients:
            path.unlink(missing_ok=True)
    for path in folder().glob(f"*{PART}"):
        if path.stat().st_mtime < time.time() - PARTIAL_MAX_AGE:
            path.unlink(missing_ok=True)


def folder() -> Path:
    return Path(settings.MAIL_DIR)


def _files() -> Iterator[Path]:
    return folder().glob("*.eml")


def _write(message: bytes) -> None:
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{uuid.uuid4().hex[:8]}.eml"
    with atomic_write(folder() / name, parents=True) as file:
        file.write(message)
