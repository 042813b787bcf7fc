"""Claim, send, settle, drain: how a delivery row becomes a mail.

Every move is one conditional UPDATE that must change exactly one row. The hand-over to the mail
server is outside any transaction. What is promised: at-least-once until 48 hours or a refusal,
with at most one duplicate for each crash between the server's 250 and our commit.
"""

import logging
import time
from collections.abc import Iterator
from typing import NamedTuple

from django.conf import settings
from django.db import connections
from django.utils import timezone

from guides import selectors
from guides.delivery import circuit_breaker, outbox, rate_limit
from guides.delivery.dispatch import claim_each, due_rows, send
from guides.delivery.faults import PausedError
from guides.delivery.thread_pool import SharedIterator, ThreadPool
from guides.mail.connection import thread_connection
from guides.models import Delivery
from guides.states import (
    Kind,
)

logger = logging.getLogger(__name__)

DRAIN_SECONDS = 20
PROBE_EVERY = 15.0
"""Seconds between two tries while the mail server refuses us; beat's own pace."""
TELL_SECONDS = 5.0
"""How long a drain that met a refusal goes on with the newsletter tool, which is another road."""


class DrainResult(NamedTuple):
    sent: int
    paused: bool


def drain(*, seconds: float = DRAIN_SECONDS) -> DrainResult:
    """Send what is due until nothing is, the time is up, or the mail server refuses us."""
    outbox.hint_clear()
    work = _Drain(seconds)
    try:
        work.lanes.run()
    except PausedError as error:
        circuit_breaker.pause(reason=str(error))
        outbox.hints_hold(PROBE_EVERY)
        until = time.monotonic() + min(seconds, TELL_SECONDS)
        told = _claims(due_rows(Kind.NEWSLETTER), until)
        also = sum(send(each, thread_connection()) for each in told)
        return DrainResult(sum(work.taken) + also, paused=True)
    more = _more_is_due()
    if more:
        outbox.hint()
    if more or not all(work.taken):
        circuit_breaker.alert()
    return DrainResult(sum(work.taken), paused=False)


class _Drain:
    """Threads that send what is due, each over a line of its own, one mail at a time."""

    def __init__(self, seconds: float) -> None:
        self.until = time.monotonic() + seconds
        self.rows = SharedIterator(due_rows())
        self.lanes = ThreadPool(self.lane, settings.MAIL_AT_ONCE, leave=_leave)
        self.taken: list[bool] = []
        """Of each that was claimed: whether it was taken."""
        self.server_takes_mail = False

    def lane(self) -> None:
        line = thread_connection()
        try:
            for delivery in _claims(self.rows, self.until):
                taken = send(delivery, line)
                self.taken.append(taken)
                if taken and delivery.kind != Kind.NEWSLETTER and not self.server_takes_mail:
                    self.server_takes_mail = True
                    self._widen()
        except BaseException:
            self.rows.end()
            raise
        finally:
            line.close_if_spent()

    def _widen(self) -> None:
        circuit_breaker.resume()
        if _more_is_due():
            self.lanes.widen()
            outbox.hint()  # a backlog: let another worker help


def _leave() -> None:
    thread_connection().close()
    connections.close_all()  # this thread's own


def _claims(rows: Iterator[Delivery], until: float) -> Iterator[Delivery]:
    claimed = claim_each(rows)
    while time.monotonic() < until and _may_go(until) and (delivery := next(claimed, None)):
        yield delivery


def _may_go(until: float) -> bool:
    """Where the pace is limited, wait for a slot, before any lease runs."""
    return not settings.MAIL_PER_SECOND or (_more_is_due() and rate_limit.slot_take(until))


def _more_is_due() -> bool:
    return selectors.delivery_is_due(timezone.now())
