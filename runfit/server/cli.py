"""The web server: `python -m runfit.server --port 8000 --workers 2`.

Its timeouts are in three places: granian's options here (headers, idle connections),
`request_bodies` (slow uploads), `responses` and `sockets` (clients that don't read).
"""

import argparse
import ipaddress
from typing import TYPE_CHECKING, Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels

from runfit.server.sockets import allow_many_files

if TYPE_CHECKING:
    from granian.server.common import AbstractServer

HEADERS_MS = 15_000
"""For a request's first byte, all of its headers, and an idle keep-alive connection."""
LONGEST_HEADERS = 64 * 1024
CONNECTIONS = 16_384
"""Per process, if the limit on open files allows it. An idle one costs a few kilobytes."""
FILES_FOR_THE_REST = 200
KILLED_AFTER = 10
"""Seconds for a stopping process to finish its requests."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", type=_address, default="127.0.0.1", help="an IP address")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1, help="processes; each has four threads")
    parser.add_argument("--app", default="runfit.rsgi:application", help="another RSGI application")
    options = parser.parse_args()
    server(options.app, options.host, options.port, options.workers).serve()


def server(application: str, host: str, port: int, workers: int) -> "AbstractServer[Any]":
    return Granian(
        application,
        address=host,
        port=port,
        workers=workers,
        interface=Interfaces.RSGI,
        loop=Loops.asyncio,  # not whichever happens to be installed
        # granian has no timeouts for HTTP/2, nor for detecting the HTTP version.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADERS_MS, max_buffer_size=LONGEST_HEADERS
        ),
        websockets=False,
        backlog=4096,
        backpressure=min(CONNECTIONS, max(1, allow_many_files() - FILES_FOR_THE_REST)),
        respawn_failed_workers=True,
        workers_kill_timeout=KILLED_AFTER,
        log_level=LogLevels.warning,
    )


def _address(text: str) -> str:
    return str(ipaddress.ip_address("127.0.0.1" if text == "localhost" else text))
