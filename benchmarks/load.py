"""Load tests with wrk, and the CPU time of the server's processes."""

import re
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from itertools import count, islice
from pathlib import Path

from benchmarks.turns import Turn
from tests.support.processes import Process

CONNECTIONS = 16  # enough for every worker, however the kernel distributes them
FIRST_RATE = 3000.0  # requests per second, more than half of what a turn reaches
DONE = re.compile(r"(\d+) requests in ([\d.]+)(us|ms|s|m)")
UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}
FAULTS = re.compile(r"(Non-2xx or 3xx responses: .*|Socket errors: .*)")
SCRIPT = Path(__file__).with_name("posts.lua")


class LoadError(Exception):
    """A load test got unexpected responses."""


class Posts:
    """Unique posts, created before the clock starts. `ahead` yields paths and bodies. Every post
    comes from a different network."""

    def __init__(self, ahead: Iterator[tuple[str, str]], file: Path) -> None:
        self.ahead, self.file = ahead, file
        self.networks = map(str, map(ip_address, count(int(ip_address("10.0.0.1")))))
        self.made: list[str] = []
        self.rate = FIRST_RATE

    def write(self, seconds: float) -> None:
        """Create more posts than can be sent in that time."""
        wanted = int(2 * self.rate * (whole(seconds) + 1)) + 4 * CONNECTIONS
        new = islice(self.ahead, max(0, wanted - len(self.made)))
        self.made += (f"{path} {next(self.networks)} {body}\n" for path, body in new)
        self.file.write_text("".join(self.made[:wanted]))

    def used(self, turn: Turn) -> None:
        """Drop the posts that were sent, including those still in flight at the end."""
        self.made = self.made[turn.done + 2 * CONNECTIONS :]
        self.rate = max(self.rate, turn.rate)


@dataclass(frozen=True)
class Page:
    body: bytes
    encoding: str | None


@dataclass
class Server:
    """A running web server."""

    process: Process
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cpu(self) -> float:
        """CPU seconds used by its processes so far."""
        return sum(cpu_of(pid) for pid in self.process.tree())

    def fetch(self, path: str, headers: Mapping[str, str]) -> Page:
        """One response, still encoded."""
        request = urllib.request.Request(f"{self.url}{path}", headers=dict(headers))
        with urllib.request.urlopen(request) as answer:
            return Page(answer.read(), answer.headers["Content-Encoding"])

    def get(self, path: str, seconds: float, headers: Mapping[str, str]) -> Turn:
        return self._load([f"{self.url}{path}"], seconds, headers)

    def post(self, posts: Posts, seconds: float, headers: Mapping[str, str]) -> Turn:
        posts.write(seconds)
        words = ["--script", str(SCRIPT), self.url, "--", str(posts.file)]
        turn = self._load(words, seconds, headers)
        posts.used(turn)
        return turn

    def _load(self, words: list[str], seconds: float, headers: Mapping[str, str]) -> Turn:
        options = [f"--header={name}: {value}" for name, value in headers.items()]
        before = self.cpu()
        told = subprocess.run(
            [
                "wrk", "--threads", "1", "--connections", str(CONNECTIONS), "--timeout", "20",
                "--duration", f"{whole(seconds)}s", *options, *words,
            ],
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        ).stdout  # fmt: skip
        spent = self.cpu() - before
        fault = FAULTS.search(told)
        done = DONE.search(told)
        if fault or not done:
            raise LoadError(f"{words[0]}: {fault[0] if fault else told}")
        return Turn(int(done[1]), float(done[2]) * UNITS[done[3]], spent)


def whole(seconds: float) -> int:
    """Whole seconds, as wrk requires. (It can't be interrupted while it reads the posts.)"""
    return max(1, round(seconds))


def cpu_of(pid: int) -> float:
    """The kernel's CPU clock of a process, which is finer than /proc."""
    with suppress(OSError):
        return time.clock_gettime((~pid << 3) | 2)
    return 0.0
