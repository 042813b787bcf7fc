"""What RunFit asks of a storage, beyond what Django asks. Whatever fails raises OSError."""

import posixpath
import uuid
from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, cast

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage

PROBES = "health"
"""The folder of what a monitor's question leaves for a moment."""


class Kept(NamedTuple):
    """What a list of files tells of each."""

    size: int
    modified: datetime


class StoredFiles(Storage, ABC):
    @property
    @abstractmethod
    def place(self) -> str:
        """Where it is, to be told to an operator."""

    @abstractmethod
    def stamp(self, name: str) -> Hashable:
        """Another one once the content of a file is. Raises FileNotFoundError."""

    @abstractmethod
    def write(self, name: str, content: bytes) -> None:
        """The whole file or nothing, in place of an existing one."""

    @abstractmethod
    def kept_in(self, folder: str) -> dict[str, Kept]:
        """The files of a folder, by their names there. None if it doesn't exist."""

    @abstractmethod
    def names(self) -> Iterator[str]:
        """Of all files, wherever they are."""

    @abstractmethod
    def copy_out(self, name: str, target: Path) -> None:
        """Raises FileNotFoundError if it's gone meanwhile."""

    @abstractmethod
    def move_in(self, path: Path, name: str) -> None:
        """In place of an existing file."""

    def contents(self, name: str) -> bytes:
        with self.open(name) as file:
            return bytes(file.read())


def files() -> StoredFiles:
    return cast(StoredFiles, default_storage)


def files_in(folder: str) -> dict[str, Kept]:
    """The files of a folder, or none if it can't be read."""
    try:
        return files().kept_in(folder)
    except OSError:
        return {}


def files_missing(names: Iterable[str]) -> list[str]:
    """Those that aren't there, or are empty. Asks once for each folder."""
    names = list(dict.fromkeys(names))
    there = {
        posixpath.join(folder, name)
        for folder in set(map(posixpath.dirname, names))
        for name, kept in files_in(folder).items()
        if kept.size
    }
    return [name for name in names if name not in there]


def files_keep() -> bool:
    """Writes some bytes, since a full disk still accepts an empty file, and reads them back."""
    name = f"{PROBES}/{uuid.uuid4().hex}"
    try:
        default_storage.save(name, ContentFile(b"probe"))
        return files().contents(name) == b"probe"
    except OSError:
        return False
    finally:
        with suppress(OSError):
            default_storage.delete(name)
