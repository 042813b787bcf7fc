"""The web server: `python -m runfit.server --port 8000 --workers 2`.

Its timeouts are in three places: granian's options here (headers, idle connections),
`request_bodies` (slow uploads), `responses` and `sockets` (clients that don't read).
"""

import argparse
import gc
import ipaddress
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels

from runfit.server.sockets import allow_many_files
from runfit.server.startup import refuse_misconfiguration

if TYPE_CHECKING:
    from granian.server.common import AbstractServer

APPLICATION = "runfit.rsgi:application"
HEADERS_MS = 15_000
"""For a request's first byte, all of its headers, and an idle keep-alive connection."""
LONGEST_HEADERS = 64 * 1024
CONNECTIONS = 16_384
"""Per process, if the limit on open files allows it. An idle one costs a few kilobytes."""
FILES_FOR_THE_REST = 200
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
KILLED_AFTER = 10
"""Seconds for a stopping process to finish its requests."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", type=_address, default="127.0.0.1", help="an IP address")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1, help="processes; each has four threads")
    parser.add_argument("--app", default=APPLICATION, help="another RSGI application")
    options = parser.parse_args()
    with counts_of_all_processes():
        if options.app == APPLICATION:
            refuse_misconfiguration()
        with shared_with_forks():
            import_module(options.app.partition(":")[0])
        server(options.app, options.host, options.port, options.workers).serve()


@contextmanager
def counts_of_all_processes() -> Iterator[None]:
    """A folder where the processes share what they count for `/metrics`, begun anew by each server:
    prometheus_client adds up all that it finds there, and reads this variable once, when it's
    imported. A process that was forked meanwhile leaves the folder alone."""
    if FOLDER in os.environ:  # bin/run has made one for all parts
        yield
        return
    maker, folder = os.getpid(), tempfile.mkdtemp(prefix="runfit-metrics-")
    os.environ[FOLDER] = folder
    try:
        yield
    finally:
        if os.getpid() == maker:
            shutil.rmtree(folder)


@contextmanager
def shared_with_forks() -> Iterator[None]:
    """What's imported here is there once for all forks, until they change it. The garbage collector
    would write to all of it, and while importing, it would take a quarter of the time."""
    gc.disable()
    yield
    gc.freeze()
    gc.enable()


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
