"""Clock jumps, simulated by shifting all timestamps the other way."""

from datetime import timedelta

from guides.states import State
from tests.faults.measures import Measured, Size
from tests.faults.stack import Stack
from tests.support.processes import wait_for

JUMP = timedelta(hours=1)
QUEUE = 20
WORKERS = 2


def forward(stack: Stack, size: Size) -> Measured:
    """While each worker holds one mail, whose lease then seems to have expired."""
    return _jump(stack, JUMP)


def backward(stack: Stack, size: Size) -> Measured:
    """Due mails become due in an hour; then that hour passes."""
    return _jump(stack, -JUMP)


def _jump(stack: Stack, by: timedelta) -> Measured:
    stack.rows.mails(QUEUE)
    ahead = by > timedelta(0)
    stack.sink.dial(delay=8 if ahead else 2)
    stack.worker_alone("first", concurrency=WORKERS)
    for _ in range(WORKERS):
        stack.nudge()
    stack.rows.wait_for(State.SENDING, WORKERS)
    wait_for(lambda: len(stack.sink.mails()) == WORKERS, "mails under way")
    stack.rows.clock_moves(by)
    stack.sink.dial()
    late = 0
    if ahead:
        stack.worker_alone("second")
    else:
        wait_for(lambda: not stack.rows.count(State.SENDING), "what was under way")
        late = stack.rows.waiting()
        stack.rows.clock_moves(-by)
    stack.drained(moving=False)
    mails = stack.sink.mails()
    duplicates = len(mails) - len({mail["id"] for mail in mails})
    return Measured(
        f"{WORKERS} in flight, {duplicates} duplicates; {late} waited out the jump, none longer",
        ok=duplicates <= WORKERS and stack.rows.states() == {State.SENT: QUEUE},
    )
