"""Reads request bodies before a thread is needed.

Clients send bodies at any pace. They're read on the event loop, where waiting costs nothing, with a
minimum rate: slower clients get a 408. A truncated body never reaches the application.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Protocol

KB, MB = 1024, 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Lenient to a phone with bad reception, but finite: 10 MB may take 43 minutes, a self-check's
    answers 22 seconds."""

    grace: float = 20.0
    """Seconds until the first byte, and between any two."""
    least_rate: int = 4 * KB
    """Bytes per second, plus one `grace` in total."""
    most: int = 1 * MB
    """As `DATA_UPLOAD_MAX_MEMORY_SIZE`. Longer bodies aren't read; Django rejects them, or this
    module if they're multipart forms."""
    most_uploaded: int = 128 * MB
    """The limit under `uploads`, where the PT sends pictures and PDFs."""
    uploads: str = "/admin/"
    uploads_at_once: int = 4
    """Bodies over `most` per process: anyone can send them, and disks fill up."""
    in_memory: int = 128 * KB
    """Longer bodies go to an unnamed temporary file."""


TOO_MUCH = "That's too much at once. Please send less."


class RefusedError(Exception):
    """Sends this response and closes the connection."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status, self.words = status, words


class ClientDisconnectedError(Exception):
    """The client closed the connection."""


@dataclass(frozen=True)
class Body:
    """A body that was read. `length` is None if the request has none."""

    file: IO[bytes] | None = None
    length: int | None = None

    def close(self) -> None:
        if self.file:
            self.file.close()


NOTHING = Body()


class Headers(Protocol):
    """A request's headers: a dict, or granian's object."""

    def __contains__(self, name: object, /) -> bool: ...

    def get(self, name: str, /) -> str | None: ...


class BodyReader:
    """Reads all bodies of one process."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._uploads = 0

    async def read(self, headers: Headers, path: str, pieces: AsyncIterator[bytes]) -> Body:
        length = _length(headers)
        if length is None and "transfer-encoding" not in headers:
            return NOTHING
        limits, announced = self.limits, length or 0
        uploads = path.startswith(limits.uploads)
        most = limits.most_uploaded if uploads else limits.most
        if announced > most:
            if not uploads and not _in_parts(headers):
                return Body(length=announced)  # Django has an error page for this
            await self._discard(pieces)
            raise RefusedError(413, TOO_MUCH)
        return await self._spooled(pieces, length, most)

    async def _discard(self, pieces: AsyncIterator[bytes]) -> None:
        """Browsers show a response only after the full upload. Stops at 8x the limit."""
        pace, received = MinimumRate(self.limits), 0
        while received < 8 * self.limits.most_uploaded:
            piece = await pace.next(pieces, received)
            if not piece:
                return
            received += len(piece)

    async def _spooled(self, pieces: AsyncIterator[bytes], length: int | None, most: int) -> Body:
        file = tempfile.SpooledTemporaryFile(self.limits.in_memory)  # noqa: SIM115 - closed with the request
        pace, received, large = MinimumRate(self.limits), 0, False
        try:
            while length is None or received < length:
                piece = await pace.next(pieces, received)
                if not piece:
                    await _end(pieces, length)
                    break
                received += len(piece)
                if received > most:
                    raise RefusedError(413, TOO_MUCH)
                if received > self.limits.most and not large:
                    self._take_upload()
                    large = True
                file.write(piece)
        except BaseException:
            file.close()
            raise
        finally:
            self._uploads -= large
        file.seek(0)
        return Body(file, received)

    def _take_upload(self) -> None:
        if self._uploads >= self.limits.uploads_at_once:
            raise RefusedError(503, "Too many uploads at once. Please try again in a minute.")
        self._uploads += 1


class MinimumRate:
    """Deadlines for the pieces of one body."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._begun = self._loop.time()

    async def next(self, pieces: AsyncIterator[bytes], received: int) -> bytes:
        """The next piece; empty at the end or if the rest is cut off."""
        due = min(self._loop.time(), self._begun + received / self._limits.least_rate)
        try:
            async with asyncio.timeout_at(due + self._limits.grace):
                return await pieces.__anext__()
        except StopAsyncIteration:
            return b""
        except TimeoutError:
            raise RefusedError(408, "That arrived too slowly. Please try again.") from None


async def _end(pieces: AsyncIterator[bytes], length: int | None) -> None:
    """At the end of a body of unknown length, granian yields an empty piece, and a second one if it
    was truncated."""
    if length is not None:
        raise ClientDisconnectedError
    with suppress(StopAsyncIteration):
        await pieces.__anext__()
        raise ClientDisconnectedError


def _in_parts(headers: Headers) -> bool:
    """Django doesn't check the length of multipart forms: they may be all files."""
    kind = headers.get("content-type") or ""
    return kind.partition(";")[0].strip().lower() == "multipart/form-data"


def _length(headers: Headers) -> int | None:
    """Content-Length, which granian has validated."""
    length = headers.get("content-length")
    return None if length is None else int(length)
