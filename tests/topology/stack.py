"""All parts, started in the order that they need each other."""

import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from tests.faults.servers import Cluster
from tests.support.pooler import Pooler
from tests.support.ports import free_port
from tests.support.processes import Process, break_off
from tests.support.redis_server import Redis
from tests.support.site import Site
from tests.support.smtp_server import Sink, running_sink
from tests.topology.servers import DATABASE, Proxy, Standby

NO_LIMIT = "1000000"
WORKERS = ("one", "two")


@dataclass
class Stack:
    url: str
    sink: Sink
    redis: Redis
    primary: Cluster
    standby: Standby
    pooler: Pooler
    sites: list[Site]
    webs: list[Process]
    workers: dict[str, Process]
    beat: Process
    password: str
    """The admin's."""
    desk_cookies: str = ""
    """Of the admin, once signed in."""

    def web_start(self, number: int) -> None:
        self.webs[number] = self.sites[number].web()

    def worker_start(self, name: str) -> None:
        self.workers[name] = self.sites[0].worker(name, concurrency=1)

    def beat_start(self) -> None:
        self.beat = self.sites[0].beat()


@contextmanager
def running(folder: Path) -> Iterator[Stack]:
    primary, standby, pooler = Cluster(free_port()), Standby(free_port()), Pooler(free_port())
    try:
        with running_sink() as sink:
            yield _started(folder, sink, primary, standby, pooler)
    finally:
        break_off()
        standby.stop()
        primary.stop()
        shutil.rmtree(pooler.folder, ignore_errors=True)


def _started(folder: Path, sink: Sink, primary: Cluster, standby: Standby, pooler: Pooler) -> Stack:
    primary.start()
    _make_database(primary.port)
    standby.follow(primary)
    pooler.point_at("127.0.0.1", primary.port, "runfit")
    pooler.start()
    redis = Redis(free_port(), folder)
    redis.start()
    proxy = Proxy(folder, free_port(), ports := [free_port(), free_port()], folder / "var/media")
    environ = _environ(folder, proxy, sink, pooler, redis)
    environ["REPLICA_URL"] = f"postgres://runfit@127.0.0.1:{standby.port}/{DATABASE}"
    sites = [Site(_made(folder / f"web{port}"), port, environ) for port in ports]
    sites[0].prepare()
    proxy.start()
    return Stack(
        environ["SITE_URL"], sink, redis, primary, standby, pooler, sites,
        [site.web() for site in sites],
        {name: sites[0].worker(name, concurrency=1) for name in WORKERS},
        sites[0].beat(),
        re.findall(r"password (\S+)", (sites[0].folder / "log").read_text())[0],
    )  # fmt: skip


def _environ(
    folder: Path, proxy: Proxy, sink: Sink, pooler: Pooler, redis: Redis
) -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_hex(32),
        "SITE_URL": f"https://localhost:{proxy.port}",
        "DATABASE_URL": f"postgres://runfit@127.0.0.1:{pooler.port}/{DATABASE}",
        "REDIS_URL": f"redis://127.0.0.1:{redis.port}/0",
        "EMAIL_URL": sink.url,
        "TRUSTED_PROXIES": "1",
        "ACCEL_LOCATION": "/files/",
        "SECOND_FACTOR": "false",
        "VAR_DIR": str(folder / "var"),
        **dict.fromkeys(
            ("ANSWER_LIMIT_NETWORK_HOUR", "GUIDE_LIMIT_HOUR", "GUIDE_LIMIT_NETWORK_HOUR"), NO_LIMIT
        ),
    }


def _make_database(port: int) -> None:
    connection = psycopg2.connect(host="127.0.0.1", port=port, user="runfit", dbname="postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {DATABASE}")
    connection.close()


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
