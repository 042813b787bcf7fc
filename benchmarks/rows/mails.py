"""Mails sent, compared to a bare Celery task that sends one mail over a reused connection.

Both have two worker processes, and start with a backlog: due rows or queued tasks. The clock runs
from the first wake-up until the mail server has the last mail. RunFit keeps all its delivery
guarantees, on a database that syncs every commit.
"""

import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import redis
from celery import Task
from django.conf import settings

from assessments.selectors import practice
from benchmarks import runners
from benchmarks.bench import Bench
from benchmarks.ceilings import tasks as bare
from benchmarks.comparison import Row
from benchmarks.load import LoadError, cpu_of
from benchmarks.mail_sinks import DELAY, Sink
from benchmarks.turns import Sides, Turn, Work
from guides.delivery import outbox
from guides.mail import messages
from guides.models import Delivery
from guides.states import State
from runfit.celery import app
from runfit.lib import caching
from tests.support.database_rows import Rows
from tests.support.ports import free_port
from tests.support.processes import Process, wait_for
from tests.support.site import CELERY, PYTHON

PROCESSES = 2
AT_ONCE = 8
"""Threads per process."""
FIRST_RATE = 60.0
LIMIT = 180.0
ALONE = ("--without-gossip", "--without-mingle", "--without-heartbeat")
PARAGRAPH = "How to go on from here: two days a week are enough, as long as they are kept. " * 3
PARAGRAPHS = 12  # for texts of 10 kB


@dataclass
class Queue:
    """Queued mails for one kind of worker."""

    workers: list[Process]
    sink: Sink
    fill: Callable[[int], object]
    wake: Callable[[], object]
    check: Callable[[int], object]
    rate: float = FIRST_RATE

    def work(self, seconds: float) -> Turn:
        count = max(20, int(self.rate * seconds))
        self.fill(count)
        before, spent = self.sink.mails(), self.cpu()
        begun = time.monotonic()
        self.wake()
        wait_for(lambda: self.sink.mails() - before >= count, f"{count} mails", LIMIT)
        took = time.monotonic() - begun
        self.check(count)
        if self.sink.mails() - before != count:
            raise LoadError(f"{self.sink.mails() - before} mails for {count}")
        self.rate = count / took
        return Turn(count, took, self.cpu() - spent)

    def cpu(self) -> float:
        return sum(cpu_of(pid) for worker in self.workers for pid in worker.tree())


def ours(bench: Bench, sink: Sink, port: int, **environ: str) -> Queue:
    """RunFit's rows and worker, started as in docker-compose.yml."""
    rows = Rows()
    address = {"EMAIL_URL": f"smtp://127.0.0.1:{port}"}

    def fill(count: int) -> None:
        rows.clear()
        rows.mails(count)

    def check(count: int) -> None:
        wait_for(lambda: rows.states() == {State.SENT: count}, "rows that are settled", LIMIT)
        assert set(Delivery.objects.values_list("attempts", flat=True)) == {1}

    command = [*CELERY, "worker", "--loglevel", "warning", "--concurrency", str(PROCESSES), *ALONE]
    worker = started(bench, f"ours-{port}", command, {**address, **environ})
    return Queue([worker], sink, fill, nudge, check)


def nudge() -> None:
    app.send_task(outbox.DRAIN_TASK, expires=15, retry=False, ignore_result=True)


def bare_tasks(bench: Bench, sink: Sink, port: int, task: Task = bare.mail) -> Queue:
    words(bench)
    environ = {
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "BENCH_CONSTANTS": str(bench.folder),
        "DJANGO_SETTINGS_MODULE": "runfit.settings",
    }
    command = [
        PYTHON, "-m", "celery", "--app", "benchmarks.ceilings.tasks", "--quiet", "worker",
        "--loglevel", "warning", "--concurrency", str(PROCESSES), *ALONE,
    ]  # fmt: skip
    client = redis.Redis.from_url(settings.CELERY_BROKER_URL)

    def fill(count: int) -> None:
        for number in range(count):
            to = f"r{number}@example.org"
            task.apply_async((to, uuid.uuid4().hex), queue="held")

    def wake() -> None:
        client.rename("held", bare.QUEUE)

    worker = started(bench, "bare", command, environ)
    return Queue([worker], sink, fill, wake, lambda count: None)


