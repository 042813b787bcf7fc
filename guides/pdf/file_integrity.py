"""Detects damaged files by a checksum (length and hash), stored in a small file for built guides
and in the edition for a PDF that the PT uploaded. Checksums are cached by the file's stamp."""

import logging
from collections.abc import Hashable
from hashlib import sha256
from pathlib import PurePosixPath

from django.core.files.storage import default_storage

from runfit.lib.caching import lru_cached
from runfit.lib.storage import files

MARKS = "guides/marks"

logger = logging.getLogger(__name__)


def file_checksum(name: str) -> str:
    """The length and hash of a file; blank if it doesn't exist."""
    try:
        return _cached_checksum(name, files().stamp(name))
    except OSError:
        return ""


@lru_cached(maxsize=512)
def _cached_checksum(name: str, stamp: Hashable) -> str:
    return checksum(files().contents(name))


def checksum(content: bytes) -> str:
    return f"{len(content)} {sha256(content).hexdigest()}"


def file_is_intact(name: str) -> bool:
    """Whether a stored file matches its checksum."""
    try:
        noted = files().contents(_checksum_name(name))
        return noted != b"" and noted.decode("ascii", "replace") == file_checksum(name)
    except OSError:
        return False


def file_store(name: str, content: bytes) -> None:
    """Stores a file with its checksum. A full disk must not keep a runner from the guide."""
    try:
        files().write(name, content)
        files().write(_checksum_name(name), checksum(content).encode())
    except OSError:
        logger.exception("Cannot store a built guide.")


def file_delete(name: str) -> None:
    default_storage.delete(name)
    default_storage.delete(_checksum_name(name))


def _checksum_name(name: str) -> str:
    return f"{MARKS}/{PurePosixPath(name).stem}"
