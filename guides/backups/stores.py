"""Where archives are kept: a folder, or storage that speaks S3.

Either shows an archive under its name only once it's whole.
"""

import os
import re
import shutil
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import boto3
from django.conf import settings

from guides.backups.faults import BackupError
from runfit.lib.files import OWNER_FILE, OWNER_FOLDER, PART, atomic_write
from runfit.lib.storage.s3_errors import S3_ERRORS, is_missing

S3 = "s3://"
ARCHIVE = re.compile(r"runfit-\d{8}T\d{12}Z\.tar\.gz(\.age)?")
LEFT_BEHIND = 24 * 3600
"""Seconds after which a file that was being written belongs to nobody."""


class Store(ABC):
    """A place for archives, and for the list of erasures beside them."""

    place: str

    @abstractmethod
    def writing(self, name: str) -> Any:
        """A context with a binary file that gets this name if nothing fails."""

    @abstractmethod
    def reading(self, name: str) -> Any:
        """A context with a binary file. Raises FileNotFoundError."""

    @abstractmethod
    def names(self) -> Iterable[str]:
        raise NotImplementedError

    @abstractmethod
    def delete(self, name: str) -> None:
        raise NotImplementedError

    def read(self, name: str) -> bytes:
        """The content of a small file, or nothing if it isn't there."""
        try:
            with self.reading(name) as file:
                return bytes(file.read())
        except FileNotFoundError:
            return b""

    def prune(self, *, keep: int) -> list[str]:
        """Deletes all archives but the newest. Returns their names."""
        archives = sorted(name for name in self.names() if ARCHIVE.fullmatch(name))
        gone = archives[:-keep]
        for name in gone:
            self.delete(name)
        return gone


def store_at(place: str) -> Store:
    return Bucket(place) if place.startswith(S3) else Folder(Path(place))


def store_of(archive: str) -> tuple[Store, str]:
    """The place of an archive, and its name there."""
    place, _, name = archive.rpartition("/")
    if not name:
        raise BackupError(f"{archive} isn't an archive. Name the file itself.")
    return store_at(place or ("/" if archive.startswith("/") else ".")), name


class Folder(Store):
    def __init__(self, path: Path) -> None:
        self.path, self.place = path, str(path)

    @contextmanager
    def writing(self, name: str) -> Iterator[BinaryIO]:
        self.path.mkdir(mode=OWNER_FOLDER, parents=True, exist_ok=True)
        self._sweep()
        with atomic_write(self.path / name, permissions=OWNER_FILE) as file:
            yield file
        _sync(self.path)

    @contextmanager
    def reading(self, name: str) -> Iterator[BinaryIO]:
        with (self.path / name).open("rb") as file:
            yield file

    def names(self) -> Iterable[str]:
        return [path.name for path in self.path.iterdir()]

    def delete(self, name: str) -> None:
        (self.path / name).unlink(missing_ok=True)

    def _sweep(self) -> None:
        """Deletes what backups that were killed left behind."""
        for path in self.path.glob(f".runfit-*{PART}"):
            if path.stat().st_mtime < time.time() - LEFT_BEHIND:
                path.unlink(missing_ok=True)


class Bucket(Store):
    """Boto3 finds the credentials, region, and address of the service: AWS_ACCESS_KEY_ID,
    AWS_SECRET_ACCESS_KEY, AWS_DEFAULT_REGION, AWS_ENDPOINT_URL, or its own files."""

    def __init__(self, place: str) -> None:
        parts = urlsplit(place)
        self.place, self.bucket = place.rstrip("/"), parts.netloc
        self.prefix = f"{parts.path.strip('/')}/".lstrip("/")
        if not self.bucket:
            raise BackupError(f"{place} names no bucket: s3://bucket/folder.")
        with _refusal_named(self.place):
            self.client: Any = boto3.client("s3")  # type: ignore[no-untyped-call]

    @contextmanager
    def writing(self, name: str) -> Iterator[BinaryIO]:
        """Written here first: an upload that's broken off leaves no object."""
        with scratch() as folder:
            path = folder / "upload"
            with path.open("wb") as file:
                yield file
            with _refusal_named(self.place):
                self.client.upload_file(str(path), self.bucket, self.prefix + name)

    @contextmanager
    def reading(self, name: str) -> Iterator[BinaryIO]:
        with scratch() as folder:
            path = folder / "download"
            with _refusal_named(self.place):
                self.client.download_file(self.bucket, self.prefix + name, str(path))
            with path.open("rb") as file:
                yield file

    def names(self) -> Iterable[str]:
        with _refusal_named(self.place):
            pages = self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=self.prefix
            )
            rows = [row for page in pages for row in page.get("Contents", ())]
        return [row["Key"].removeprefix(self.prefix) for row in rows]

    def delete(self, name: str) -> None:
        with _refusal_named(self.place):
            self.client.delete_object(Bucket=self.bucket, Key=self.prefix + name)


@contextmanager
def _refusal_named(place: str) -> Iterator[None]:
    try:
        yield
    except S3_ERRORS as error:
        if is_missing(error):
            raise FileNotFoundError(f"It isn't in {place}.") from error
        raise BackupError(f"{place} can't be used: {error}") from error


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for its owner alone, on the disk of all data, that goes at the end."""
    _sweep_scratch()
    settings.VAR_DIR.mkdir(mode=OWNER_FOLDER, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".backup-", suffix=PART, dir=settings.VAR_DIR))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep_scratch() -> None:
    for folder in settings.VAR_DIR.glob(f".backup-*{PART}"):
        if folder.stat().st_mtime < time.time() - LEFT_BEHIND:
            shutil.rmtree(folder, ignore_errors=True)


def _sync(folder: Path) -> None:
    """Puts the folder's entries, such as a new name, on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
