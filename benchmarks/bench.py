"""The environment of the benchmarks: a temporary database, Redis, and web servers."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from benchmarks import mail_sinks
from benchmarks.load import Page, Server
from benchmarks.turns import Size
from tests.support import postgres
from tests.support.ports import free_port, listens
from tests.support.processes import Process, wait_for
from tests.support.redis_server import Redis

WORKERS = 2
T = TypeVar("T")
WANTS = {
    "postgres": "set TEST_DATABASE_URL to a PostgreSQL where databases may be made",
    "redis": "install redis-server",
    "nginx": "apt-get install nginx-light",
    "smtp-sink": "Debian's apt-get and dpkg-deb, to take it out of the package postfix",
    "wrk": "install wrk, which makes the load: apt-get install wrk",
}


def absent(needed: Collection[str]) -> dict[str, str]:
    """The missing components, with how to install them."""
    found: dict[str, Callable[[], object]] = {
        "postgres": postgres.answers,
        "redis": lambda: shutil.which("redis-server"),
        "nginx": lambda: shutil.which("nginx"),
        "smtp-sink": mail_sinks.unpack,
        "wrk": lambda: shutil.which("wrk"),
    }
    return {part: WANTS[part] for part in WANTS if part in needed and not found[part]()}


class Bench:
    """Starts services on demand and keeps them for later rows, since an idle server costs
    nothing."""

    def __init__(self, folder: Path, size: Size, stack: ExitStack, workers: int = WORKERS) -> None:
        self.folder, self.size, self.stack, self.workers = folder, size, stack, workers

    def with_workers(self, workers: int) -> "Bench":
        """The same database, with this many workers per server."""
        return Bench(self.folder, self.size, self.stack, workers)

    def keep(self, part: AbstractContextManager[T]) -> T:
        """Enter a context for the rest of the run."""
        return self.stack.enter_context(part)

    @cached_property
    def site(self) -> Server:
        """RunFit, served as in docker-compose.yml."""
        return self.serve("runfit.rsgi:application")

    @cached_property
    def ceiling(self) -> Server:
        """The minimal implementation: benchmarks/ceilings."""
        return self._ceiling()

    @cached_property
    def beside_usual(self) -> "Bench":
        """The same site, and a ceiling with the middleware of `startproject`."""
        other = Bench(self.folder, self.size, self.stack, self.workers)
        other.site, other.ceiling = self.site, self._ceiling(BENCH_USUAL="1")
        return other

    def _ceiling(self, **options: str) -> Server:
        environ = {
            "DJANGO_SETTINGS_MODULE": "benchmarks.ceilings.settings",
            "BENCH_CONSTANTS": str(self.folder),
            **options,
        }
        make_table = [
            sys.executable, "-m", "django", "migrate", "ceilings", "--run-syncdb", "--verbosity=0",
        ]  # fmt: skip
        subprocess.run(make_table, env={**os.environ, **environ}, check=True)
        return self.serve("benchmarks.ceilings.rsgi:application", environ=environ)

    def constant(self, page: Page) -> str:
        """Store a page for the ceiling to return. Returns its name."""
        ending = {None: "html", "gzip": "gz"}[page.encoding]
        name = f"{sha256(page.body).hexdigest()[:16]}.{ending}"
        (self.folder / name).write_bytes(page.body)
        return name

    def serve(
        self,
        application: str,
        *,
        environ: Mapping[str, str] | None = None,
        workers: int | None = None,
    ) -> Server:
        """Serve an RSGI application with our own server."""
        port = free_port()
        command = [
            sys.executable, "-m", "runfit.server", "--app", application, "--port", str(port),
            "--workers", str(workers or self.workers),
        ]  # fmt: skip
        return self._started(application, port, command, environ)

    def granian(self, application: str, *, python: Path, environ: Mapping[str, str]) -> Server:
        """Serve another WSGI application from its own virtualenv."""
        port = free_port()
        command = [
            python.with_name("granian"), "--interface", "wsgi", "--host", "127.0.0.1",
            "--port", str(port), "--workers", str(self.workers),
            "--blocking-threads", "2", "--log-level", "warning", application,
        ]  # fmt: skip
        return self._started(application, port, command, environ)

    def _started(
        self,
        application: str,
        port: int,
        command: Sequence[str | Path],
        environ: Mapping[str, str] | None,
    ) -> Server:
        name = application.partition(":")[0]
        process = Process(command, self.folder / f"{name}-{port}.log", environ=environ)
        wait_for(lambda: listens(port) or not process.runs, name)
        if not process.runs:
            raise RuntimeError(process.said()[-2000:])
        return Server(process, port)


@contextmanager
def running(folder: Path, size: Size) -> Iterator[Bench]:
    """A database with the default content, and Redis."""
    with ExitStack() as stack:
        stack.enter_context(postgres.database(settings.DATABASES["default"]["NAME"]))
        stack.callback(connections.close_all)
        with (folder / "prepare.log").open("w") as log:
            call_command("prepare", stdout=log)
        redis = Redis(settings.REDIS_PORT, folder)
        redis.start()
        yield Bench(folder, size, stack)
