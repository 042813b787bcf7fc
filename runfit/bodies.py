"""The body of a request, read before a thread is taken for it.

Bodies come from strangers, at whatever pace they like. They are read on the event loop, where one
that waits costs nobody anything, with a least rate: who sends slower than that is told so (408).
A body that is cut off never reaches the application.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import IO

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
    """As `DATA_UPLOAD_MAX_MEMORY_SIZE`: what is longer is not read, and refused by Django."""
    most_uploaded: int = 64 * MB
    """Under `uploads`, where the PT sends pictures and PDFs."""
    uploads: str = "/admin/"
    uploads_at_once: int = 4
    """Longer than `most`, in one process: strangers can send them too, and disks fill."""
    in_memory: int = 128 * KB
    """What is longer lies in a file that has no name."""


TOO_MUCH = "This is too much at once. Please send less."


class RefusedError(Exception):
    """The connection is answered so, and closed."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status, self.words = status, words


class CutOffError(Exception):
    """Whoever sent this is gone."""


@dataclass(frozen=True)
class Body:
    """What came. `length` is None where there is none."""

    file: IO[bytes] | None = None
    length: int | None = None

    def close(self) -> None:
        if self.file:
            self.file.close()


class Bodies:
    """Reads them all for one process."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._uploads = 0

    async def read(
        self, headers: Mapping[str, str], path: str, pieces: AsyncIterator[bytes]
    ) -> Body:
        length = _length(headers)
        if length is None and "transfer-encoding" not in headers:
            return Body()
        limits, announced = self.limits, length or 0
        uploads = path.startswith(limits.uploads)
        if announced > limits.most and not uploads:
            return Body(length=announced)  # Django looks at the length alone, and has a page
        if announced > limits.most_uploaded:
            raise RefusedError(413, TOO_MUCH)
        most = limits.most_uploaded if uploads else limits.most
        return await self._kept(pieces, length, most)

    async def _kept(self, pieces: AsyncIterator[bytes], length: int | None, most: int) -> Body:
        file = tempfile.SpooledTemporaryFile(self.limits.in_memory)  # noqa: SIM115 - the request's end closes it
        large = False
        try:
            received = 0
            async for piece in _paced(pieces, length, self.limits):
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


def _length(headers: Mapping[str, str]) -> int | None:
    """The server has checked that it is a number."""
    return int(headers["content-length"]) if "content-length" in headers else None


async def _paced(
    pieces: AsyncIterator[bytes], length: int | None, limits: Limits
) -> AsyncIterator[bytes]:
    """Until all is there. Granian gives an empty piece for the end, and one more for a body that
    was cut off."""
    loop = asyncio.get_running_loop()
    begun, received, ended = loop.time(), 0, False
    while length is None or received < length:
        now = loop.time()
        until = min(now, begun + received / limits.least_rate) + limits.grace
        try:
            async with asyncio.timeout_at(until):
                piece = await pieces.__anext__()
        except TimeoutError:
            raise RefusedError(408, "This came too slowly. Please try again.") from None
        except StopAsyncIteration:
            break
        if ended or (not piece and length is not None):
            raise CutOffError
        ended = not piece
        received += len(piece)
        yield piece
    if length is not None and received < length:
        raise CutOffError
