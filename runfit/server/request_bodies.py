"""The body of a request, read before a thread is taken for it.

Bodies come from strangers, at whatever pace they like. They are read on the event loop, where one
that waits costs nobody anything, with a least rate: who sends slower than that is told so (408).
A body that is cut off never reaches the application.
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
    """A phone in a valley must get through, and nobody may stay for ever: 10 MB may take 43
    minutes, an answered self-check 22 seconds."""

    grace: float = 20.0
    """Seconds for the first byte, and for every further one."""
    least_rate: int = 4 * KB
    """Bytes a second, on top of one `grace` for all."""
    most: int = 1 * MB
    """As `DATA_UPLOAD_MAX_MEMORY_SIZE`: what is longer is not read, and refused by Django, or
    here where it is a form in parts."""
    most_uploaded: int = 128 * MB
    """Under `uploads`, where the PT sends pictures and PDFs."""
    uploads: str = "/admin/"
    uploads_at_once: int = 4
    """Longer than `most`, in one process: strangers can send them too, and disks fill."""
    in_memory: int = 128 * KB
    """What is longer lies in a file that has no name."""


TOO_MUCH = "That's too much at once. Please send less."


class RefusedError(Exception):
    """The connection is answered so, and closed."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status, self.words = status, words


class ClientDisconnectedError(Exception):
    """Whoever sent this is gone."""


@dataclass(frozen=True)
class Body:
    """What came. `length` is None where there is none."""

    file: IO[bytes] | None = None
    length: int | None = None

    def close(self) -> None:
        if self.file:
            self.file.close()


NOTHING = Body()


class Headers(Protocol):
    """Those of a request: a dict, or granian's."""

    def __contains__(self, name: object, /) -> bool: ...

    def get(self, name: str, /) -> str | None: ...


class BodyReader:
    """Reads them all for one process."""

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
                return Body(length=announced)  # Django looks at the length alone, and has a page
            await self._throw_away(pieces)
            raise RefusedError(413, TOO_MUCH)
        return await self._kept(pieces, length, most)

    async def _throw_away(self, pieces: AsyncIterator[bytes]) -> None:
        """A browser shows an answer only when all is sent. No more than eight times too much."""
        pace, received = MinimumRate(self.limits), 0
        while received < 8 * self.limits.most_uploaded:
            piece = await pace.next(pieces, received)
            if not piece:
                return
            received += len(piece)

    async def _kept(self, pieces: AsyncIterator[bytes], length: int | None, most: int) -> Body:
        file = tempfile.SpooledTemporaryFile(self.limits.in_memory)  # noqa: SIM115 - the request's end closes it
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
    """When the next piece of one body must be there."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._begun = self._loop.time()

    async def next(self, pieces: AsyncIterator[bytes], received: int) -> bytes:
        """Empty at the end, and where the rest is cut off."""
        due = min(self._loop.time(), self._begun + received / self._limits.least_rate)
        try:
            async with asyncio.timeout_at(due + self._limits.grace):
                return await pieces.__anext__()
        except StopAsyncIteration:
            return b""
        except TimeoutError:
            raise RefusedError(408, "That arrived too slowly. Please try again.") from None


async def _end(pieces: AsyncIterator[bytes], length: int | None) -> None:
    """Granian gives an empty piece for the end of a body of unknown length, and one more for one
    that was cut off."""
    if length is not None:
        raise ClientDisconnectedError
    with suppress(StopAsyncIteration):
        await pieces.__anext__()
        raise ClientDisconnectedError


def _in_parts(headers: Headers) -> bool:
    """Django doesn't compare the length of such a form with its limit: it may be all files."""
    kind = headers.get("content-type") or ""
    return kind.partition(";")[0].strip().lower() == "multipart/form-data"


def _length(headers: Headers) -> int | None:
    """The server has checked that it is a number."""
    length = headers.get("content-length")
    return None if length is None else int(length)
