"""Files that are written whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

PART = ".part"
"""The suffix of a file that is being written, or that a crash left behind."""


@contextmanager
def atomic_write(
    path: Path, *, permissions: int = 0o644, parents: bool = False
) -> Iterator[BinaryIO]:
    """A temporary file beside `path`, renamed once it is on the disk: a reader, or a second writer,
    never sees half a file. If anything fails, the old file stays.

    `parents` creates missing folders, as in `Path.mkdir`.
    """
    if parents:
        path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=PART, dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, permissions)
            yield file
            file.flush()
            os.fsync(handle)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
