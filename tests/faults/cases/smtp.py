"""A mail server that refuses recipients, rejects the password, is down, or hangs."""

import json
import math
import time
from datetime import timedelta

from django.conf import settings

from guides.states import MAIL_DEADLINE, State
from tests.faults.measures import Measured, Size, seconds
from tests.faults.stack import Stack
from tests.support.processes import Process, seconds_until, wait_for

OUTAGE = timedelta(minutes=10)
STEP = timedelta(seconds=30)
QUEUE = 20
SETTLING = 5.0
"""Seconds of tolerance for a busy machine, on top of the deadline."""


def refused(stack: Stack, size: Size) -> Measured:
    bad, *good = stack.rows.mails(QUEUE)
    stack.sink.dial(refuse={str(bad.contact): "550 no such user"})
    stack.worker()
    stack.drained()
    row = stack.rows.deliveries.get(pk=bad.pk)
    others = list(stack.rows.deliveries.exclude(pk=bad.pk).values_list("state", "attempts"))
    return Measured(
        f"{row.attempts} attempt, {row.state}; {len(others)} neighbours sent at the first",
        ok=(row.state, row.attempts) == (State.FAILED, 1)
        and others == [(State.SENT, 1)] * len(good),
    )


def wrong_password(stack: Stack, size: Size) -> Measured:
    stack.sink.restart(wrong_password=True)
    return _outage(stack, mend=stack.sink.restart)


def down(stack: Stack, size: Size) -> Measured:
    stack.sink.kill()
    return _outage(stack, mend=stack.sink.start)


def _outage(stack: Stack, *, mend: object) -> Measured:
    """Ten simulated minutes, with a drain every 30 seconds."""
    assert callable(mend)
    stack.rows.mails(QUEUE)
    worker = stack.worker()
    gone = timedelta(0)
    while gone < OUTAGE:
        _drain_once(stack, worker)
        stack.rows.clock_moves(STEP)
        gone += STEP
    _drain_once(stack, worker)
    failed = stack.rows.count(State.FAILED)
    alerts = _alerts(stack, worker)
    mend()
    took = stack.drained(limit=90)
    mails = len(stack.sink.mails())
    return Measured(
        f"{failed} failed; all {mails} sent after the mend; alert: {', '.join(alerts) or 'none'}",
        ok=failed == 0
        and bool(alerts)
        and math.isfinite(took)
        and stack.rows.states() == {State.SENT: QUEUE}
        and mails == QUEUE,
    )


def _drain_once(stack: Stack, worker: Process) -> None:
    """Run one drain, from its hint to its end."""
    ended = worker.said().count("succeeded in")
    stack.nudge()
    wait_for(lambda: worker.said().count("succeeded in") > ended, "a drain")


def _alerts(stack: Stack, worker: Process) -> list[str]:
    """The channels that raised an alert."""
    ready = json.loads(stack.crowd.runner.get("/health/ready/").body)
    critical = ["a CRITICAL line"] if "CRITICAL" in worker.said() else []
    return critical + [f"degraded: {part}" for part in ready["degraded"]]


def hangs(stack: Stack, size: Size) -> Measured:
    """Hangs after DATA; in the long run also at the greeting, and byte by byte."""
    limits = {"data": 2.0 * settings.EMAIL_TIMEOUT}
    if size.long:
        limits["greeting"] = limits["data"]
        limits["drip"] = limits["greeting-drip"] = MAIL_DEADLINE.total_seconds()
    worker = stack.worker_alone(concurrency=1)
    took = {kind: _busy_for(stack, kind, limit + SETTLING) for kind, limit in limits.items()}
    stack.sink.restart()
    (pid,) = worker.children()
    stack.drained()
    return Measured(
        f"free after {', '.join(f'{seconds(busy)} ({kind})' for kind, busy in took.items())}",
        ok=all(map(math.isfinite, took.values()))
        and worker.children() == [pid]
        and not stack.rows.waiting(),
    )


def _busy_for(stack: Stack, kind: str, limit: float) -> float:
    """How long one mail blocks the worker."""
    stack.rows.clear()
    stack.sink.restart(hang=kind)
    stack.rows.mails(1)
    stack.nudge()
    stack.rows.wait_for(State.SENDING)
    begun = time.monotonic()
    seconds_until(lambda: not stack.rows.count(State.SENDING), limit)
    if stack.rows.count(State.SENDING):
        return math.inf
    return time.monotonic() - begun
