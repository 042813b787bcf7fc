"""Redis stopped, frozen, killed, or refusing writes."""

import math
from collections.abc import Callable

from tests.faults.crowd import longest_stall
from tests.faults.measures import Measured, Size, seconds
from tests.faults.stack import Stack
from tests.support.processes import seconds_until, wait_for

MOST_STALL = 1.0
SENT_WITHIN = 60.0
HEALTHY = 12


def stopped(stack: Stack, size: Size) -> Measured:
    return _away(stack, size, stack.redis.kill, stack.redis.start)


def frozen(stack: Stack, size: Size) -> Measured:
    return _away(stack, size, stack.redis.freeze, stack.redis.thaw)


def replica(stack: Stack, size: Size) -> Measured:
    return _takes_nothing(stack, size, "REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE")


def full(stack: Stack, size: Size) -> Measured:
    return _takes_nothing(stack, size, "CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0")


def killed(stack: Stack, size: Size) -> Measured:
    """No worker runs while hints are sent, so that all are lost."""
    stack.workers_go()
    asks = stack.crowd.ask_all(stack.rows.tokens(size.submits))
    hints = stack.redis.client.llen("celery")
    stack.redis.kill()
    stack.redis.start()
    stack.worker_alone()
    stack.beat()
    took = stack.rows.drained(lambda: None, limit=SENT_WITHIN, moving=False)
    thanked = sum(ask.thanked for ask in asks)
    lost = thanked - len({mail["id"] for mail in stack.sink.mails()})
    return Measured(
        f"{thanked} asked, {hints} hints killed with it, {lost} lost; all sent in {seconds(took)}",
        ok=thanked == size.submits and hints > 0 and lost == 0 and took <= SENT_WITHIN,
    )


def _away(
    stack: Stack, size: Size, leave: Callable[[], None], come_back: Callable[[], None]
) -> Measured:
    worker, beat = stack.worker(), stack.beat()
    healthy = stack.crowd.ask_all(stack.rows.tokens(HEALTHY))
    stack.rows.drained(lambda: None, limit=SENT_WITHIN, moving=False)
    asked = stack.rows.tokens(size.submits)
    leave()
    try:
        asks = stack.crowd.ask_all(asked)
    finally:
        come_back()
    took = stack.rows.drained(lambda: None, limit=SENT_WITHIN, moving=False)
    thanked = sum(ask.thanked for ask in asks)
    stall = longest_stall(asks, healthy)
    mails = len(stack.sink.mails())
    return Measured(
        f"{thanked} of {size.submits} thanked, stalled by {stall:.2f} s at most; "
        f"all {mails} sent in {seconds(took)}",
        ok=thanked == size.submits
        and stall <= MOST_STALL
        and took <= SENT_WITHIN
        and mails == size.submits + HEALTHY
        and worker.runs
        and beat.runs,
    )


def _takes_nothing(stack: Stack, size: Size, wound: str, mend: str) -> Measured:
    """Redis answers but refuses writes. Mail still goes out, and the worker recovers afterwards."""
    worker, beat = stack.worker(), stack.beat()
    healthy = stack.crowd.ask_all(stack.rows.tokens(HEALTHY))
    stack.rows.drained(lambda: None, limit=SENT_WITHIN, moving=False)
    asked = stack.rows.tokens(size.submits)
    wait_for(lambda: not stack.degraded(), "the site to be healthy, with beat", SENT_WITHIN)
    stack.redis.tell(wound)
    try:
        degraded = stack.degraded()
        asks = stack.crowd.ask_all(asked)
        took = stack.rows.drained(lambda: None, limit=SENT_WITHIN, moving=False)
    finally:
        stack.redis.tell(mend)
        worker.listen()
    back = seconds_until(lambda: "succeeded in" in worker.said(), SENT_WITHIN)
    thanked = sum(ask.thanked for ask in asks)
    stall = longest_stall(asks, healthy)
    return Measured(
        f"{thanked} of {size.submits} thanked, stalled by {stall:.2f} s at most; "
        f"degraded: {', '.join(degraded)}; all {len(stack.sink.mails())} sent in {seconds(took)}, "
        f"before it was mended; the same worker back in {seconds(back)}",
        ok=thanked == size.submits
        and stall <= MOST_STALL
        and degraded == ["broker"]
        and took <= SENT_WITHIN
        and not math.isinf(back)
        and worker.runs
        and beat.runs,
    )