def started(bench: Bench, name: str, command: list[str], environ: dict[str, str]) -> Process:
    process = Process(
        [*command, "--hostname", f"{name}@bench"], bench.folder / name, environ=environ
    )
    wait_for(lambda: len(process.children()) >= PROCESSES, name)
    return process


def words(bench: Bench) -> None:
    """One of RunFit's mails for the bare task, which only replaces the link."""
    rows = Rows()
    rows.clear()
    rows.mails(1)
    delivery = Delivery.objects.select_related("contact", "link__edition__guide").get()
    message = messages.build(delivery)
    link = re.search(r"/guide/([^/\s]+)/", str(message.body))
    assert link
    for name, text in (
        (bare.TEXT, str(message.body)),
        (bare.PAGE, str(message.alternatives[0][0])),
    ):
        (bench.folder / name).write_text(text.replace(link[1], bare.LINK))
    [picture] = message.attachments
    (bench.folder / bare.PICTURE).write_bytes(picture.get_content())
    rows.clear()


def long_words() -> None:
    """Set up mails with texts of 10 kB and a picture of 20."""
    row = practice()
    row.sign_off = "\n".join([PARAGRAPH] * PARAGRAPHS)
    row.save()
    caching.clear()
    runners.submission(runners.live(), runners.ANSWERS)


@contextmanager
def ended(*queues: Queue) -> Iterator[Sides]:
    """Cleans up for later rows."""
    mine, best = queues
    try:
        yield mine.work, best.work
    finally:
        for queue in queues:
            for worker in queue.workers:
                worker.stop()
            queue.sink.process.kill()


@contextmanager
def several(bench: Bench) -> Iterator[Sides]:
    with beside_bare_tasks(bench, MAIL_AT_ONCE=str(AT_ONCE)) as sides:
        yield sides


@contextmanager
def one(bench: Bench) -> Iterator[Sides]:
    with beside_bare_tasks(bench) as sides:
        yield sides


@contextmanager
def beside_bare_tasks(bench: Bench, task: Task = bare.mail, **environ: str) -> Iterator[Sides]:
    long_words()
    port = free_port()
    sink = Sink(port, bench.folder)
    best = bare_tasks(bench, sink, port, task)
    with ended(ours(bench, sink, port, **environ), best) as sides:
        yield sides


@contextmanager
def slow(bench: Bench) -> Iterator[Sides]:
    """Against the maximum that the mail server's delay allows."""
    long_words()
    port = free_port()
    sink = Sink(port, bench.folder, slow=True)
    queue = ours(bench, sink, port, MAIL_AT_ONCE=str(AT_ONCE))
    try:
        yield at_least_a_while(queue.work), allowed
    finally:
        queue.workers[0].stop()
        sink.process.kill()


def at_least_a_while(work: Work) -> Work:
    """Long enough to make startup negligible."""
    return lambda seconds: work(4 * seconds)


def allowed(seconds: float) -> Turn:
    at_once = PROCESSES * AT_ONCE
    return Turn(int(at_once * seconds * 100), DELAY * seconds * 100)


BARE = "a bare task that sends one mail over a reused connection"
ROWS = (
    Row(
        "mails",
        f"Mails of 30 kB, two worker processes, `MAIL_AT_ONCE={AT_ONCE}`",
        BARE,
        several,
        at_least=2.5,
        needs=("smtp-sink",),
    ),
    Row("mails-one", "the same, one at once", BARE, one, needs=("smtp-sink",)),
    Row(
        "mails-slow",
        f"Mails to a server that takes 150 ms for each, {PROCESSES} times {AT_ONCE} at once",
        f"{PROCESSES * AT_ONCE} / 0.15 s",
        slow,
        at_least=0.8,
    ),
)
