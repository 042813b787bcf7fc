"""The parts that faults are put into: Redis, the mail server, a PostgreSQL cluster, our processes."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis

from tests.faults import machine
from tests.faults.processes import Process, wait_for
from tests.faults.sink import Dial, write_dial

PYTHON = sys.executable
WEB = (PYTHON, "-m", "runfit.server")
CELERY = (PYTHON, "-m", "celery", "--app", "runfit", "--quiet")


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


class Redis:
    """Keeps nothing on disk: what it held when it is killed is lost."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port, self.folder = port, folder
        self.process: Process | None = None
        self.client = redis.Redis(port=port, socket_timeout=5)

    def start(self) -> None:
        command = [
            "redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
            "--appendonly", "no", "--dir", self.folder,
        ]  # fmt: skip
        self.process = Process(command, self.folder / "redis.log")
        wait_for(lambda: listens(self.port), "redis-server")

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process = None

    def freeze(self) -> None:
        assert self.process
        self.process.freeze()

    def thaw(self) -> None:
        assert self.process
        self.process.thaw()

    def tell(self, command: str) -> None:
        self.client.execute_command(*command.split())

    def everything(self) -> str:
        """All that it holds, as text."""
        kept = []
        for key in self.client.scan_iter():
            kind = self.client.type(key)
            value = self.client.lrange(key, 0, -1) if kind == b"list" else self.client.dump(key)
            kept.append(f"{key!r} {value!r}")
        return "\n".join(kept)


class MailServer:
    def __init__(self, port: int, folder: Path) -> None:
        self.port, self.folder = port, folder
        self.process: Process | None = None

    def start(self, **dial: Any) -> None:
        self.dial(**dial)
        command = [PYTHON, "-m", "tests.faults.sink", str(self.port), self.folder]
        self.process = Process(command, self.folder / "sink.log")
        wait_for(lambda: listens(self.port), "the mail server")

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process = None

    def restart(self, **dial: Any) -> None:
        """No connection that is open outlives a change of what signing in meets."""
        self.kill()
        self.start(**dial)

    def fresh(self) -> None:
        """Empty, up, and without a fault."""
        for name in ("mails.jsonl", "starts.jsonl"):
            (self.folder / name).unlink(missing_ok=True)
        self.restart()

    def dial(self, **values: Any) -> None:
        write_dial(self.folder, Dial(**values))

    def mails(self) -> list[dict[str, Any]]:
        return self._noted("mails.jsonl")

    def starts(self) -> list[dict[str, Any]]:
        return self._noted("starts.jsonl")

    def _noted(self, name: str) -> list[dict[str, Any]]:
        try:
            lines = (self.folder / name).read_text().splitlines()
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in lines]


class Cluster:
    """A PostgreSQL cluster that may be restarted. Root cannot run one, and lends it to a user."""

    def __init__(self, port: int) -> None:
        self.port = port
        # Not in the folder of this run, which nobody else may enter.
        self.folder = Path(tempfile.mkdtemp(prefix="runfit-cluster-"))
        self.data = self.folder / "data"
        self.user = None if os.geteuid() else machine.unprivileged()
        programs = machine.cluster_programs()
        assert programs
        self.programs = programs
        if self.user:
            shutil.chown(self.folder, self.user.pw_uid)

    def start(self) -> None:
        self._run("initdb", "--username", "runfit", "--auth", "trust", "--no-sync")
        with (self.data / "postgresql.conf").open("a") as settings:
            settings.write(
                f"port = {self.port}\nlisten_addresses = '127.0.0.1'\n"
                "unix_socket_directories = ''\n"
            )
        self._ctl("start")

    def restart(self, mode: str) -> None:
        """fast, as an upgrade does; immediate, as a crash does."""
        self._ctl("restart", "--mode", mode)

    def stop(self) -> None:
        if (self.data / "postmaster.pid").exists():
            self._ctl("stop", "--mode", "immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _ctl(self, *words: str) -> None:
        self._run("pg_ctl", "--wait", "--log", str(self.folder / "log"), *words)

    def _run(self, program: str, *words: str) -> None:
        subprocess.run(
            [self.programs / program, "--pgdata", self.data, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            user=self.user.pw_uid if self.user else None,
            check=True,
            timeout=120,
        )


@dataclass(frozen=True)
class Site:
    """Our own processes on one database, as docker-compose.yml starts them."""

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

    def beat(self) -> Process:
        schedule = self.folder / "celerybeat-schedule"
        command = [*CELERY, "beat", "--loglevel", "info", "--schedule", str(schedule)]
        return Process(command, self.folder / "beat.log", environ=self.environ)
