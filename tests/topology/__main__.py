"""Start a whole site as processes, walk it over HTTPS, kill each part in turn, and restart all."""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.faults import machine
from tests.faults.measures import Measured
from tests.support.chromium import launch_options
from tests.support.environment import forget_settings
from tests.support.processes import BrokenOffError, seconds_until
from tests.topology import stack as stacks
from tests.topology.stack import WORKERS, Stack
from tests.topology.visitors import (
    Load,
    mailed,
    mended,
    numbers_are_of_the_standby,
    publish,
    walk,
)

SOON = 5.0
"""Seconds in which a published change shows everywhere."""
MENDED = 45.0
MOST_LAG = 20.0
"""Seconds until numbers that are too old are no longer shown: ten, and what it takes to notice."""
MOST_BROKEN = 8
"""Requests that a killed web process, or a database that's away, may take with it."""


@dataclass(frozen=True)
class Outage:
    """What's killed, how it comes back, and how many requests it may cost."""

    name: str
    kill: Callable[[Stack], None]
    bring_back: Callable[[Stack], None]
    most: int = 0


def outages() -> list[Outage]:
    return [
        Outage("a web", lambda s: s.webs[0].kill(), lambda s: s.web_start(0), MOST_BROKEN),
        Outage("a worker", lambda s: s.workers["one"].kill(), lambda s: s.worker_start("one")),
        Outage("beat", lambda s: s.beat.kill(), lambda s: s.beat_start()),
        Outage("Redis", lambda s: s.redis.kill(), lambda s: s.redis.start()),
        Outage("PgBouncer", lambda s: s.pooler.kill(), lambda s: s.pooler.start(), MOST_BROKEN),
        Outage("the standby", kill_standby, lambda s: s.standby.start_again()),
        Outage("PostgreSQL, its standby promoted", kill_primary, fail_over, MOST_BROKEN),
    ]


def kill_standby(stack: Stack) -> None:
    assert numbers_are_of_the_standby(stack), "the numbers should come from the standby again"
    stack.standby.kill()
    assert not numbers_are_of_the_standby(stack)


def kill_primary(stack: Stack) -> None:
    stack.primary.kill()


def fail_over(stack: Stack) -> None:
    stack.standby.promote()
    stack.pooler.point_at("127.0.0.1", stack.standby.port, "runfit")


def roll(stack: Stack) -> None:
    """Restart each of RunFit's processes as an update does, one after the other."""
    for number, web in enumerate(stack.webs):
        web.stop()
        stack.web_start(number)
    for name in WORKERS:
        stack.workers[name].stop()
        stack.worker_start(name)
    stack.beat.stop()
    stack.beat_start()


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/topology", description=__doc__)
    parser.parse_args()
    if absent := missing():
        print(f"topology: install {', '.join(absent)}")
        return 1
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    folder = Path(tempfile.mkdtemp(prefix="runfit-topology-"))
    forget_settings()
    os.environ["SSL_CERT_FILE"] = str(folder / "authority.pem")
    try:
        return Run().all(folder)
    except (KeyboardInterrupt, BrokenOffError):
        print("\nFAILED: broken off; all that was started is stopped.")
        return 130
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def missing() -> list[str]:
    found = {
        "PostgreSQL's server programs": machine.cluster_programs(),
        "redis-server": shutil.which("redis-server"),
        "pgbouncer": shutil.which("pgbouncer"),
        "Chromium": launch_options()["executable_path"],
    }
    return [name for name, path in found.items() if not path]


class Run:
    def __init__(self) -> None:
        self.begun, self.met, self.missed = time.monotonic(), 0, list[str]()

    def all(self, folder: Path) -> int:
        print("| What | Measured | Met |\n|---|---|---|", flush=True)
        with stacks.running(folder) as stack:
            load = Load(stack)
            self.tell("all parts stand", self.standing())
            self.measure("from the questions to the PDF", lambda: walked(stack))
            self.measure("published, on both webs", lambda: published(stack))
            self.measure("the desk's numbers, from the standby", lambda: numbers(stack))
            with load.running():
                self.measure("numbers while the standby is paused", lambda: paused(stack))
                for outage in outages():
                    self.measure(
                        f"{outage.name}, killed", lambda it=outage: broken(stack, load, it)
                    )
                self.measure("rolling restart", lambda: rolled(stack, load))
            self.measure("every runner who was thanked", lambda: kept(stack, load))
        took = time.monotonic() - self.begun
        verdict = f"FAILED ({', '.join(self.missed)})" if self.missed else "OK"
        figures = self.met + len(self.missed)
        print(f"\n{verdict}: {self.met} of {figures} figures met, in {took:.0f} s")
        return 1 if self.missed else 0

    def standing(self) -> Measured:
        return Measured(f"after {time.monotonic() - self.begun:.0f} s", ok=True)

    def measure(self, what: str, try_it: Callable[[], Measured]) -> None:
        """An error of the run itself counts as a failure."""
        try:
            measured = try_it()
        except Exception as error:  # noqa: BLE001 - the next part is still to be tried
            text = f"{type(error).__name__}: {error}".replace("\n", " ")
            measured = Measured(text[:300], ok=False)
        self.tell(what, measured)

    def tell(self, what: str, measured: Measured) -> None:
        print(f"| {what} | {measured.text} | {'yes' if measured.ok else 'NO'} |", flush=True)
        if measured.ok:
            self.met += 1
        else:
            self.missed.append(what)


def walked(stack: Stack) -> Measured:
    return Measured(f"email after {walk(stack):.1f} s", ok=True)


def published(stack: Stack) -> Measured:
    took = publish(stack)
    return Measured(f"after {took:.1f} s", ok=took <= SOON)


def numbers(stack: Stack) -> Measured:
    told = numbers_are_of_the_standby(stack)
    asked = stack.standby.was_asked_for("daycount")
    return Measured("the standby was asked" if asked else "it wasn't", ok=told and asked)


def paused(stack: Stack) -> Measured:
    """What it has replayed gets old: then they come from the primary."""
    stack.standby.pause()
    took = seconds_until(lambda: not numbers_are_of_the_standby(stack), MENDED)
    stack.standby.resume()
    seconds_until(lambda: numbers_are_of_the_standby(stack), MENDED)
    return Measured(f"from the primary after {took:.0f} s", ok=took <= MOST_LAG)


def broken(stack: Stack, load: Load, outage: Outage) -> Measured:
    before = len(load.failures)
    outage.kill(stack)
    outage.bring_back(stack)
    took = mended(stack)
    failed = load.failures[before:]
    told = f"a whole walk after {took:.0f} s; {len(failed)} failed requests"
    return Measured(
        "; ".join([told, *failed[:3]]), ok=took <= MENDED and len(failed) <= outage.most
    )


def rolled(stack: Stack, load: Load) -> Measured:
    requests, failures, begun = load.requests, len(load.failures), time.monotonic()
    roll(stack)
    took = time.monotonic() - begun
    failed = load.failures[failures:]
    told = f"{len(failed)} of {load.requests - requests} requests failed, in {took:.0f} s"
    return Measured("; ".join([told, *failed[:3]]), ok=not failed)


def kept(stack: Stack, load: Load) -> Measured:
    seconds_until(lambda: all(mailed(stack, email) for email in load.thanked), MENDED)
    lost = [email for email in load.thanked if not mailed(stack, email)]
    return Measured(f"{len(lost)} of {len(load.thanked)} emails lost", ok=not lost)


if __name__ == "__main__":
    sys.exit(main())
