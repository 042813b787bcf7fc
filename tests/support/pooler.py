"""PgBouncer."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from tests.support.ports import free_port, listens
from tests.support.processes import Process, unprivileged, wait_for


class Pooler:
    """Won't run as root. `mode` as in docs/server.md."""

    def __init__(self, port: int, mode: str = "transaction") -> None:
        self.port, self.mode = port, mode
        self.folder = Path(tempfile.mkdtemp(prefix="runfit-pooler-"))
        self.user = None if os.geteuid() else unprivileged()
        if self.user:
            shutil.chown(self.folder, self.user.pw_uid)
        self.process: Process | None = None

    def start(self) -> None:
        command = ["pgbouncer", self.folder / "pgbouncer.ini"]
        user = self.user.pw_uid if self.user else None
        self.process = Process(command, self.folder / "log", user=user)
        wait_for(lambda: listens(self.port), "PgBouncer")

    def kill(self) -> None:
        assert self.process
        self.process.kill()

    def point_at(self, host: str, port: int, user: str) -> None:
        (self.folder / "pgbouncer.ini").write_text(
            f"[databases]\n* = host={host} port={port} user={user}\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {self.port}\nauth_type = any\n"
            f"pool_mode = {self.mode}\nmax_client_conn = 200\ndefault_pool_size = 60\n"
            "server_login_retry = 1\nunix_socket_dir =\nignore_startup_parameters = options\n"
        )
        if self.process:
            os.kill(self.process.pid, signal.SIGHUP)


@contextmanager
def running_pooler(mode: str) -> Iterator[Pooler]:
    """In front of the tests' own server."""
    pooler = Pooler(free_port(), mode)
    own = connection.settings_dict
    pooler.point_at(own["HOST"] or "127.0.0.1", int(own["PORT"] or 5432), own["USER"])
    pooler.start()
    try:
        yield pooler
    finally:
        pooler.kill()
        shutil.rmtree(pooler.folder, ignore_errors=True)


@contextmanager
def pooled(mode: str) -> Iterator[tuple[BaseDatabaseWrapper, BaseDatabaseWrapper]]:
    """Two connections to the tests' database, through a pooler."""
    with running_pooler(mode) as pooler:
        one, two = connection.copy(), connection.copy()
        for each in (one, two):
            each.settings_dict.update(HOST="127.0.0.1", PORT=pooler.port)
        with closing(one), closing(two):
            yield one, two
