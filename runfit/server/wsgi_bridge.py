"""An RSGI application, for granian, that runs a WSGI application.

Bodies are read completely on the event loop (`request_bodies`); only then do requests queue for one
of a few threads. Responses free their thread at once: granian sends files and bytes in memory on
its own. A streaming response, such as an export of a million rows, gets its own thread.
"""

import asyncio
import logging
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable
from io import BytesIO
from queue import SimpleQueue
from typing import Any, NamedTuple

from runfit.server import responses
from runfit.server.request_bodies import (
    NOTHING,
    Body,
    BodyReader,
    ClientDisconnectedError,
    Limits,
    RefusedError,
)
from runfit.server.sockets import set_tcp_timeouts

THREADS = 4
POLL_SECONDS = 0.05

logger = logging.getLogger(__name__)

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class QueuedRequest(NamedTuple):
    """A request that waits for a thread."""

    scope: Any
    protocol: Any
    body: Body
    answered: "asyncio.Future[None]"


class WsgiBridge:
    """Serves a WSGI application."""

    def __init__(
        self,
        application: Application,
        *,
        threads: int = THREADS,
        limits: Limits | None = None,
        own_headers: Iterable[tuple[str, str]] = (),
    ) -> None:
        """`own_headers` are for responses of the bridge itself."""
        self._own_headers = [*own_headers]
        self._application, self._threads = application, threads
        self._bodies = BodyReader(limits)
        self._requests: SimpleQueue[QueuedRequest | None] = SimpleQueue()
        self._answered: deque[asyncio.Future[None]] = deque()
        self._open = 0
        self._polling = False

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        for number in range(self._threads):
            threading.Thread(target=self._serve, name=f"web-{number}", daemon=True).start()
        loop.call_soon(set_tcp_timeouts)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        for _ in range(self._threads):
            self._requests.put(None)

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        try:
            body = await self._body(scope, protocol)
        except RefusedError as refused:
            headers = [
                ("content-type", "text/plain; charset=utf-8"),
                ("connection", "close"),
                *self._own_headers,
            ]
            protocol.response_str(refused.status, headers, refused.words)
        except ClientDisconnectedError:
            headers = [("connection", "close"), *self._own_headers]
            protocol.response_empty(400, headers)  # the client has usually left
        else:
            self._end_answered()
            self._open += 1
            if not self._polling:
                self._polling = True
                self._loop.call_later(POLL_SECONDS, self._poll)
            answered = self._loop.create_future()
            self._requests.put(QueuedRequest(scope, protocol, body, answered))
            await answered

    async def _body(self, scope: Any, protocol: Any) -> Body:
        headers = scope.headers
        if "content-length" not in headers and "transfer-encoding" not in headers:
            return NOTHING
        return await self._bodies.read(headers, scope.path, aiter(protocol))

    def _serve(self) -> None:
        """The loop of one thread."""
        while request := self._requests.get():
            try:
                self._answer(request)
            except BaseException:
                logger.exception("A request could not be answered.")
                request.protocol.response_empty(500, self._own_headers)
            self._answered.append(request.answered)

    def _answer(self, request: QueuedRequest) -> None:
        started = responses.StartResponse()
        result = self._application(environ(request.scope, request.body), started)
        responses.send(request.protocol, started, result, request.body.close)

    def _poll(self) -> None:
        """Runs regularly while requests are open."""
        self._polling = self._end_answered()
        if self._polling:
            self._loop.call_later(POLL_SECONDS, self._poll)

    def _end_answered(self) -> bool:
        """Resolve the futures of answered requests. Returns whether any request is open. Done in
        the event loop, because a thread would have to wake the loop once more per request."""
        while self._answered:
            answered = self._answered.popleft()
            self._open -= 1
            if not answered.done():  # its client may have left
                answered.set_result(None)
        return self._open > 0


BASE = {
    "SCRIPT_NAME": "",
    "SERVER_SOFTWARE": "granian",
    "wsgi.errors": sys.stderr,
    "wsgi.file_wrapper": responses.File,
    "wsgi.input_terminated": True,
    "wsgi.multiprocess": True,
    "wsgi.multithread": True,
    "wsgi.run_once": False,
    "wsgi.version": (1, 0),
}
_names = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
MOST_NAMES = 500


def environ(scope: Any, body: Body) -> dict[str, Any]:
    """The WSGI environ (PEP 3333). Headers with an underscore are dropped, since they could
    impersonate a proxy's."""
    version = scope.http_version
    server, _, port = scope.server.rpartition(":")
    values: dict[str, Any] = {
        **BASE,
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": server.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": "HTTP/1.0" if version == "1" else f"HTTP/{version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body.file or BytesIO(),
    }
    for header, value in scope.headers.items():
        if "_" not in header:
            name = _names.get(header) or _name(header)
            known = values.get(name)
            values[name] = value if known is None else _joined(name, known, value)
    if body.length is not None:
        values["CONTENT_LENGTH"] = str(body.length)
    return values


def _name(header: str) -> str:
    name = "HTTP_" + header.upper().replace("-", "_")
    if len(_names) < MOST_NAMES:  # clients can make up any number
        _names[header] = name
    return name


def _joined(name: str, known: str, value: str) -> str:
    return f"{known}; {value}" if name == "HTTP_COOKIE" else f"{known},{value}"
