"""Emails that somebody said yes to: at most one a day to one address, over all kinds."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from guides.consents.services import consent_confirm
from guides.delivery.dispatch import send
from guides.delivery.worker import drain
from guides.mail.connection import thread_connection
from guides.models import Consent, Delivery
from guides.reasons import ONE_A_DAY
from guides.states import GIVE_UP_AFTER, Kind, State
from tests.guides.delivery.claims import claim
from tests.support import mail_backends


@pytest.fixture
def two_due(ask, submission):
    """Two emails that the same contact said yes to, both due now. The guide went out just now."""
    guide = ask(submission, state=State.SENT, sent_at=timezone.now())
    purpose = Consent.Purpose.FOLLOW_UP
    consent_confirm(contact=guide.contact, purpose=purpose, words="Yes", page="guides:guide")
    Delivery.objects.filter(kind=Kind.FOLLOW_UP).delete()
    return [
        Delivery.objects.create(
            kind=Kind.FOLLOW_UP,
            contact=guide.contact,
            link=guide.link,
            masked_email=guide.masked_email,
            dedupe_key=f"due:{number}",
        )
        for number in range(2)
    ]


def test_second_email_of_a_day_waits_for_the_next(two_due, faults):
    now = timezone.now()

    assert drain() == (1, False)
    assert drain() == (0, False)

    waiting = Delivery.objects.get(state=State.RETRY)
    sent_at = Delivery.objects.get(kind=Kind.FOLLOW_UP, state=State.SENT).sent_at
    assert (waiting.state, waiting.reason) == (State.RETRY, ONE_A_DAY)
    assert waiting.due_at == waiting.queued_at == sent_at + timedelta(days=1)
    assert (waiting.attempts, waiting.strikes) == (0, 0)
    with time_machine.travel(now + timedelta(hours=23)):
        assert drain() == (0, False)
    with time_machine.travel(now + timedelta(days=1, minutes=1)):
        assert drain() == (1, False)
    assert len(mail_backends.taken) == 2


def test_waiting_a_day_leaves_48_hours_to_try(two_due, faults):
    drain()
    waiting = Delivery.objects.get(state=State.RETRY)

    assert waiting.queued_at + GIVE_UP_AFTER > timezone.now() + GIVE_UP_AFTER


def test_email_waits_while_another_is_being_sent(two_due, faults):
    """Two workers that meet: neither knows yet whether the other's email will arrive."""
    first, second = claim(), claim()

    assert not send(second, thread_connection())

    assert mail_backends.taken == []
    second.refresh_from_db()
    assert second.state == State.RETRY
    assert timedelta(0) < second.due_at - timezone.now() < timedelta(minutes=3)
    assert send(first, thread_connection())


def test_other_addresses_do_not_wait(two_due, faults, ask, submit):
    other = ask(submit(), "other@example.org", state=State.SENT).contact
    purpose = Consent.Purpose.FOLLOW_UP
    consent_confirm(contact=other, purpose=purpose, words="Yes", page="guides:guide")
    Delivery.objects.filter(pk=two_due[1].pk).update(contact=other)

    assert drain() == (2, False)
