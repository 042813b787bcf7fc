"""Mail pauses, their alerts and the rate limit, over real SMTP."""

import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from guides.delivery import circuit_breaker, rate_limit
from guides.delivery.faults import SENDER_REFUSED, SIGN_IN_REFUSED, TLS_REFUSED
from guides.delivery.worker import drain
from guides.models import Delivery, Guide, MailServer
from guides.publishing.sample_emails import guide_email_samples_send
from guides.reasons import UNREACHED
from guides.selectors import MailStatus, mail_status
from guides.states import State

REFUSAL = "550 not from here"


def alerts(caplog) -> list[str]:
    """Messages logged as critical."""
    return [
        record.getMessage().partition(" The oldest")[0]
        for record in [*caplog.get_records("setup"), *caplog.get_records("call")]
        if record.levelname == "CRITICAL"
    ]


@pytest.fixture
def paused(delivery, sink) -> Delivery:
    sink.refuse_sender = REFUSAL
    assert drain() == (0, True)
    return delivery


def test_refused_sender_pauses_mail_until_one_is_accepted(paused, sink, caplog):
    since = mail_status().paused_since
    assert mail_status().reason == SENDER_REFUSED
    assert alerts(caplog) == [f"Mail is paused. {SENDER_REFUSED}"]

    assert drain() == (0, True)
    assert mail_status().paused_since == since
    assert MailServer.objects.get().probed_at > since

    sink.refuse_sender = ""
    assert drain() == (1, False)
    assert mail_status() == MailStatus(timedelta(0), None, "")
    assert caplog.records[-1].getMessage() == "Mail is being sent again."


def test_refused_sign_in_pauses_mail(delivery, sink, settings):
    """The test server doesn't support sign-in."""
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = "wrong"

    assert drain() == (0, True)
    assert mail_status().reason == SIGN_IN_REFUSED


def test_missing_tls_pauses_mail(delivery, sink, settings):
    settings.EMAIL_USE_SSL = True

    assert drain() == (0, True)
    assert mail_status().reason == TLS_REFUSED


def test_pause_alerts_once_then_hourly(paused, sink, caplog):
    for _ in range(3):
        drain()
    assert len(alerts(caplog)) == 1

    MailServer.objects.update(told_at=timezone.now() - circuit_breaker.REMIND_AFTER)
    for _ in range(3):
        drain()
    assert len(alerts(caplog)) == 2


def test_next_alert_is_allowed_after_exactly_one_hour(db):
    with time_machine.travel(datetime(2026, 3, 1, 12, tzinfo=UTC), tick=False) as clock:
        assert circuit_breaker._claim_alert()
        clock.shift(timedelta(minutes=59, seconds=59))
        assert not circuit_breaker._claim_alert()
        clock.shift(timedelta(seconds=1))
        assert circuit_breaker._claim_alert()


def test_every_new_pause_alerts_immediately(paused, sink, caplog, ask, submit):
    sink.refuse_sender = ""
    drain()
    ask(submit(), "two@example.org")
    sink.refuse_sender = REFUSAL

    assert drain().paused
    assert len(alerts(caplog)) == 2


def test_refused_recipient_does_not_end_pause(paused, ask, submit, sink):
    sink.refuse_sender, sink.refuse["runner@example.org"] = "", "550 no such user"

    assert drain() == (0, False)
    assert mail_status().paused_since is not None


def test_accepted_sample_email_ends_pause(paused, sink):
    sink.refuse_sender = ""

    guide_email_samples_send(guide=Guide.objects.get(), to="pt@example.org")

    assert mail_status().paused_since is None


def test_drain_alerts_once_about_late_mail(ask, submission, caplog, sink):
    ask(submission, due_at=timezone.now() - timedelta(minutes=6))

    drain(seconds=0)
    drain(seconds=0)

    assert alerts(caplog) == ["Mail is late. Is a worker running? Does the mail server answer?"]


def test_unreachable_server_alerts_after_five_minutes(delivery, sink, settings, caplog):
    settings.EMAIL_PORT = 1
    drain()
    assert alerts(caplog) == []

    minutes = timedelta(minutes=6)
    Delivery.objects.update(due_at=timezone.now(), queued_at=timezone.now() - minutes)
    assert drain() == (0, False)

    row = Delivery.objects.get()
    assert (row.state, row.reason, row.due_at > timezone.now()) == (State.RETRY, UNREACHED, True)
    assert len(alerts(caplog)) == 1


@pytest.fixture
def rate_limited(settings) -> None:
    settings.MAIL_PER_SECOND = 2


@pytest.mark.usefixtures("rate_limited")
def test_drain_respects_rate_limit(ask, submit, sink):
    for number in range(3):
        ask(submit(), f"r{number}@example.org")
    begun = time.monotonic()

    assert drain() == (3, False)
    assert time.monotonic() - begun >= 2 / 2


def test_next_slot_is_one_interval_later(settings):
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    settings.MAIL_PER_SECOND = 4

    assert rate_limit._after(now) == now + timedelta(milliseconds=250)


def test_drain_claims_nothing_while_waiting_for_slot(ask, submit, sink, settings):
    settings.MAIL_PER_SECOND = 1
    for number in range(2):
        ask(submit(), f"r{number}@example.org")

    assert drain(seconds=0.9) == (1, False)
    assert sorted(Delivery.objects.values_list("state", "attempts")) == [
        (State.QUEUED, 0),
        (State.SENT, 1),
    ]


@pytest.mark.usefixtures("rate_limited")
def test_slot_from_a_wrong_clock_is_ignored(delivery, sink):
    MailServer.objects.update_or_create(
        defaults={"next_at": timezone.now() + timedelta(hours=1)}, pk=1
    )

    assert drain(seconds=5) == (1, False)


@pytest.mark.usefixtures("rate_limited")
def test_no_slot_is_taken_when_nothing_is_due(db, sink):
    drain()

    assert not MailServer.objects.exists()


def test_idle_drain_makes_few_queries(db, sink, django_assert_num_queries):
    # 1 for mail that's held, 1 for the next emails, 9 for when the next of each kind is due, 3 for
    # emails about accounts, in a savepoint, and 2 for news
    with django_assert_num_queries(1 + 1 + 9 + 3 + 2):
        drain()
