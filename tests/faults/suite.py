"""Injects faults into real services and prints a row each. Exits 0 only if all targets are met."""

import argparse
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from tests.faults import guards, stack
from tests.faults.cases import (
    backups,
    beats,
    clock,
    cluster,
    connections,
    database_lock,
    embedded,
    redis,
    requests,
    smtp,
    web,
    webhooks,
    workers,
)
from tests.faults.measures import SHORT, Measured, Size
from tests.support import postgres
from tests.support.processes import BrokenOffError, Process, break_off, stopping, wait_for
from tests.support.redis_server import Redis

FULL = Size()
STACK = ("postgres", "redis")
TAKES_NOTHING = (
    "all 2xx/3xx, each stalled by at most 1 s; degraded: broker; all sent within 60 s while it "
    "lasts; the same worker takes up again"
)
WALK = "tests/guides/delivery/test_state_machine.py"


@dataclass(frozen=True)
class Fault:
    """`figure` is the target. The arguments of `run` depend on `needs`."""

    name: str
    what: str
    figure: str
    run: Callable[..., Measured]
    needs: tuple[str, ...] = STACK


def faults(size: Size) -> list[Fault]:
    return [
        Fault(
            "redis-stopped",
            f"Redis stopped, {size.submits} submits",
            "all 2xx/3xx, each stalled by at most 1 s; all sent within 60 s of its return",
            redis.stopped,
        ),
        Fault(
            "redis-frozen",
            f"Redis frozen, {size.submits} submits",
            "the same; the worker takes up again by itself",
            redis.frozen,
        ),
        Fault(
            "redis-replica",
            f"Redis becomes a replica, {size.submits} submits",
            TAKES_NOTHING,
            redis.replica,
        ),
        Fault(
            "redis-full",
            f"Redis full, {size.submits} submits",
            TAKES_NOTHING,
            redis.full,
        ),
        Fault(
            "worker-and-beat-gone",
            f"Worker and beat killed, {size.submits} submits; then a worker without beat",
            "both told by name within 75 s, on the health page and in the log; "
            "all sent within 60 s of the worker's return",
            workers.gone,
        ),
        Fault(
            "beats-two",
            "Two beats; the one that sends is killed",
            "each hint once; the other takes over within 40 s",
            beats.one_killed,
        ),
        Fault(
            "recipient-refused",
            "550 on the recipient",
            "1 attempt, failed, neighbours untouched",
            smtp.refused,
        ),
        Fault(
            "wrong-password",
            "535 for 10 simulated minutes",
            "0 failed; drained after the mend; alert raised",
            smtp.wrong_password,
        ),
        Fault(
            "smtp-down",
            "SMTP down for 10 simulated minutes",
            "0 failed; drained after the mend; alert raised",
            smtp.down,
        ),
        Fault(
            "identical-submits",
            f"{size.together} identical submits in parallel",
            "1 row, 1 mail",
            requests.identical,
        ),
        Fault(
            "poison-unbuildable",
            f"A mail that cannot be built, among {size.crowd}",
            f"at most 5 attempts, {size.crowd - 1} delivered",
            workers.poison_unbuildable,
        ),
        Fault(
            "scanner",
            f"{size.looks} scanner GETs on each link",
            "nothing changes; one POST takes effect",
            requests.scanner,
        ),
        Fault(
            "erase-while-sending",
            "Erase while sending",
            "no hand-over starts afterwards; nothing of the person left",
            requests.erase_while_sending,
        ),
        Fault(
            "redis-killed",
            f"Redis killed after {size.submits} requests, no AOF",
            "0 lost",
            redis.killed,
        ),
        Fault(
            "worker-kills",
            f"{size.kills} worker kills during {size.mails} mails, 10% SMTP 451",
            "0 lost; duplicates at most the kills, all under the same Message-ID",
            workers.kills,
        ),
        Fault(
            "worker-frozen",
            "Worker frozen past its lease",
            "at most 1 duplicate, state stays sent",
            workers.frozen_past_lease,
        ),
        Fault(
            "smtp-hangs",
            "SMTP accepts, then hangs",
            "worker free within its deadline",
            smtp.hangs,
        ),
        Fault(
            "poison-killing",
            f"A mail that kills its worker, among {size.crowd}",
            f"at most 5 attempts, {size.crowd - 1} delivered",
            workers.poison_killing,
        ),
        Fault(
            "clock-forward",
            "Clock jumps an hour forward",
            "at most 1 duplicate per mail in flight; nothing late",
            clock.forward,
        ),
        Fault(
            "clock-backward",
            "Clock jumps an hour back",
            "at most 1 duplicate per mail in flight; nothing late by more than the jump",
            clock.backward,
        ),
        Fault(
            "webhook-replayed",
            "A webhook call replayed three times, in turn and at once; one with a wrong secret, one with none",
            "one event, one suppression; refused, nothing stored",
            webhooks.replayed,
        ),
        Fault(
            "connection-dies",
            "Connections to the database ended by the server or cut, in mid-query and idle",
            f"after each, {connections.PAGES} of {connections.PAGES} pages, and mail goes on",
            connections.died,
        ),
        Fault(
            "slow-bodies",
            f"{size.strangers} posts of a byte every two seconds",
            "p95 of another visitor less than twice; all gone within 20 s or so",
            web.slow_bodies,
        ),
        Fault(
            "silent-connections",
            f"{size.strangers} connections that say nothing, or half a request",
            "p95 of another visitor less than twice; all gone within 15 s or so",
            web.silent,
        ),
        Fault(
            "web-child-killed",
            "kill -9 of one of two web processes while visitors come",
            "the other answers throughout; back within 30 s",
            web.child_killed,
        ),
        Fault(
            "walk",
            f"{size.steps} steps through the states, with concurrent claims",
            "no illegal state, no double claim",
            walk,
            needs=("postgres",),
        ),
        Fault(
            "postgres-restarted",
            "PostgreSQL restarted under load, twice",
            "0 lost after thanks; no false thanks; every thread answers again",
            cluster.restarted,
            needs=("cluster", "redis"),
        ),
        Fault(
            "embedded-killed",
            f"Embedded mode: kill -9 of all of it at {size.moments} random moments",
            "0 lost",
            embedded.killed,
            needs=(),
        ),
        Fault(
            "backup-killed",
            f"Embedded mode: a backup killed at {size.moments} random moments while runners ask, "
            f"then its restore at {size.moments}",
            "each archive whole; the same restore goes on; 0 lost; mail held",
            backups.killed,
            needs=(),
        ),
        Fault(
            "embedded-smtp-down",
            f"Embedded mode: {size.together} identical submits and 10 more, SMTP down for "
            "10 simulated minutes",
            "1 row and 1 mail for the identical; 0 failed; drained after the mend; alert raised",
            embedded.smtp_down,
            needs=(),
        ),
        Fault(
            "parts-killed",
            "Embedded mode: kill -9 of the web server, its process and the mail loop; then again and again",
            "each brought back, nothing lost; given up in the end, with a word why",
            embedded.parts_killed,
            needs=(),
        ),
        Fault(
            "database-held",
            f"Embedded mode: another program holds the database for {size.hold} s, "
            "while runners read and ask",
            "readers' p95 at most 10 times the usual; asks told to try again within 3.5 s, with what "
            "was typed; 0 lost after thanks",
            database_lock.held,
            needs=(),
        ),
        Fault(
            "disk-full",
            "Disk full under SQLite, the built guides and the kept mail",
            "clear failure, nothing half-written, recovers",
            embedded.disk_full,
            needs=("small disk",),
        ),
    ]


