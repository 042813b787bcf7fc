"""Random walks through the states of deliveries, with concurrent claims and hand-overs.

A few hundred steps in the test suite; RUNFIT_WALK_STEPS sets the number in bin/faults.
"""

import os
import smtplib
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import pytest
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from assessments.models import Submission
from guides.delivery import outbox
from guides.delivery.dispatch import send
from guides.delivery.faults import PausedError
from guides.models import Contact, Delivery, DownloadLink, GuideEdition
from guides.states import MOVES, OPEN, POISON_STRIKES, State
from tests.guides.delivery.claims import claim

STEPS = int(os.environ.get("RUNFIT_WALK_STEPS", "300"))
STEPS_EACH = 100
AT_ONCE = 4
WHICH = st.integers(0, 999)
"""Chooses a row by its position, whatever rows there are."""

T = TypeVar("T")

ANSWERS: dict[str, Exception | None] = {
    "taken": None,
    "put off": smtplib.SMTPDataError(451, b"later"),
    "refused": smtplib.SMTPDataError(550, b"no"),
    "cut off": smtplib.SMTPServerDisconnected("gone"),
    "wrong password": smtplib.SMTPAuthenticationError(535, b"no"),
}


class Server(BaseEmailBackend):
    """Responds to every email with the chosen answer, and records those that it accepted."""

    def __init__(self, answer: str, taken: list[str]) -> None:
        super().__init__()
        self.answer, self.taken = answer, taken

    def send_messages(self, email_messages: list[EmailMessage]) -> int:
        error = ANSWERS[self.answer]
        if error:
            raise error
        self.taken += [message.extra_headers["Message-ID"] for message in email_messages]
        return len(email_messages)


