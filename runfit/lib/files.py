"""Files that are written whole or not at all, and that nobody else on this machine can read."""

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

PART = ".part"
"""The suffix of a file that is being written, or that a crash left behind."""
OWNER_FILE, OWNER_FOLDER = 0o600, 0o700


@contextmanager
def atomic_write(
    path: Path, *, permissions: int | None = None, parents: bool = False
) -> Iterator[BinaryIO]:
    """A temporary file beside `path`, renamed once it is on the disk: a reader, or a second writer,
    never sees half a file. If anything fails, the old file stays.

    `permissions` are those of uploads unless given. `parents` creates missing folders.
    """
    if parents:
        make_folders(path.parent)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=PART, dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, permissions or settings.FILE_UPLOAD_PERMISSIONS)
            yield file
            file.flush()
            os.fsync(handle)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def make_folders(folder: Path) -> None:
    """Creates a folder, and those above it, with the permissions of folders of uploads."""
    if not folder.is_dir():
        make_folders(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(settings.FILE_UPLOAD_DIRECTORY_PERMISSIONS)


def create_private(path: Path) -> None:
    """Creates an empty file for its owner alone, unless it exists."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_FILE))


def take_permissions(top: Path) -> None:
    """Takes from others what an earlier version, or a copy, let them do in the folder of all data.
    Only uploads may be shared with the group (FILE_UPLOAD_PERMISSIONS)."""
    _keep(top, settings.FILE_UPLOAD_DIRECTORY_PERMISSIONS)
    for path in top.rglob("*"):
        shared = path.is_relative_to(settings.MEDIA_ROOT)
        file = settings.FILE_UPLOAD_PERMISSIONS if shared else OWNER_FILE
        folder = settings.FILE_UPLOAD_DIRECTORY_PERMISSIONS if shared else OWNER_FOLDER
        if not path.is_symlink():
            _keep(path, folder if path.is_dir() else file)


def _keep(path: Path, most: int) -> None:
    with suppress(OSError):  # gone meanwhile, or not ours
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & ~most:
            path.chmod(mode & most)
