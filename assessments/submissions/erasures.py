"""The list of who was erased, or said no, outside the database: a copy of it that's restored
doesn't know.

Each line has a time, what was erased, and a keyed hash, so the list says nothing about anyone. It's
written before the erasure is final. One that fails afterward stands on it, too: they asked for it.
"""

import errno
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from runfit.lib.files import OWNER_FILE

logger = logging.getLogger(__name__)


class Erased(StrEnum):
    ADDRESS = "address"  # and it gets no email anymore
    INBOX = "inbox"  # of an address with a tag, which gets no email either
    OTHER_ADDRESS = "other"  # of the same person: it may ask again
    ANSWERS = "answers"


class Refused(StrEnum):
    """What someone said no to, or stopped saying no to, without being erased."""

    EMAIL = "unsubscribed"
    EMAIL_AGAIN = "subscribed"
    COMPLAINED = "complained"
    FOLLOW_UP = "no_follow_up"
    SECRET = "no_secret"  # noqa: S105 - news about the PT's secret
    SERIES = "no_series"
    CHECK_IN = "no_check_in"


What = Erased | Refused


@dataclass(frozen=True, slots=True)
class Erasure:
    at: datetime
    what: What
    hmac: str


def answers_hmac(token: str) -> str:
    """A keyed hash that identifies answers without storing their token."""
    return salted_hmac("assessments.erased", token, algorithm="sha256").hexdigest()


def erasures_note(*, what: What, hmacs: Iterable[str]) -> None:
    """Adds to the list, on the disk once this returns. A full disk must not keep anyone from being
    erased: it's logged for whoever runs the site."""
    now = timezone.now().isoformat()
    lines = "".join(f"{now} {what} {hmac}\n" for hmac in hmacs)
    try:
        if lines:
            _append(lines.encode())
    except OSError:
        logger.critical("The list of erasures can't be written: ERASURE_LIST", exc_info=True)


def erasures_read(path: Path) -> Iterator[Erasure]:
    """The erasures of a list, oldest first. A line that a crash left half written is left out."""
    for line in path.read_text(encoding="ascii", errors="replace").splitlines():
        with suppress(ValueError):
            at, what, hmac = line.split()
            yield Erasure(datetime.fromisoformat(at), _what(what), hmac)


def _what(word: str) -> What:
    return Refused(word) if word in {*Refused} else Erased(word)


def _append(content: bytes) -> None:
    """In one write, so that lines of several processes don't mix. It begins with an empty line, in
    case a crash cut off the last one."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
    handle = os.open(settings.ERASURE_LIST, flags, OWNER_FILE)
    try:
        if os.write(handle, b"\n" + content) <= len(content):
            raise OSError(errno.ENOSPC, "only a part was written")
        os.fsync(handle)
    finally:
        os.close(handle)
