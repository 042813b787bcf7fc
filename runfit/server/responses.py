"""Sends WSGI responses through granian without holding a thread."""

import logging
import os
import select
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any

from django.db import connections

STREAMS = 8
"""Extra threads per process for streaming responses. Beyond that, the server's own do it."""
STALL = 60.0
"""Seconds after which a client that reads nothing is dropped."""
WHOLE = 256 * 1024
"""Responses up to this size are sent from memory."""

logger = logging.getLogger(__name__)

_streams = threading.BoundedSemaphore(STREAMS)


class StartResponse:
    """WSGI's `start_response`."""

    status = 500
    headers: list[tuple[str, str]]

    def __call__(
        self, status: str, headers: list[tuple[str, str]], exc_info: object = None
    ) -> None:
        self.status, self.headers = int(status.partition(" ")[0]), headers


class File:
    """WSGI's `wsgi.file_wrapper`: granian sends a file with a path on its own."""

    def __init__(self, file: Any, size: int = 64 * 1024) -> None:
        self._file, self._size = file, size
        self.close: Callable[[], None] = getattr(file, "close", lambda: None)

    def __iter__(self) -> Iterator[bytes]:
        while piece := self._file.read(self._size):
            yield piece

    @property
    def path(self) -> str | None:
        """The path of a file on disk that is sent from its beginning."""
        with suppress(NotImplementedError):  # raised by Django storages without a disk
            name = getattr(self._file, "path", None) or getattr(self._file, "name", None)
            if isinstance(name, str) and Path(name).is_absolute() and self._file.tell() == 0:
                return name
        return None


def send(
    protocol: Any, started: StartResponse, result: Iterable[bytes], finish: Callable[[], None]
) -> None:
    """Send the response. `finish` is called once the request is no longer needed."""

    def end() -> None:
        try:
            getattr(result, "close", lambda: None)()
        finally:
            finish()

    stream = None
    try:
        path = result.path if isinstance(result, File) else None
        pieces = iter(result)
        beginning, whole = _beginning(pieces)
        if whole:
            protocol.response_bytes(started.status, started.headers, beginning)
        elif path:
            protocol.response_file(started.status, started.headers, path)
        else:
            pipe = Pipe()
            protocol.response_file(started.status, started.headers, pipe.path)
            stream = GeneratedStream(pipe, chain([beginning], pieces), end)
    finally:
        if stream is None:
            end()
    if stream:
        stream.start()


def _beginning(pieces: Iterator[bytes]) -> tuple[bytes, bool]:
    """The first bytes, and whether that is all."""
    taken, size = [], 0
    for piece in pieces:
        taken.append(piece)
        size += len(piece)
        if size > WHOLE:
            return b"".join(taken), False
    return b"".join(taken), True


class Pipe:
    """A pipe that granian reads as a file, no faster than the client does."""

    def __init__(self) -> None:
        self._reader: int | None
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)
        self._writable = select.poll()
        self._writable.register(self._writer, select.POLLOUT)
        self._sent = 0
        self.path = f"/dev/fd/{self._reader}"

    def write(self, piece: bytes) -> None:
        """Raises TimeoutError if the client doesn't read, BrokenPipeError if it left."""
        rest = memoryview(piece)
        while rest:
            if not self._writable.poll(STALL * 1000):
                raise TimeoutError
            with suppress(BlockingIOError):
                count = os.write(self._writer, rest)
                rest = rest[count:]
                self._sent += count
            if self._sent > WHOLE:  # more than the pipe holds: granian has opened its own end
                self._close_reader()

    def close(self) -> None:
        os.close(self._writer)
        self._close_reader()

    def _close_reader(self) -> None:
        if self._reader is not None:
            os.close(self._reader)
            self._reader = None


class GeneratedStream:
    """A response that is generated while it's sent."""

    def __init__(self, pipe: Pipe, pieces: Iterable[bytes], end: Callable[[], None]) -> None:
        self._pipe, self._pieces, self._end = pipe, pieces, end

    def start(self) -> None:
        if _streams.acquire(blocking=False):
            threading.Thread(target=self._run_apart, name="stream", daemon=True).start()
        else:
            self._run()

    def _run_apart(self) -> None:
        try:
            self._run()
        finally:
            connections.close_all()  # this thread's own
            _streams.release()

    def _run(self) -> None:
        try:
            for piece in self._pieces:
                self._pipe.write(piece)
        except (BrokenPipeError, TimeoutError):
            logger.info("A client left a download.")
        except Exception:
            logger.exception("A streaming response failed.")
        finally:
            self._pipe.close()
            self._end()
