"""Encryption by age, in a stream: whoever makes backups needs the public key alone."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import BinaryIO

from pyrage import IdentityError, decrypt_io, encrypt_io
from pyrage.x25519 import Identity, Recipient

from guides.backups.faults import BackupError

ENDING = ".age"
PRIVATE = "AGE-SECRET-KEY-1"


@contextmanager
def encrypting(out: BinaryIO, *, key: str) -> Iterator[BinaryIO]:
    """A file whose content goes to `out` encrypted."""
    recipients = [Recipient.from_str(key)]
    read, write = os.pipe()
    with (
        _beside(read, lambda source: encrypt_io(source, out, recipients)),
        os.fdopen(write, "wb") as plain,
    ):
        yield plain


@contextmanager
def decrypting(source: BinaryIO, *, key_file: Path | None, name: str) -> Iterator[BinaryIO]:
    """A file with the decrypted content of `source`."""
    identities = _identities(key_file, name)
    read, write = os.pipe()

    def decrypt() -> None:
        with os.fdopen(write, "wb") as plain, suppress(BrokenPipeError):
            decrypt_io(source, plain, identities)

    worker = _Worker(decrypt)
    try:
        with os.fdopen(read, "rb") as content:
            yield content
    finally:
        worker.join()
        if worker.error:  # it ended the stream too early, which is what the reader met
            raise BackupError(
                f"{name} can't be decrypted: {worker.error}. It's damaged, was cut off, or needs "
                "another key."
            ) from worker.error


@contextmanager
def _beside(read: int, work: Callable[[BinaryIO], None]) -> Iterator[None]:
    """Runs work that reads a pipe, in a thread, until the pipe is closed."""

    def run() -> None:
        with os.fdopen(read, "rb") as source:
            work(source)

    worker = _Worker(run)
    try:
        yield
    finally:
        worker.join()
        if worker.error:
            raise worker.error


class _Worker(Thread):
    """A thread that keeps what it failed with."""

    def __init__(self, run: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self.error: Exception | None = None
        self._work = run
        self.start()

    def run(self) -> None:
        try:
            self._work()
        except Exception as error:  # noqa: BLE001 - raised by whoever waits for it
            self.error = error


def _identities(key_file: Path | None, name: str) -> list[Identity]:
    if key_file is None:
        raise BackupError(f"{name} is encrypted. Name the file with its private key: --key FILE.")
    try:
        lines = key_file.read_text(encoding="ascii").splitlines()
        found = [Identity.from_str(line.strip()) for line in lines if line.startswith(PRIVATE)]
    except (OSError, UnicodeDecodeError, IdentityError) as error:
        raise BackupError(f"{key_file} can't be read as a key of age: {error}.") from error
    if not found:
        raise BackupError(f"{key_file} has no private key of age (a line {PRIVATE}…).")
    return found
