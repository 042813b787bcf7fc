"""The drain: one worker run that sends all due deliveries.

Every transition is one conditional UPDATE that must change exactly one row. The hand-over to the
mail server is outside any transaction. The guarantee: at-least-once delivery, retried for 48 hours
or until refused, with at most one duplicate per crash between the server's 250 and our commit.
"""

import time
from collections.abc import Iterator
from typing import NamedTuple

from django.conf import settings
from django.db import connections
from django.utils import timezone

from guides import selectors
from guides.delivery import circuit_breaker, news, outbox, rate_limit
from guides.delivery.dispatch import claim_rows, due_rows, send
from guides.delivery.faults import PausedError
from guides.delivery.notices import notices_send
from guides.delivery.thread_pool import SharedIterator, ThreadPool
from guides.mail.connection import thread_connection
from guides.models import Delivery
from guides.states import POSTS

DRAIN_SECONDS = 20
PROBE_EVERY = 15.0
"""Seconds between attempts while the mail server refuses us: beat's own interval."""
POSTS_SECONDS = 5.0
"""How long a drain goes on with posts to tools after the mail server has refused us."""


class DrainResult(NamedTuple):
    sent: int
    paused: bool


def drain(*, seconds: float = DRAIN_SECONDS) -> DrainResult:
    """Sends due deliveries until none is left, time runs out, or the mail server refuses us. None
    while mail is held."""
    outbox.hint_clear()
    if selectors.mail_held():
        circuit_breaker.alert()
        return DrainResult(0, paused=True)
    notices_send()
    news.news_queue()
    run = _Drain(seconds)
    try:
        run.threads.run()
    except PausedError as error:
        circuit_breaker.pause(reason=str(error))
        outbox.hints_hold(PROBE_EVERY)
        until = time.monotonic() + min(seconds, POSTS_SECONDS)
        posts = _claims(due_rows(POSTS), until)
        posted = sum(send(delivery, thread_connection()) for delivery in posts)
        return DrainResult(sum(run.outcomes) + posted, paused=True)
    more = _more_is_due()
    if more or selectors.news_going_out().exists():
        outbox.hint()
    if more or not all(run.outcomes):
        circuit_breaker.alert()
    return DrainResult(sum(run.outcomes), paused=False)


class _Drain:
    """Threads that send due deliveries one at a time, each over its own connection."""

    def __init__(self, seconds: float) -> None:
        self.until = time.monotonic() + seconds
        self.rows = SharedIterator(due_rows())
        self.threads = ThreadPool(self.send_due, settings.MAIL_AT_ONCE, cleanup=_close_connections)
        self.outcomes: list[bool] = []
        """For each claimed delivery: whether it was accepted."""
        self.server_takes_mail = False

    def send_due(self) -> None:
        connection = thread_connection()
        try:
            for delivery in _claims(self.rows, self.until):
                accepted = send(delivery, connection)
                self.outcomes.append(accepted)
                if accepted and delivery.kind not in POSTS and not self.server_takes_mail:
                    self.server_takes_mail = True
                    self._widen()
        except BaseException:
            self.rows.stop()
            raise
        finally:
            connection.close_if_spent()

    def _widen(self) -> None:
        circuit_breaker.resume()
        if _more_is_due():
            self.threads.widen()
            outbox.hint()  # a backlog: let another worker help


def _close_connections() -> None:
    """Closes this thread's mail and database connections."""
    thread_connection().close()
    connections.close_all()


def _claims(rows: Iterator[Delivery], until: float) -> Iterator[Delivery]:
    claimed = claim_rows(rows)
    while time.monotonic() < until and _may_go(until) and (delivery := next(claimed, None)):
        yield delivery


def _may_go(until: float) -> bool:
    """Waits for a slot if mail is rate-limited. Called before the claim, so that no lease runs."""
    return not settings.MAIL_PER_SECOND or (_more_is_due() and rate_limit.slot_take(until))


def _more_is_due() -> bool:
    return selectors.delivery_is_due(timezone.now())
