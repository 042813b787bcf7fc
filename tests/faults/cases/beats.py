"""Two beats, on two hosts."""

import json
import time

from guides.delivery.heartbeats import LEASE
from guides.delivery.outbox import DRAIN_TASK
from tests.faults.measures import Measured, Size, seconds
from tests.faults.stack import Stack
from tests.support.processes import Process, seconds_until, wait_for

EVERY = 15.0
WATCHED = 3 * EVERY
TAKEN_OVER = LEASE.total_seconds() + 10


def one_killed(stack: Stack, size: Size) -> Measured:
    """One sends while both run; then it's killed."""
    stack.workers_go()  # so that hints stay where they can be counted
    stack.redis.client.flushall()
    first = stack.beat("one")
    wait_for(lambda: hints(stack, first) > 0, "the first beat sends")
    second = stack.beat("two")
    log = stack.site.folder / "two.log"
    wait_for(lambda: "stands by" in log.read_text(), "the second beat stands by")
    before = hints(stack, first)
    time.sleep(WATCHED)
    once, twice = hints(stack, first) - before, hints(stack, second)
    first.kill()
    took = seconds_until(lambda: hints(stack, second) > 0, 2 * TAKEN_OVER)
    return Measured(
        f"in {WATCHED:.0f} s, {once} hints by the first and {twice} by the second; "
        f"the second took over after {seconds(took)}",
        ok=twice == 0 and abs(once - WATCHED / EVERY) <= 1 and took <= TAKEN_OVER,
    )


def hints(stack: Stack, beat: Process) -> int:
    """How many a beat has put into Redis. Each names its process."""
    queued = [json.loads(each)["headers"] for each in stack.redis.client.lrange("celery", 0, -1)]
    own = f"gen{beat.pid}@"
    return sum(each["task"] == DRAIN_TASK and each["origin"].startswith(own) for each in queued)
