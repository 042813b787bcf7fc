"""Load on a web server, by wrk, and what the server's processes paid for it."""

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

CONNECTIONS = 16  # some for each worker, however the kernel shares them out
FIRST_RATE = 3000.0  # requests a second, more than half of what a turn reaches
DONE = re.compile(r"(\d+) requests in ([\d.]+)(us|ms|s|m)")
UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}
FAULTS = re.compile(r"(Non-2xx or 3xx responses: .*|Socket errors: .*)")
SCRIPT = Path(__file__).with_name("posts.lua")


class LoadError(Exception):
    """Something else came than what was asked for."""


class Posts:
    """What to post, no two alike, made before the clock starts: `ahead` yields for each its
    path and its body. Each comes from a network of its own."""

    def __init__(self, ahead: Iterator[tuple[str, str]], file: Path) -> None:
        self.ahead, self.file = ahead, file
        self.networks = map(str, map(ip_address, count(int(ip_address("10.0.0.1")))))
        self.made: list[str] = []
        self.rate = FIRST_RATE

    def write(self, seconds: float) -> None:
        """More than can be posted in that time."""
        wanted = int(2 * self.rate * (whole(seconds) + 1)) + 4 * CONNECTIONS
        new = islice(self.ahead, max(0, wanted - len(self.made)))
        self.made += (f"{path} {next(self.networks)} {body}\n" for path, body in new)
        self.file.write_text("".join(self.made[:wanted]))

    def used(self, turn: Turn) -> None:
        """Those that went out, among them some that nobody waited for."""
        self.made = self.made[turn.done + 2 * CONNECTIONS :]
        self.rate = max(self.rate, turn.rate)


@dataclass(frozen=True)
class Page:
    body: bytes
    encoding: str | None


@dataclass
class Server:
    """A web server that runs."""

    process: Process
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cpu(self) -> float:
        """Seconds of CPU time that its processes used so far."""
        return sum(cpu_of(pid) for pid in self.process.tree())

    def fetch(self, path: str, headers: Mapping[str, str]) -> Page:
        """One answer as it travels."""
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
    """As wrk counts. (It does not hear that it should stop while it still reads what to post.)"""
    return max(1, round(seconds))


def cpu_of(pid: int) -> float:
    """By the kernel's own clock of a process, finer than what /proc tells."""
    with suppress(OSError):
        return time.clock_gettime((~pid << 3) | 2)
    return 0.0
