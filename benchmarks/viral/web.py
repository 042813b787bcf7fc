"""A minimal browser: one connection per page visit, cookies, and a phone's bandwidth. Records every
response time, including the time to connect."""

import asyncio
import gzip
import re
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

from benchmarks.viral.notes import FaultError, Notes

PATIENCE = 30.0  # seconds; the timeout of a page
MOST_HEAD = 64 * 1024
SMALL_BUFFER = 16 * 1024
"""A small receive buffer, so that the server notices slow clients."""
PERSON = {
    "User-Agent": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile",
    "Accept-Language": "en",
    "Accept-Encoding": "gzip",
}
SCANNER = {"User-Agent": "Mozilla/5.0 (compatible; Proofpoint URL Defense)"}
FORM = "application/x-www-form-urlencoded"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
LOCATION = re.compile(rb"\r\nlocation: *([^\r]+)", re.IGNORECASE)
ZIPPED = re.compile(rb"\r\ncontent-encoding: *gzip", re.IGNORECASE)
COOKIE = re.compile(rb"\r\nset-cookie: *([^=\r]+)=([^;\r]*)", re.IGNORECASE)


@dataclass(frozen=True)
class Wish:
    """A request. `kind`: its name in reports. `status`: the expected status."""

    kind: str
    path: str
    method: str = "GET"
    body: bytes = b""
    content: str = ""
    status: int = 200


@dataclass
class Answer:
    head: bytes
    body: bytes

    @cached_property
    def text(self) -> str:
        return (gzip.decompress(self.body) if ZIPPED.search(self.head) else self.body).decode()

    @property
    def location(self) -> str:
        found = LOCATION.search(self.head)
        if found is None:
            raise FaultError("it led nowhere")
        return found[1].decode()


@dataclass
class Browser:
    """`address` is the runner's apparent IP address, each in a different network."""

    port: int
    notes: Notes
    address: str
    headers: Mapping[str, str] = field(default_factory=lambda: PERSON)
    cookies: dict[str, str] = field(default_factory=dict)

    def visit(self) -> "Visit":
        return Visit(self)


class Visit:
    """One connection, opened by its first request."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self._line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._line:
            self._line[1].transport.abort()

    async def get(self, path: str, kind: str) -> Answer:
        return await self._ask(Wish(kind, path))

    async def post(self, path: str, form: Mapping[str, str], kind: str) -> Answer:
        """Post a form that redirects."""
        body = urlencode(form).encode()
        return await self._ask(Wish(kind, path, "POST", body, FORM, 303))

    async def tell(self, path: str, body: bytes) -> None:
        await self._ask(Wish("beacon", path, "POST", body, "text/plain;charset=UTF-8", 204))

    async def download(self, path: str, speed: int) -> None:
        """Download at a limited rate. Only the time to the first byte is recorded."""
        wish = Wish("download", path)
        with self.browser.notes.timed(wish.kind):
            async with asyncio.timeout(PATIENCE):
                reader, writer = await self._open(SMALL_BUFFER)
                await self._send(writer, wish)
                length = left = _length(await _head(reader, wish))
        begun = time.monotonic()
        while left:
            left -= len(await reader.readexactly(min(SMALL_BUFFER, left)))
            await asyncio.sleep(max(0.0, begun + (length - left) / speed - time.monotonic()))

    async def _ask(self, wish: Wish) -> Answer:
        with self.browser.notes.timed(wish.kind):
            async with asyncio.timeout(PATIENCE):
                reader, writer = self._line or await self._open()
                await self._send(writer, wish)
                head = await _head(reader, wish)
                answer = Answer(head, await reader.readexactly(_length(head)))
        for name, value in COOKIE.findall(head):
            self.browser.cookies[name.decode()] = value.decode()
        return answer

    async def _open(self, buffer: int = 0) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        sock = socket.socket()
        sock.setblocking(False)
        if buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        try:
            await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", self.browser.port))
        except BaseException:
            sock.close()
            raise
        limit = buffer or MOST_HEAD
        self._line = await asyncio.open_connection(sock=sock, limit=limit)
        return self._line

    async def _send(self, writer: asyncio.StreamWriter, wish: Wish) -> None:
        browser = self.browser
        headers = {
            "Host": f"localhost:{browser.port}",
            "X-Forwarded-For": browser.address,
            **browser.headers,
        }
        if browser.cookies:
            headers["Cookie"] = "; ".join(map("=".join, browser.cookies.items()))
        if wish.content:
            headers |= {"Content-Type": wish.content, "Content-Length": str(len(wish.body))}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(f"{wish.method} {wish.path} HTTP/1.1\r\n{lines}\r\n".encode() + wish.body)
        await writer.drain()


async def _head(reader: asyncio.StreamReader, wish: Wish) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    if head[9:12] != str(wish.status).encode():
        # Hides long tokens in the path.
        path = re.sub("[A-Za-z0-9_.-]{20,}", "…", wish.path)
        raise FaultError(f"{head[9:12].decode()} for {path}")
    return head


def _length(head: bytes) -> int:
    if head[9:12] == b"204":
        return 0
    found = LENGTH.search(head)
    if found is None:
        raise FaultError("an answer of unknown length")
    return int(found[1])