class Threads:
    """Threads that start at the same moment, each on its own database connection."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(AT_ONCE)
        self.barrier = threading.Barrier(AT_ONCE)

    def at_once(self, works: Sequence[Callable[[], T]]) -> list[T | None]:
        """Runs up to AT_ONCE functions concurrently; the remaining threads only wait."""
        given = [*works, *([None] * (AT_ONCE - len(works)))]
        return list(self.pool.map(self._start, given))

    def _start(self, work: Callable[[], T] | None) -> T | None:
        self.barrier.wait(30)
        return work() if work else None

    def close(self) -> None:
        self.at_once([lambda: connection.close()] * AT_ONCE)  # noqa: PLW0108 - each thread's own
        self.pool.shutdown()


def reachable(state: State) -> frozenset[State]:
    """The states that a row may have after any number of legal transitions."""
    states = {state}
    while more := {after for before in states for after in MOVES[before]} - states:
        states |= more
    return frozenset(states)


class Walk(RuleBasedStateMachine):
    threads: Threads
    submission: Submission
    edition: GuideEdition
    steps = 0
    """The number of steps in all walks."""

    @initialize()
    def begin(self) -> None:
        Delivery.objects.all().delete()
        Contact.objects.all().delete()
        self.claimed: list[Delivery] = []
        """Deliveries that workers have claimed and not released, some since claimed by others."""
        self.taken: list[str] = []
        self.seen: dict[int, tuple[State, int]] = {}
        self.over: set[str] = set()
        """Message-IDs of emails that were canceled, erased or sent, and must not be sent again."""
        self.made = 0

    @rule(buildable=st.booleans())
    def ask(self, buildable: bool) -> None:
        self.made += 1
        email = f"r{self.made}@example.org"
        contact = Contact.objects.create(email=email, email_key=email)
        link = DownloadLink.objects.create(
            contact=contact,
            submission=self.submission,
            edition=self.edition,
            profile=self.submission.profile,
            expires_at=timezone.now() + timedelta(days=30),
        )
        mail = Delivery(
            contact=contact,
            link=link if buildable else None,
            masked_email="r•••",
            dedupe_key=f"walk:{self.made}",
        )
        outbox.delivery_add(delivery=mail)

    @rule()
    def claim_at_once(self) -> None:
        free = set(self._free().values_list("pk", flat=True))
        claimed = [delivery for delivery in self.threads.at_once([claim] * AT_ONCE) if delivery]
        pks = [delivery.pk for delivery in claimed]
        assert len(pks) == len(set(pks)), "claimed twice"
        assert set(pks) <= free, "claimed while it was leased, or was not due"
        self.claimed += claimed

    @rule(which=WHICH, answer=st.sampled_from(sorted(ANSWERS)))
    def hand_over(self, which: int, answer: str) -> None:
        delivery = self._release(which)
        if delivery:
            self._send(delivery, answer)

    @rule(which=WHICH)
    def hand_over_at_once(self, which: int) -> None:
        """All workers that have or once had this email send it concurrently."""
        first = self._release(which)
        meeting = [first] if first else []
        while len(meeting) < AT_ONCE and first in self.claimed:
            meeting.append(self.claimed.pop(self.claimed.index(first)))
        before = len(self.taken)
        self.threads.at_once([partial(self._send, delivery, "taken") for delivery in meeting])
        assert len(self.taken) <= before + 1, "handed over twice"

    @rule(which=WHICH)
    def cancel_during_hand_over(self, which: int) -> None:
        """Whichever comes first, nothing is sent afterwards."""
        delivery = self._release(which)
        if delivery:
            self.threads.at_once(
                [partial(self._send, delivery, "taken"), partial(self._cancel, delivery.pk)]
            )
            self.over.add(delivery.message_id)

    @rule(which=WHICH)
    def worker_dies(self, which: int) -> None:
        self._release(which)

    @rule()
    def leases_end(self) -> None:
        Delivery.objects.filter(state=State.SENDING).update(lease_until=timezone.now())

    @rule()
    def time_passes(self) -> None:
        Delivery.objects.filter(state=State.RETRY).update(due_at=timezone.now())

    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        mail = self._any(which)
        if mail and self._cancel(mail.pk):
            self.over.add(mail.message_id)

    @rule(which=WHICH)
    def erase(self, which: int) -> None:
        mail = self._any(which)
        if mail:
            self.over.add(mail.message_id)
            mail.delete()

    @rule()
    def send_failed_again(self) -> None:
        for mail in Delivery.objects.filter(state=State.FAILED):
            outbox.delivery_requeue(delivery=mail)

    @invariant()
    def only_legal_transitions(self) -> None:
        now = {
            pk: (State(state), attempts)
            for pk, state, attempts in Delivery.objects.values_list("pk", "state", "attempts")
        }
        for pk, (state, _) in now.items():
            before = self.seen.get(pk, (State.QUEUED, 0))[0]
            assert state in reachable(before), f"{before} became {state}"
        self.seen = now
        Walk.steps += 1

    @invariant()
    def rows_are_consistent(self) -> None:
        for mail in Delivery.objects.all():
            leased = bool(mail.lease_token) and mail.lease_until is not None
            assert leased == (mail.state == State.SENDING)
            assert 0 <= mail.strikes <= min(mail.attempts, POISON_STRIKES)
            assert (mail.sent_at is not None) == (mail.state == State.SENT)
            if mail.state == State.SENT:
                assert self.taken.count(mail.message_id) == 1

    def _release(self, which: int) -> Delivery | None:
        return self.claimed.pop(which % len(self.claimed)) if self.claimed else None

    def _any(self, which: int) -> Delivery | None:
        mails = list(Delivery.objects.order_by("pk"))
        return mails[which % len(mails)] if mails else None

    def _free(self) -> Any:
        now = timezone.now()
        due = Delivery.objects.filter(state__in=OPEN - {State.SENDING}, due_at__lte=now)
        return due | Delivery.objects.filter(state=State.SENDING, lease_until__lte=now)

    def _cancel(self, pk: int) -> int:
        one = Delivery.objects.filter(pk=pk)
        return outbox.deliveries_cancel(deliveries=one, reason="changed my mind")

    def _send(self, delivery: Delivery, answer: str) -> None:
        current = Delivery.objects.filter(
            pk=delivery.pk, state=State.SENDING, lease_token=delivery.lease_token
        ).exists()
        taken: list[str] = []
        with suppress(PausedError):
            send(delivery, Server(answer, taken))
        assert current or not taken, "handed over without a lease"
        assert not self.over & set(taken), "handed over what was canceled, erased or sent"
        self.over |= set(taken)
        self.taken += taken


@pytest.fixture
def threads() -> Iterator[Threads]:
    threads = Threads()
    yield threads
    threads.close()


@pytest.mark.postgres
@pytest.mark.timeout(1800)
@pytest.mark.django_db(transaction=True)
def test_random_walk_through_delivery_states(threads, submission, guide_edition):
    Walk.threads, Walk.submission, Walk.edition = threads, submission, guide_edition
    while Walk.steps < STEPS:  # a walk may end early
        run_state_machine_as_test(
            Walk,
            settings=settings(
                max_examples=(STEPS - Walk.steps) // STEPS_EACH + 1,
                stateful_step_count=STEPS_EACH,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
