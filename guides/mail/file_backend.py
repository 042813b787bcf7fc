"""An email backend that writes .eml files. Used if EMAIL_URL is not set."""

import email
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage as ParsedMessage
from itertools import chain, islice
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from runfit.lib.files import OWNER_FILE, PART, atomic_write

NOTICE = "X-RunFit-Notice"
"""A header of emails that aren't to runners, such as those about accounts."""
PARTIAL_MAX_AGE = 60.0
"""Seconds after which a partial file is left over from a crash."""


class EmlFileBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            _write(message.message().as_bytes())
        return len(email_messages)


def newest(limit: int, *, notices: bool = False) -> list[tuple[str, ParsedMessage]]:
    """File names and parsed messages, newest first. Notices are left out unless asked for: a link
    to a new password opens someone else's account."""
    files = sorted(_files(), reverse=True)
    found = ((file.name, parsed) for file in files if (parsed := _parsed(file)))
    return [*islice(((name, it) for name, it in found if notices or NOTICE not in it), limit)]


def read(name: str, *, notices: bool = False) -> ParsedMessage | None:
    """One message. The name comes from a URL, so it is compared, not used as a path."""
    matches = [file for file in _files() if file.name == name]
    message = _parsed(matches[0]) if matches else None
    return message if message is not None and (notices or NOTICE not in message) else None


def _parsed(path: Path) -> ParsedMessage | None:
    """None if it was deleted meanwhile."""
    try:
        return email.message_from_bytes(path.read_bytes(), policy=policy.default)
    except FileNotFoundError:
        return None


def erase(address: str) -> None:
    """Removes all messages to this address, and partial files left by a crash."""
    for path in _files():
        message = _parsed(path)
        if message and address.lower() in {to.addr_spec.lower() for to in message["To"].addresses}:
            path.unlink(missing_ok=True)
    for path in _partial_files():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - PARTIAL_MAX_AGE:
                path.unlink(missing_ok=True)


def count_older(before: datetime, most: int) -> int:
    """How many files are from before a moment, counting no further than a number."""
    return sum(1 for _ in islice(_older(before), most))


def delete_older(before: datetime) -> int:
    """Deletes files from before a moment; returns how many."""
    old = list(_older(before))
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _older(before: datetime) -> Iterator[Path]:
    """Messages, and partial files left by a crash."""
    for path in chain(_files(), _partial_files()):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < before.timestamp():
                yield path


def folder() -> Path:
    return Path(settings.MAIL_DIR)


def _files() -> Iterator[Path]:
    return folder().glob("*.eml")


def _partial_files() -> Iterator[Path]:
    return folder().glob(f"*{PART}")


def _write(message: bytes) -> None:
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{uuid.uuid4().hex[:8]}.eml"
    with atomic_write(folder() / name, permissions=OWNER_FILE, parents=True) as file:
        file.write(message)
