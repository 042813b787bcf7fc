"""Dying database connections: during a query or idle, closed by the server or cut."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from django.conf import settings
from django.db import connections

from runfit.server.wsgi_bridge import THREADS
from tests.faults.measures import Measured, Size, seconds
from tests.faults.proxy import Proxy
from tests.faults.stack import Stack, part
from tests.support import postgres
from tests.support.http_runner import Runner
from tests.support.ports import free_port
from tests.support.processes import wait_for
from tests.support.site import Site

PAGES = 40
MAILS = 5
SENT_WITHIN = 60.0


@dataclass
class Patient:
    """A site that connects to the database through a proxy."""

    stack: Stack
    runner: Runner
    page: str
    proxy: Proxy

    def statuses(self, count: int) -> list[int]:
        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(lambda _: self._status(), range(count)))

    def _status(self) -> int:
        try:
            return self.runner.get(self.page).status
        except OSError:
            return 0


def died(stack: Stack, size: Size) -> Measured:
    """Whether pages and the worker recover from every kind of failure."""
    stack.workers_go()
    told, ok = [], True
    with _patient(stack) as patient:
        for number, (name, die) in enumerate(DEATHS.items()):
            patient.statuses(2 * THREADS)
            connections.close_all()  # ours, which should survive
            killed = die(patient)
            answered = patient.statuses(PAGES).count(200)
            stack.rows.mails(MAILS, domain=f"{number}.example.org")
            took = stack.drained(limit=SENT_WITHIN)
            told.append(
                f"{name}: {killed} died, {answered} of {PAGES} pages, mail in {seconds(took)}"
            )
            ok = ok and killed >= THREADS and answered == PAGES and took <= SENT_WITHIN
    return Measured("; ".join(told), ok=ok)


@contextmanager
def _patient(stack: Stack) -> Iterator[Patient]:
    address, port = urlsplit(postgres.SERVER), free_port()
    proxy = Proxy((address.hostname or "127.0.0.1", address.port or 5432))
    who = address.netloc.rpartition("@")[0]
    through = address._replace(
        netloc=f"{who}@127.0.0.1:{proxy.port}", path=f"/{settings.DATABASE_NAME}"
    )
    environ = {"DATABASE_URL": urlunsplit(through), "SITE_URL": f"http://localhost:{port}"}
    site = Site(part(stack.folder, "patient"), port, environ)
    processes = []
    try:
        processes = [site.web(), site.worker("patient")]
        (token,) = stack.rows.tokens(1)
        yield Patient(stack, Runner(environ["SITE_URL"]), f"/result/{token}/", proxy)
    finally:
        for process in processes:
            process.kill()
        proxy.stop()


def _ended_in_query(patient: Patient) -> int:
    with _all_busy(patient) as sql:
        return sql(
            f"SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE {WAITS}"
        )


def _ended_idle(patient: Patient) -> int:
    with _database() as sql:
        return sql(
            "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity "
            f"WHERE datname = current_database() AND state = 'idle' AND {THROUGH_US}"
        )


def _cut_in_query(patient: Patient) -> int:
    with _all_busy(patient):
        return patient.proxy.cut()


def _cut_idle(patient: Patient) -> int:
    return patient.proxy.cut()


DEATHS: dict[str, Callable[[Patient], int]] = {
    "ended in mid-query": _ended_in_query,
    "ended idle": _ended_idle,
    "cut in mid-query": _cut_in_query,
    "cut idle": _cut_idle,
}
WAITS = "datname = current_database() AND wait_event_type = 'Lock'"
THROUGH_US = "pid <> pg_backend_pid()"
Ask = Callable[[str], int]


@contextmanager
def _database() -> Iterator[Ask]:
    """Runs SQL on a separate connection."""
    connection = psycopg2.connect(postgres.address(settings.DATABASE_NAME))
    connection.autocommit = True  # a transaction would keep its snapshot of pg_stat_activity
    try:
        with connection.cursor() as cursor:

            def ask(sql: str) -> int:
                cursor.execute(sql)
                return int(cursor.fetchone()[0]) if cursor.description else 0

            yield ask
    finally:
        connection.close()


@contextmanager
def _all_busy(patient: Patient) -> Iterator[Ask]:
    """Keeps the worker and all server threads in a blocked query."""
    with _database() as sql, ThreadPoolExecutor(THREADS) as pool:
        sql("BEGIN")
        sql("LOCK TABLE assessments_submission, guides_delivery IN ACCESS EXCLUSIVE MODE")
        asked = [pool.submit(patient.statuses, 1) for _ in range(THREADS)]
        patient.stack.nudge()
        with _database() as other:
            count = f"SELECT count(*) FROM pg_stat_activity WHERE {WAITS}"
            wait_for(lambda: other(count) > THREADS, "all queries", 20)
        yield sql
        sql("ROLLBACK")
        for each in asked:
            each.result()