def walk(folder: Path, size: Size) -> Measured:
    """Run tests/guides/delivery/test_state_machine.py with `size.steps` steps."""
    process = Process(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", WALK],
        folder / "walk.log",
        environ={
            **for_tests("walk"),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "RUNFIT_WALK_STEPS": str(size.steps),
        },
    )
    wait_for(lambda: not process.runs, "the walk", 1800)
    process.kill()
    last = process.said().strip().splitlines()[-1]
    return Measured(f"{size.steps} steps: {last}", ok=last.startswith("1 passed"))


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        return asked_for(arguments())
    except KeyboardInterrupt:
        print("\nFAILED: broken off; all that was started is stopped.")
        return 130
    finally:
        break_off()
        if "postgres" not in settings.ABSENT:
            for name in ("walk", "guards"):
                postgres.drop(f"test_{settings.DATABASE_NAME}_{name}")
        shutil.rmtree(settings.FOLDER, ignore_errors=True)


def asked_for(options: argparse.Namespace) -> int:
    size = SHORT if options.short else FULL
    known = faults(size)
    if options.list:
        for fault in known:
            print(f"{fault.name:<22}{fault.what}")
        return 0
    unknown = set(options.only) - {fault.name for fault in known}
    if unknown:
        print(f"faults: no fault is called {', '.join(sorted(unknown))}; see bin/faults --list")
        return 1
    if options.guards:
        return run_guards()
    return run([fault for fault in known if not options.only or fault.name in options.only], size)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/faults", description=__doc__)
    parser.add_argument("--short", action="store_true", help="smaller counts, under 6 minutes")
    parser.add_argument(
        "--only", metavar="NAME", action="append", default=[], help="this fault; may be repeated"
    )
    parser.add_argument(
        "--guards", action="store_true", help="take out each guard, and show which test fails"
    )
    parser.add_argument("--list", action="store_true", help="name the faults, and run none")
    return parser.parse_args()


