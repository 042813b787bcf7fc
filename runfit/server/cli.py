"""The web server, for all who start it: `python -m runfit.server --port 8000 --workers 2`.

What it guards against is in three places: granian's options here (headers, connections that say
nothing), `bodies` (what is sent slowly), `answers` and `sockets` (what is never read).
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
"""For the first byte of a request, all of its headers, and what comes after an answer."""
LONGEST_HEADERS = 64 * 1024
CONNECTIONS = 16_384
"""Of each process, if the system allows so many files: one that only waits costs some kilobytes."""
FILES_FOR_THE_REST = 200
KILLED_AFTER = 10
"""Seconds that a process which is to stop has for what it is busy with."""


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
        # HTTP/2 has no time-outs here, and the one before it is told apart without any.
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


def _address(words: str) -> str:
    return str(ipaddress.ip_address("127.0.0.1" if words == "localhost" else words))
