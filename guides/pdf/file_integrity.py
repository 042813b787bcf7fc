"""Files that must stay as they were written: their length and hash are kept beside them, in a small
file for built guides and in the edition for a PDF that the PT made. The hash is computed once for
as long as the disk says that the file hasn't changed."""

import logging
from hashlib import sha256
from pathlib import Path, PurePosixPath

from django.core.files.storage import default_storage

from runfit.lib.caching import lru_cached
from runfit.lib.files import atomic_write

MARKS = "guides/marks"

logger = logging.getLogger(__name__)


def file_checksum(name: str) -> str:
    """Length and hash of a file; blank where there is none."""
    path = Path(default_storage.path(name))
    try:
        seen = path.stat()
        return _mark_of(path, seen.st_size, seen.st_mtime_ns, seen.st_ino)
    except OSError:
        return ""


@lru_cached(maxsize=512)
def _mark_of(path: Path, size: int, changed: int, inode: int) -> str:
    return _mark(path.read_bytes())


def _mark(content: bytes) -> str:
    return f"{len(content)} {sha256(content).hexdigest()}"


def file_is_intact(name: str) -> bool:
    """Whether a file that was kept holds every byte of it."""
    try:
        with default_storage.open(_place_of_mark(name)) as file:
            mark: bytes = file.read()
            return mark != b"" and mark.decode("ascii", "replace") == file_checksum(name)
    except OSError:
        return False


def file_store(name: str, content: bytes) -> None:
    """A disk that is full must not keep a runner from the guide."""
    try:
        file_write(name, content)
        file_write(_place_of_mark(name), _mark(content).encode())
    except OSError:
        logger.exception("A built guide could not be kept.")


def file_delete(name: str) -> None:
    default_storage.delete(name)
    default_storage.delete(_place_of_mark(name))


def _place_of_mark(name: str) -> str:
    return f"{MARKS}/{PurePosixPath(name).stem}"


def file_write(name: str, content: bytes) -> None:
    """Raises OSError, and then leaves what was there."""
    with atomic_write(Path(default_storage.path(name)), parents=True) as file:
        file.write(content)
