"""The full stack of docker-compose.yml (web, worker, beat, PostgreSQL, Redis), and the crowd with
the mail server in its process."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import redis
from django.conf import settings

from benchmarks.bench import running
from benchmarks.turns import Size
from benchmarks.viral.meter import Meter, family
from tests.support.ports import listens
from tests.support.processes import ROOT, wait_for
from tests.support.site import Site

LIMITS = dict.fromkeys(
    ("ANSWER_LIMIT_NETWORK_HOUR", "GUIDE_LIMIT_HOUR", "GUIDE_LIMIT_NETWORK_HOUR"), "1000000000"
)
"""Rate limits off, since they exist to stop such load."""


@dataclass(frozen=True)
class Shape:
    """The number of processes for pages and for mail. `files`: granian serves static files and PDFs
    itself. Otherwise a proxy such as nginx would; it isn't run or measured."""

    web: int = 2
    mail: int = 2
    files: bool = True


class Crowd:
    """Starts and controls the process of crowd.py."""

    def __init__(self, folder: Path, **town: Any) -> None:
        words = [str(settings.EMAIL_PORT), json.dumps(town)]
        self.log = folder / "crowd.log"
        self.faults, self.samples = 0, set[str]()
        with self.log.open("w") as log:
            self._popen = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.viral.crowd", *words],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    @property
    def pid(self) -> int:
        return self._popen.pid

    def rate(self, runners: float) -> None:
        """Set the arrivals per second."""
        self._order(rate=runners)

    def tell(self) -> dict[str, Any]:
        """The crowd's records since the last report."""
        told = self._answer(tell=1)
        self.faults += told["faults"]
        self.samples |= set(told["samples"])
        return told

    def mails(self) -> tuple[set[str], dict[str, int]]:
        """The thanked addresses, and the number of mails per address."""
        told = self._answer(mails=1)
        return set(told["asked"]), told["taken"]

    def close(self) -> None:
        if self._popen.stdin:
            self._popen.stdin.close()
        try:
            self._popen.wait(10)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()
        if self._popen.stdout:
            self._popen.stdout.close()

    def _order(self, **words: float) -> None:
        assert self._popen.stdin
        print(json.dumps(words), file=self._popen.stdin, flush=True)

    def _answer(self, **words: float) -> dict[str, Any]:
        self._order(**words)
        assert self._popen.stdout
        line = self._popen.stdout.readline()
        if not line:
            raise RuntimeError(f"the crowd broke off: {self.log.read_text()[-2000:]}")
        return dict(json.loads(line))


@dataclass(frozen=True)
class Stack:
    shape: Shape
    crowd: Crowd
    meter: Meter


@contextmanager
def standing(shape: Shape, *, hurry: float, lines: Sequence[int], size: Size) -> Iterator[Stack]:
    os.environ.update(LIMITS, ACCEL_LOCATION="" if shape.files else "/files/")
    folder = Path(settings.FOLDER)
    with running(folder, size) as bench:
        queue = redis.Redis(port=settings.REDIS_PORT)
        queue.config_set("appendonly", "yes")
        server = bench.serve("runfit.rsgi:application", workers=shape.web)
        site = Site(folder, server.port, {})
        worker, beat = site.worker(concurrency=shape.mail), site.beat()
        crowd = Crowd(folder, port=server.port, hurry=hurry, lines=lines, files=shape.files)
        wait_for(lambda: listens(settings.EMAIL_PORT), "the crowd")
        wait_for(lambda: " ready." in worker.said() and "Starting" in beat.said(), "Celery")
        parts = {
            "web": partial(family, server.process.pid),
            "worker": partial(family, worker.pid),
            "beat": partial(family, beat.pid),
            "redis": lambda: [queue.info()["process_id"]],
            "client": lambda: [crowd.pid, os.getpid()],
        }
        try:
            with Meter(parts) as meter:
                yield Stack(shape, crowd, meter)
        finally:
            queue.close()
            crowd.close()
            for process in (beat, worker, server.process):
                process.stop()
