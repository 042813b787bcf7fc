"""RunFit's processes, as docker-compose.yml starts them: web server, worker, and beat."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.support.ports import listens
from tests.support.processes import Process, wait_for

PYTHON = sys.executable
WEB = (PYTHON, "-m", "runfit.server")
CELERY = (PYTHON, "-m", "celery", "--app", "runfit", "--quiet")


@dataclass(frozen=True)
class Site:
    """RunFit's processes on one database."""

    folder: Path
    port: int
    environ: Mapping[str, str]

    def prepare(self) -> None:
        process = Process(
            [PYTHON, "manage.py", "prepare"], self.folder / "log", environ=self.environ
        )
        wait_for(lambda: not process.runs, "manage.py prepare", 180)
        process.kill()

    def web(self, *, workers: int = 1) -> Process:
        process = Process(
            [*WEB, "--port", str(self.port), "--workers", str(workers)],
            self.folder / "web.log",
            environ=self.environ,
        )
        wait_for(lambda: listens(self.port), "the web server")
        return process

    def worker(self, name: str = "worker", *, concurrency: int = 2) -> Process:
        command = [
            *CELERY, "worker", "--loglevel", "info", "--concurrency", str(concurrency),
            "--hostname", f"{name}@runfit",
        ]  # fmt: skip
        process = Process(command, self.folder / f"{name}.log", environ=self.environ)
        wait_for(lambda: len(process.children()) >= concurrency, "the worker")
        return process

    def beat(self, name: str = "beat") -> Process:
        schedule = self.folder / f"{name}-schedule"
        command = [*CELERY, "beat", "--loglevel", "info", "--schedule", str(schedule)]
        return Process(command, self.folder / f"{name}.log", environ=self.environ)
