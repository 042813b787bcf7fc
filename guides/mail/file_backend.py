"""Mail kept on this computer while EMAIL_URL is unset: one .eml file for each message."""

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

HALF_IS_LEFT_AFTER = 60.0
"""Seconds after which nobody is still writing a message."""


class EmlFileBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            _keep(message.message().as_bytes())
        return len(email_messages)


def newest(limit: int) -> list[tuple[str, ParsedMessage]]:
    """Names and parsed messages, the newest first."""
    files = sorted(_files(), reverse=True)[:limit]
    return [(file.name, parsed) for file in files if (parsed := _parsed(file))]


def read(name: str) -> ParsedMessage | None:
    """One message. No path is made of the name, which may be anything that stands in an address."""
    found = [file for file in _files() if file.name == name]
    return _parsed(found[0]) if found else None


def _parsed(path: Path) -> ParsedMessage | None:
    try:
        return email.message_from_bytes(path.read_bytes(), policy=policy.default)
    except FileNotFoundError:
        return None


def erase(address: str) -> None:
    """Remove every message to this address, and halves that a crash left."""
    for path in _files():
        message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
        recipients = {each.addr_spec.lower() for each in message["To"].addresses}
        if address.lower() in recipients:
            path.unlink(missing_ok=True)
    for path in folder().glob(f"*{PART}"):
        if path.stat().st_mtime < time.time() - HALF_IS_LEFT_AFTER:
            path.unlink(missing_ok=True)


def folder() -> Path:
    return Path(settings.MAIL_DIR)


def _files() -> Iterator[Path]:
    return folder().glob("*.eml")


def _keep(message: bytes) -> None:
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{uuid.uuid4().hex[:8]}.eml"
    with atomic_write(folder() / name, parents=True) as file:
        file.write(message)
