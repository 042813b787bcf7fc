"""Mails sent, compared to what Django projects use: django-post_office, django-mailer, and a Celery
task per mail.

They're handed RunFit's finished email (text, page, and picture) and only put in each recipient's
link, so they render nothing. RunFit renders it once per process and checks for each email whether
it's still wanted; it keeps all its delivery guarantees. Queuing isn't counted on any side.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from django.conf import settings

from benchmarks.bench import Bench
from benchmarks.ceilings import tasks as bare
from benchmarks.comparison import Row
from benchmarks.mail_sinks import Sink
from benchmarks.rows import mails
from benchmarks.turns import Sides
from benchmarks.virtualenv import python_with
from tests.support.ports import free_port
from tests.support.postgres import database
from tests.support.processes import ROOT

PEERS = {"django-post-office": "3.12.0", "django-mailer": "2.3.2"}
DATABASE = f"{settings.DATABASE_NAME}_mail_peers"


class App(mails.Queue):
    """One of the apps, in a process of its own Python."""

    def __init__(self, process: "subprocess.Popen[str]", sink: Sink, name: str) -> None:
        self.process = process
        super().__init__(
            [],
            sink,
            fill=lambda count: self._ask(f"fill {name} {count}"),
            wake=lambda: self._tell(f"send {name}"),
            check=lambda count: self._told(),
        )

    def cpu(self) -> float:
        return float(self._ask("cpu"))

    def _ask(self, command: str) -> str:
        self._tell(command)
        return self._told()

    def _tell(self, command: str) -> None:
        print(command, file=self.process.stdin, flush=True)

    def _told(self) -> str:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, "the mail app ended"
        return line.strip()


@contextmanager
def beside_app(bench: Bench, name: str) -> Iterator[Sides]:
    mails.long_words()
    mails.words(bench)
    port = free_port()
    sink = Sink(port, bench.folder)
    mine = mails.ours(bench, sink, port, MAIL_AT_ONCE=str(mails.AT_ONCE))
    with process(bench, port) as app, mails.ended(mine, App(app, sink, name)) as sides:
        yield mails.at_least_a_while(sides[0]), mails.at_least_a_while(sides[1])


@contextmanager
def beside_tasks(bench: Bench) -> Iterator[Sides]:
    with mails.beside_bare_tasks(bench, bare.mail_alone, MAIL_AT_ONCE=str(mails.AT_ONCE)) as sides:
        yield mails.at_least_a_while(sides[0]), mails.at_least_a_while(sides[1])


@contextmanager
def process(bench: Bench, port: int) -> Iterator["subprocess.Popen[str]"]:
    python = python_with("mail-peers", PEERS, "django", "psycopg2-binary")
    given = settings.DATABASES["default"]
    server = {part: str(given[part] or "") for part in ("HOST", "PORT", "USER", "PASSWORD")}
    environ = {
        **{f"PEERS_{part}": value for part, value in server.items()},
        "PEERS_NAME": DATABASE,
        "PEERS_FOLDER": str(bench.folder),
        "PEERS_SMTP_PORT": str(port),
        "PYTHONWARNINGS": "ignore",
    }
    with database(DATABASE), subprocess.Popen(
        [python, "-m", "benchmarks.peers.mail_apps"], cwd=ROOT, env={**os.environ, **environ},
        text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as started:  # fmt: skip
        assert started.stdout
        assert started.stdout.readline() == "ready\n"
        yield started


WHAT = f"Mails of 30 kB, two worker processes, `MAIL_AT_ONCE={mails.AT_ONCE}`"
ROWS = (
    *(
        Row(
            f"mails-beside-{name.removeprefix('django-')}",
            WHAT,
            f"{name} {number}",
            partial(beside_app, name=name),
            at_least=2,
            needs=("smtp-sink",),
        )
        for name, number in PEERS.items()
    ),
    Row(
        "mails-beside-tasks",
        WHAT,
        "a Celery task per mail with `send_mail`",
        beside_tasks,
        at_least=2,
        needs=("smtp-sink",),
    ),
)
