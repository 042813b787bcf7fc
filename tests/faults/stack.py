"""The full stack: PostgreSQL, Redis, mail server, web; and workers on demand."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connections

from guides.delivery import outbox
from runfit.celery import app
from tests.faults.crowd import Crowd
from tests.faults.servers import MailServer
from tests.support import postgres
from tests.support.database_rows import Rows
from tests.support.processes import Process
from tests.support.redis_server import Redis
from tests.support.site import Site


@dataclass
class Stack:
    folder: Path
    redis: Redis
    sink: MailServer
    site: Site
    crowd: Crowd
    rows: Rows = field(default_factory=Rows)
    _shared: Process | None = None
    _own: list[Process] = field(default_factory=list)

    def worker(self) -> Process:
        """The worker shared by faults that don't break it."""
        if self._shared is None or not self._shared.runs:
            self._shared = self.site.worker("shared")
        self._shared.listen()
        return self._shared

    def worker_alone(self, name: str = "worker", *, concurrency: int = 2) -> Process:
        """A worker to break, with no shared one."""
        self.workers_go()
        return self._kept(self.site.worker(name, concurrency=concurrency))

    def workers_go(self) -> None:
        if self._shared:
            self._shared.kill()
            self._shared = None

    def beat(self, name: str = "beat") -> Process:
        return self._kept(self.site.beat(name))

    def nudge(self) -> None:
        """Send the hint that a runner's request would."""
        app.send_task(outbox.DRAIN_TASK, expires=15, retry=False, ignore_result=True)

    def drained(self, *, limit: float = 60.0, moving: bool = True) -> float:
        return self.rows.drained(self.nudge, limit=limit, moving=moving)

    def degraded(self) -> list[str]:
        return list(json.loads(self.crowd.runner.get("/health/ready/").body)["degraded"])

    def fresh(self) -> None:
        """Reset for the next fault: no rows, all services healthy."""
        for process in self._own:
            process.kill()
        self._own.clear()
        if not self.redis.process:
            self.redis.start()
        self.redis.thaw()
        outbox.hint_clear()
        self.sink.fresh()
        self.rows.clear()

    def _kept(self, process: Process) -> Process:
        self._own.append(process)
        return process


@contextmanager
def running(folder: Path) -> Iterator[Stack]:
    with database():
        redis, sink = part(folder, "redis"), part(folder, "mail")
        stack = Stack(
            folder,
            Redis(urlsplit(os.environ["REDIS_URL"]).port or 0, redis),
            MailServer(settings.EMAIL_PORT, sink),
            Site(part(folder, "site"), urlsplit(settings.SITE_URL).port or 0, {}),
            Crowd(settings.SITE_URL),
        )
        stack.redis.start()
        stack.sink.start()
        stack.site.prepare()
        stack.site.web()
        stack.crowd.begin()
        yield stack


def part(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir()
    return made


@contextmanager
def database() -> Iterator[None]:
    """A temporary database."""
    with postgres.database(settings.DATABASES["default"]["NAME"]):
        try:
            yield
        finally:
            connections.close_all()
