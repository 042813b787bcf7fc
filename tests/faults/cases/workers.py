"""Workers killed, frozen past their lease, or crashed by a poison mail."""

import os
import random
import signal
from collections import Counter, defaultdict
from contextlib import suppress
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from guides.models import Heartbeat
from guides.states import LEASE, POISON_STRIKES, State
from tests.faults.measures import Measured, Size, seconds
from tests.faults.stack import Stack
from tests.support.processes import Process, seconds_until, wait_for

WHOLE_WORKER_EVERY = 10
TOLD_WITHIN = 75.0
SETTLING = 15.0
SPARED = timedelta(seconds=55)
SENT_WITHIN = 60.0


def kills(stack: Stack, size: Size) -> Measured:
    """Kills one pool process at a time, and every tenth time the whole worker."""
    stack.rows.mails(size.mails)
    stack.sink.dial(busy=0.1, delay=0.05)
    worker = stack.worker_alone(concurrency=3)
    for number in range(size.kills):
        share = size.mails * 0.8 * number / size.kills
        _wait_until_under_way(stack, int(share))
        if number % WHOLE_WORKER_EVERY == WHOLE_WORKER_EVERY - 1:
            worker.kill()
            worker = stack.worker_alone(f"worker{number}", concurrency=3)
        else:
            kill_one(worker)
    stack.sink.dial(busy=0.1)
    stack.drained(limit=600)
    return _accounts(stack, size.kills)


def _wait_until_under_way(stack: Stack, taken: int) -> None:
    def look() -> bool:
        stack.nudge()
        return len(stack.sink.starts()) >= taken and stack.rows.count(State.SENDING) > 0

    wait_for(look, "mails under way", 120)


def kill_one(worker: Process) -> None:
    with suppress(ProcessLookupError):
        os.kill(random.choice(worker.children()), signal.SIGKILL)


def gone(stack: Stack, size: Size) -> Measured:
    """No worker runs until the hints have expired."""
    parts = {"worker": stack.worker_alone(), "beat": stack.beat()}
    wait_for(lambda: {row.name for row in Heartbeat.objects.all()} == {*parts}, "both seen")
    for process in parts.values():
        process.kill()
    asks = stack.crowd.ask_all(stack.rows.tokens(size.submits))
    if not size.long:
        Heartbeat.objects.update(seen_at=F("seen_at") - SPARED)
    told = seconds_until(lambda: parts.keys() <= {*stack.degraded()}, TOLD_WITHIN + SETTLING)
    log = (stack.site.folder / "web.log").read_text()
    stack.redis.client.flushall()
    stack.worker_alone()
    took = stack.rows.drained(lambda: None, limit=SENT_WITHIN, moving=False)
    thanked, mails = sum(ask.thanked for ask in asks), len(stack.sink.mails())
    named = all(f"Not running: {name}" in log for name in parts)
    return Measured(
        f"told after {seconds(told)}, in the log too: {'yes' if named else 'NO'}; "
        f"then without beat, {mails} of {thanked} thanked sent in {seconds(took)}; "
        f"degraded: {', '.join(stack.degraded())}",
        ok=named
        and thanked == mails == size.submits
        and told <= TOLD_WITHIN
        and took <= SENT_WITHIN
        and "worker" not in stack.degraded(),
    )


def _accounts(stack: Stack, kills: int) -> Measured:
    taken = stack.sink.mails()
    times = Counter(mail["id"] for mail in taken)
    known = set(stack.rows.deliveries.values_list("message_id", flat=True))
    lost = len(known - times.keys())
    duplicates = sum(times.values()) - len(times)
    ids = defaultdict(set)
    for mail in taken:
        ids[mail["to"]].add(mail["id"])
    foreign = sum(len(each) > 1 for each in ids.values())
    return Measured(
        f"{lost} lost, {duplicates} duplicates after {kills} kills, "
        f"{foreign} under another Message-ID; states {stack.rows.states()}",
        ok=lost == 0
        and duplicates <= kills
        and foreign == 0
        and stack.rows.states() == {State.SENT: len(known)},
    )


def frozen_past_lease(stack: Stack, size: Size) -> Measured:
    """Freezes after the mail server's 250 and before the commit, and resumes later."""
    (delivery,) = stack.rows.mails(1)
    stack.sink.dial(delay=2)
    first = stack.worker_alone("first", concurrency=1)
    stack.nudge()
    wait_for(stack.sink.mails, "a mail on its way")
    first.freeze()
    stack.sink.dial()
    stack.rows.clock_moves(LEASE + timedelta(seconds=1))
    stack.worker_alone("second", concurrency=1)
    stack.drained(moving=False)
    first.thaw()
    wait_for(lambda: "settled by someone else" in first.said(), "the first worker wakes up")
    row = stack.rows.deliveries.get(pk=delivery.pk)
    mails = stack.sink.mails()
    return Measured(
        f"{len(mails) - 1} duplicate, state {row.state} after {row.attempts} attempts",
        ok=len(mails) <= 2 and row.state == State.SENT and len({mail["id"] for mail in mails}) == 1,
    )


def poison_unbuildable(stack: Stack, size: Size) -> Measured:
    (poison, *_) = stack.rows.mails(size.crowd)
    stack.rows.deliveries.filter(pk=poison.pk).update(link=None)
    stack.worker()
    stack.drained()
    return _poisoned(stack, poison.pk, size)


def poison_killing(stack: Stack, size: Size) -> Measured:
    """Every worker that claims this mail is killed; then the lease expires."""
    (poison, *_) = stack.rows.mails(size.crowd)
    address = str(poison.contact)
    stack.sink.dial(slow={address: 30.0})
    worker = stack.worker_alone(concurrency=1)
    for strikes in range(POISON_STRIKES):

        def taken_up(before: int = strikes) -> bool:
            stack.nudge()
            return sum(start["to"] == address for start in stack.sink.starts()) > before

        wait_for(taken_up, "the mail that kills")
        kill_one(worker)
        stack.rows.deliveries.filter(pk=poison.pk).update(lease_until=timezone.now())
    stack.drained()
    return _poisoned(stack, poison.pk, size)


def _poisoned(stack: Stack, pk: int, size: Size) -> Measured:
    row = stack.rows.deliveries.get(pk=pk)
    delivered = len({mail["id"] for mail in stack.sink.mails()})
    others = set(stack.rows.deliveries.exclude(pk=pk).values_list("state", "attempts"))
    return Measured(
        f"{row.attempts} attempts, {row.state}; {delivered} delivered",
        ok=row.attempts <= POISON_STRIKES
        and row.state == State.FAILED
        and delivered == size.crowd - 1
        and others == {(State.SENT, 1)},
    )