def run(chosen: list[Fault], size: Size) -> int:
    begun = time.monotonic()
    left_out = [fault for fault in chosen if settings.ABSENT.keys() & set(fault.needs)]
    able = [fault for fault in chosen if fault not in left_out]
    print("| Fault | Figure to reach | Measured | Met |\n|---|---|---|---|", flush=True)
    with ThreadPoolExecutor(2) as pool:
        lanes = [
            pool.submit(run_on_stack, [fault for fault in able if fault.needs == STACK], size),
            pool.submit(run_alone, [fault for fault in able if fault.needs != STACK], size),
        ]
        try:
            missed = [name for lane in lanes for name in lane.result()]
        except BaseException:
            for lane in lanes:
                lane.cancel()
            break_off()  # or the lanes would run to the end
            raise
    return report(chosen, left_out, missed, time.monotonic() - begun)


def run_guards() -> int:
    if settings.ABSENT.keys() & set(STACK):
        print("faults: --guards needs PostgreSQL and redis-server")
        return 1
    broker = Redis(urlsplit(settings.CELERY_BROKER_URL).port or 0, Path(settings.FOLDER))
    broker.start()
    environ = {**for_tests("guards"), "TEST_REDIS_URL": settings.CELERY_BROKER_URL}
    return guards.show(Path(settings.FOLDER), environ)


def for_tests(name: str) -> dict[str, str]:
    """A database that no other test run uses."""
    url = postgres.address(f"{settings.DATABASE_NAME}_{name}")
    return {"DATABASE_URL": url, "TEST_DATABASE_URL": url, "TMPDIR": settings.FOLDER}


def run_on_stack(chosen: list[Fault], size: Size) -> list[str]:
    """Run faults that share one stack. Returns the names of those that failed."""
    if not chosen:
        return []
    missed = []
    with stack.running(Path(settings.FOLDER)) as given:
        for fault in chosen:

            def put_in(fault: Fault = fault) -> Measured:
                given.fresh()
                return fault.run(given, size)

            missed += measure(fault, put_in)
    return missed


def run_alone(chosen: list[Fault], size: Size) -> list[str]:
    """Run the self-contained faults."""
    folder = Path(settings.FOLDER)
    return [name for fault in chosen for name in measure(fault, partial(fault.run, folder, size))]


def measure(fault: Fault, put_in: Callable[[], Measured]) -> list[str]:
    """Run a fault. An error in the suite itself counts as a failure."""
    try:
        measured = put_in()
    except Exception as error:
        if stopping.is_set():
            raise BrokenOffError from error
        text = f"{type(error).__name__}: {error}".replace("\n", " ")
        measured = Measured(text[:300], ok=False)
    met = "yes" if measured.ok else "NO"
    print(f"| {fault.what} | {fault.figure} | {measured.text} | {met} |", flush=True)
    return [] if measured.ok else [fault.name]


def report(chosen: list[Fault], left_out: list[Fault], missed: list[str], took: float) -> int:
    print()
    required = os.environ.get("CI") == "true"
    for fault in left_out:
        wants = "; ".join(
            f"{part}: {settings.ABSENT[part]}" for part in fault.needs if part in settings.ABSENT
        )
        print(f"Left out: {fault.what} ({wants})")
    ran = len(chosen) - len(left_out)
    failed = bool(missed) or (required and bool(left_out))
    print(
        f"{'FAILED' if failed else 'OK'}: {ran - len(missed)} of {ran} figures met"
        f"{' (missed: ' + ', '.join(missed) + ')' if missed else ''}, "
        f"{len(left_out)} left out, in {took:.0f} s"
    )
    return 1 if failed else 0
