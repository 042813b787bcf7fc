"""Slow and silent clients, and a killed web process."""

import os
import random
import signal
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path

from runfit.server.cli import HEADERS_MS
from runfit.server.request_bodies import Limits
from tests.faults.measures import Measured, Size
from tests.faults.stack import Stack, part
from tests.support.ports import free_port
from tests.support.processes import Process, seconds_until, wait_for
from tests.support.site import Site

PAGE = "/check/tight-hips/"
TURN = 2.0
MOST_RATIO = 2.0
SLOW_EVERY = 2.0
GRACE = 10.0
"""Tolerance for many clients on a busy machine."""
APART = 7.0
"""Seconds between kills: granian treats two exits within 5.5 seconds as a crash loop."""
BACK_WITHIN = 30.0
MOST_GAP = 5.0


def slow_bodies(stack: Stack, size: Size) -> Measured:
    """Clients that send a byte every two seconds to the two public forms."""

    def begin(client: socket.socket, number: int) -> None:
        path = (PAGE, "/count/")[number % 2]
        client.sendall(
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode()
        )

    return _strangers(stack, size, begin, b"a", Limits().grace)


def silent(stack: Stack, size: Size) -> Measured:
    """Clients that send nothing, or stop in the middle of a request."""

    def begin(client: socket.socket, number: int) -> None:
        client.sendall((b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: h\r\n")[number % 3])

    return _strangers(stack, size, begin, b"", HEADERS_MS / 1000)


def _strangers(
    stack: Stack,
    size: Size,
    begin: Callable[[socket.socket, int], None],
    trickle: bytes,
    gone_after: float,
) -> Measured:
    """Page times with and without these clients, and how long the last one stayed."""
    alone: list[float] = []
    beside: list[float] = []
    longest = 0.0
    with _web(stack) as (site, _):
        _visits(site.port, TURN)
        for _ in range(size.turns):
            alone += _visits(site.port, TURN)
            with _crowd(site.port, size.strangers, begin, trickle) as strangers:
                beside += _visits(site.port, TURN)
        with _crowd(site.port, size.strangers, begin, trickle) as strangers:
            longest = seconds_until(lambda: not strangers, gone_after + GRACE)
    usual, then = _p95(alone), _p95(beside)
    return Measured(
        f"p95 of {len(beside)} visits {1000 * then:.1f} ms beside {size.strangers}, "
        f"{1000 * usual:.1f} ms of {len(alone)} without: {then / usual:.2f}; "
        f"the last was gone after {longest:.0f} s",
        ok=then / usual < MOST_RATIO and longest <= gone_after + GRACE,
    )


@contextmanager
def _web(stack: Stack) -> Iterator[tuple[Site, Process]]:
    """A separate site with two processes, as in docker-compose.yml."""
    port = free_port()
    folder = part(stack.folder, f"web-{port}")
    site = Site(folder, port, {"SITE_URL": f"http://localhost:{port}"})
    process = site.web(workers=2)
    wait_for(lambda: _listening(port) == 2, "both processes")
    try:
        yield site, process
    finally:
        process.kill()


@contextmanager
def _crowd(
    port: int, count: int, begin: Callable[[socket.socket, int], None], trickle: bytes
) -> Iterator[list[socket.socket]]:
    """The clients still connected. Checked, and sending a byte, every two seconds."""
    strangers = [socket.create_connection(("127.0.0.1", port)) for _ in range(count)]
    leave = threading.Event()
    for number, client in enumerate(strangers):
        begin(client, number)
        client.setblocking(False)

    def stay() -> None:
        while not leave.wait(SLOW_EVERY if trickle else 0.2):
            for client in [*strangers]:
                if _was_closed(client, trickle):
                    strangers.remove(client)
                    client.close()

    thread = threading.Thread(target=stay, daemon=True)
    thread.start()
    try:
        yield strangers
    finally:
        leave.set()
        thread.join()
        for client in strangers:
            client.close()


def _was_closed(client: socket.socket, trickle: bytes) -> bool:
    try:
        if trickle:
            client.send(trickle)
        while client.recv(1 << 16):
            pass
    except BlockingIOError:
        return False
    except OSError:
        pass
    return True


def _visits(port: int, spell: float) -> list[float]:
    """The times of sequential page requests with short pauses."""
    took = []
    end = time.monotonic() + spell
    while time.monotonic() < end:
        begun = time.monotonic()
        if not _answered(port):
            raise TimeoutError("a visitor was not answered")
        took.append(time.monotonic() - begun)
        time.sleep(random.uniform(0, 0.01))
    return took


def _answered(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 10) as visitor:
        visitor.sendall(
            f"GET {PAGE} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
        )
        first = visitor.recv(1 << 16)
        while visitor.recv(1 << 16):
            pass
        return first.startswith(b"HTTP/1.1 200 ")
    return False


def _p95(took: list[float]) -> float:
    return statistics.quantiles(took, n=20)[-1]


def child_killed(stack: Stack, size: Size) -> Measured:
    """Kills one of two web processes under constant load."""
    with _web(stack) as (site, process), _visitors(site.port) as visits:
        alone = [_kill_one(site, process) for _ in range(size.child_kills)]
    answered = [at for at, ok in visits if ok]
    failed = len(visits) - len(answered)
    longest = max(back - begun for begun, back in alone)
    gap = max(late - early for early, late in pairwise(answered))
    return Measured(
        f"{size.child_kills} kills, {failed} of {len(visits)} pages cut off with their process; "
        f"the other alone for {longest:.1f} s at most, no pause longer than {gap:.1f} s",
        ok=failed <= 4 * size.child_kills and gap <= MOST_GAP,
    )


@contextmanager
def _visitors(port: int) -> Iterator[list[tuple[float, bool]]]:
    """The end time of each visit, and whether it succeeded."""
    visits: list[tuple[float, bool]] = []
    leave = threading.Event()

    def visit() -> None:
        while not leave.is_set():
            answered = _answered(port)
            visits.append((time.monotonic(), answered))

    threads = [threading.Thread(target=visit, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield visits
    finally:
        leave.set()
        for thread in threads:
            thread.join()


def _kill_one(site: Site, process: Process) -> tuple[float, float]:
    """When the other process was alone: start and end."""
    killed = random.choice(process.children())
    begun = time.monotonic()
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: killed not in process.children(), "its end")
    wait_for(lambda: _listening(site.port) == 2, "another", BACK_WITHIN)
    back = time.monotonic()
    time.sleep(APART)
    return begun, back


def _listening(port: int) -> int:
    """The number of listening processes: each has its own socket (SO_REUSEPORT)."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    states = (line.split()[1:4:2] for line in lines)
    return sum(address.endswith(f":{port:04X}") and state == "0A" for address, state in states)
