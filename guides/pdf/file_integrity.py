"""Detects damaged files by a checksum (length and hash), stored in a small file for built guides
and in the edition for a PDF that the PT uploaded. Checksums are cached by the file's stat."""

import logging
from hashlib import sha256
from pathlib import Path, PurePosixPath

from django.core.files.storage import default_storage

from runfit.lib.caching import lru_cached
from runfit.lib.files import atomic_write

MARKS = "guides/marks"

logger = logging.getLogger(__name__)


def file_checksum(name: str) -> str:
    """The length and hash of a file; blank if it doesn't exist."""
    path = Path(default_storage.path(name))
    try:
        stat = path.stat()
        return _cached_checksum(path, stat.st_size, stat.st_mtime_ns, stat.st_ino)
    except OSError:
        return ""


@lru_cached(maxsize=512)
def _cached_checksum(path: Path, size: int, changed: int, inode: int) -> str:
    return checksum(path.read_bytes())


def checksum(content: bytes) -> str:
    return f"{len(content)} {sha256(content).hexdigest()}"


def file_is_intact(name: str) -> bool:
    """Whether a stored file matches its checksum."""
    try:
        with default_storage.open(_checksum_name(name)) as file:
            noted: bytes = file.read()
            return noted != b"" and noted.decode("ascii", "replace") == file_checksum(name)
    except OSError:
        return False


def file_store(name: str, content: bytes) -> None:
    """Stores a file with its checksum. A full disk must not keep a runner from the guide."""
    try:
        file_write(name, content)
        file_write(_checksum_name(name), checksum(content).encode())
    except OSError:
        logger.exception("Cannot store a built guide.")


def file_delete(name: str) -> None:
    default_storage.delete(name)
    default_storage.delete(_checksum_name(name))


def _checksum_name(name: str) -> str:
    return f"{MARKS}/{PurePosixPath(name).stem}"


def file_write(name: str, content: bytes) -> None:
    """Writes a file atomically. Raises OSError, leaving an existing file as it was."""
    with atomic_write(Path(default_storage.path(name)), parents=True) as file:
        file.write(content)
