"""Servers for fault injection: an SMTP server and a PostgreSQL cluster."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.faults import machine
from tests.faults.sink import Dial, write_dial
from tests.support.ports import listens
from tests.support.processes import Process, unprivileged, wait_for


class MailServer:
    def __init__(self, port: int, folder: Path) -> None:
        self.port, self.folder = port, folder
        self.process: Process | None = None

    def start(self, **dial: Any) -> None:
        self.dial(**dial)
        command = [sys.executable, "-m", "tests.faults.sink", str(self.port), self.folder]
        self.process = Process(command, self.folder / "sink.log")
        wait_for(lambda: listens(self.port), "the mail server")

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process = None

    def restart(self, **dial: Any) -> None:
        """Restart with other settings, so that no open connection keeps the old login."""
        self.kill()
        self.start(**dial)

    def fresh(self) -> None:
        """Reset it: running, empty, without faults."""
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
    """A PostgreSQL cluster that may be restarted. Run as another user if we're root."""

    def __init__(self, port: int) -> None:
        self.port = port
        # Not in this run's folder, which other users can't enter.
        self.folder = Path(tempfile.mkdtemp(prefix="runfit-cluster-"))
        self.data = self.folder / "data"
        self.user = None if os.geteuid() else unprivileged()
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
        """fast, like an upgrade, or immediate, like a crash."""
        self._ctl("restart", "--mode", mode)

    def kill(self) -> None:
        self._ctl("stop", "--mode", "immediate")

    def stop(self) -> None:
        if (self.data / "postmaster.pid").exists():
            self.kill()
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
