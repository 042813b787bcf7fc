import smtplib
import ssl
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from guides import selectors
from guides.consents.services import contact_unsubscribe
from guides.delivery import outbox
from guides.delivery.dispatch import _candidates, _ensure_lease, claim_rows, due_rows, send
from guides.delivery.faults import classify
from guides.delivery.worker import drain
from guides.models import Delivery
from guides.states import GIVE_UP_AFTER, LEASE, POISON_STRIKES, Kind, State
from tests.guides.delivery.claims import claim
from tests.support import mail_backends

AUTH = smtplib.SMTPAuthenticationError(535, b"no")
REFUSED = smtplib.SMTPRecipientsRefused({"runner@example.org": (550, b"unknown")})
BUSY = smtplib.SMTPRecipientsRefused({"runner@example.org": (451, b"later")})


def fresh(delivery: Delivery) -> Delivery:
    return Delivery.objects.get(pk=delivery.pk)


def test_drain_sends_due_email(delivery, faults):
    assert drain() == (1, False)

    assert fresh(delivery).state == State.SENT
    assert fresh(delivery).attempts == 1
    assert fresh(delivery).sent_at is not None
    assert [message.to for message in mail_backends.taken] == [["runner@example.org"]]


def test_second_drain_sends_nothing(delivery, faults):
    drain()

    assert drain() == (0, False)
    assert len(mail_backends.taken) == 1


def test_drain_skips_delivery_that_is_not_due(ask, submission, faults):
    ask(submission, due_at=timezone.now() + timedelta(minutes=1))

    assert drain() == (0, False)


def test_guide_is_claimed_before_follow_ups_due_longer(ask, submit):
    long_ago = timezone.now() - timedelta(hours=1)
    for number in range(3):
        address = f"old{number}@example.org"
        ask(submit(), address, kind=Kind.FOLLOW_UP, due_at=long_ago)
    guide = ask(submit(), "new@example.org")

    assert claim() == guide
    assert claim().kind == Kind.FOLLOW_UP


def test_claim_takes_lease_and_counts_attempt(delivery):
    claimed = claim()

    assert claimed == delivery
    row = fresh(delivery)
    assert (row.state, row.attempts, row.strikes) == (State.SENDING, 1, 1)
    assert row.lease_token == claimed.lease_token != ""
    assert timedelta(0) < row.lease_until - timezone.now() <= LEASE


def test_claimed_row_cannot_be_claimed_again(delivery):
    claim()

    assert claim() is None


def test_row_read_by_two_workers_is_claimed_by_one(delivery, monkeypatch):
    batches = iter([_candidates(timezone.now()), []])
    assert claim() == delivery
    monkeypatch.setattr("guides.delivery.dispatch._candidates", lambda *_: next(batches))

    assert claim() is None
    assert fresh(delivery).attempts == 1


def test_row_whose_lease_was_renewed_since_read_is_not_claimed(delivery, monkeypatch):
    first = claim()
    Delivery.objects.update(lease_until=timezone.now())
    batches = iter([_candidates(timezone.now()), []])
    assert _ensure_lease(first)
    monkeypatch.setattr("guides.delivery.dispatch._candidates", lambda *_: next(batches))

    assert claim() is None


def test_new_guide_request_goes_before_rest_of_batch(ask, submit, faults, monkeypatch):
    monkeypatch.setattr("guides.delivery.dispatch.BATCH_SECONDS", 0.0)
    for number in range(2):
        ask(submit(), f"old{number}@example.org", kind=Kind.FOLLOW_UP)
    claimed = claim_rows(due_rows())
    assert next(claimed).kind == Kind.FOLLOW_UP
    guide = ask(submit(), "new@example.org")

    assert next(claimed) == guide


def test_short_lease_is_renewed_before_hand_over(delivery):
    claimed = claim()
    soon = timezone.now() + timedelta(seconds=80)
    Delivery.objects.update(lease_until=soon)
    claimed.lease_until = soon

    assert _ensure_lease(claimed) is True
    assert fresh(delivery).lease_until == claimed.lease_until > soon


def test_lease_shortened_in_database_is_renewed(delivery):
    claimed = claim()
    Delivery.objects.update(lease_until=timezone.now())

    assert _ensure_lease(claimed) is True
    assert fresh(delivery).lease_until - timezone.now() > timedelta(seconds=110)


def test_row_with_expired_lease_is_claimed_again(delivery):
    first = claim()
    Delivery.objects.update(lease_until=timezone.now())

    second = claim()

    assert second == first
    assert second.lease_token != first.lease_token
    assert fresh(delivery).attempts == 2


def test_worker_that_lost_lease_sends_and_settles_nothing(delivery, faults):
    first = claim()
    Delivery.objects.update(lease_until=timezone.now())
    second = claim()

    assert send(first, mail_backends.FaultyBackend()) is False
    assert mail_backends.taken == []
    assert fresh(delivery).lease_token == second.lease_token


def test_canceled_delivery_is_not_sent(delivery, faults):
    claimed = claim()
    outbox.deliveries_cancel(deliveries=Delivery.objects.all(), reason="changed my mind")

    assert send(claimed, mail_backends.FaultyBackend()) is False
    assert mail_backends.taken == []
    assert fresh(delivery).state == State.CANCELLED


def test_worker_that_loses_row_during_hand_over_does_not_settle(delivery, faults):
    class Slow(mail_backends.FaultyBackend):
        def send_messages(self, email_messages):
            outbox.deliveries_cancel(deliveries=Delivery.objects.all(), reason="too late")
            return super().send_messages(email_messages)

    send(claim(), Slow())

    assert len(mail_backends.taken) == 1
    assert fresh(delivery).state == State.CANCELLED


def test_erased_delivery_is_not_sent(delivery, faults):
    claimed = claim()
    Delivery.objects.all().delete()

    assert send(claimed, mail_backends.FaultyBackend()) is False
    assert mail_backends.taken == []


def test_temporary_refusal_is_retried(delivery, faults):
    faults.append(BUSY)
    before = timezone.now()

    assert drain() == (0, False)

    row = fresh(delivery)
    assert (row.state, row.attempts, row.strikes) == (State.RETRY, 1, 0)
    assert timedelta(seconds=59) < row.due_at - before < timedelta(seconds=80)
    assert row.reason == "The mail server asked us to wait (451)."


def test_retry_has_same_message_id(delivery, faults):
    faults.append(BUSY)
    drain()
    Delivery.objects.update(due_at=timezone.now())
    drain()

    assert mail_backends.taken[0].extra_headers["Message-ID"] == delivery.message_id
    assert fresh(delivery).attempts == 2


def test_refused_recipient_fails_only_its_own_delivery(ask, submit, faults):
    first = ask(submit(), "one@example.org", due_at=timezone.now() - timedelta(minutes=1))
    second = ask(submit(), "two@example.org", due_at=timezone.now() - timedelta(minutes=1))
    faults.append(REFUSED)

    assert drain() == (1, False)

    assert sorted([fresh(first).state, fresh(second).state]) == [State.FAILED, State.SENT]


@pytest.mark.parametrize("state", [State.QUEUED, State.RETRY])
def test_configuration_fault_pauses_without_counting_attempt(
    ask, submission, faults, caplog, state
):
    delivery = ask(submission, state=state)
    faults.append(AUTH)

    assert drain() == (0, True)

    row = fresh(delivery)
    assert (row.state, row.attempts, row.strikes) == (State.RETRY, 0, 0)
    assert [record.levelname for record in caplog.records] == ["INFO", "CRITICAL"]
    assert drain() == (1, False)


def test_delivery_fails_after_48_hours(ask, submission, faults):
    delivery = ask(submission, queued_at=timezone.now() - GIVE_UP_AFTER, attempts=12)
    faults.append(BUSY)

    drain()

    assert fresh(delivery).state == State.FAILED
    assert fresh(delivery).reason.endswith("We tried for 48 hours.")


def test_email_that_cannot_be_built_fails_on_fifth_attempt(ask, submission, faults):
    delivery = ask(submission, link=None)

    for _ in range(POISON_STRIKES + 2):
        drain()
        Delivery.objects.update(due_at=timezone.now())

    row = fresh(delivery)
    assert (row.state, row.attempts) == (State.FAILED, POISON_STRIKES)
    assert row.reason == "It couldn't be put together (CannotBuildError)."


def test_email_that_kills_its_worker_fails_after_fifth_attempt(delivery):
    for _ in range(POISON_STRIKES):
        assert claim() == delivery
        Delivery.objects.update(lease_until=timezone.now())

    assert claim() is None
    failed = fresh(delivery)
    assert (failed.state, failed.reason) == (State.FAILED, "It couldn't be sent in five tries.")


def test_email_that_cannot_be_built_does_not_stop_others(ask, submit, faults):
    ask(submit(), "one@example.org", link=None)
    ask(submit(), "two@example.org")

    assert drain() == (1, False)


def test_failed_delivery_can_be_requeued(ask, submission, faults):
    long_ago = timezone.now() - GIVE_UP_AFTER
    delivery = ask(
        submission, state=State.FAILED, attempts=3, strikes=2, reason="no",
        queued_at=long_ago, due_at=long_ago,
    )  # fmt: skip

    assert outbox.delivery_requeue(delivery=delivery) is True

    row = fresh(delivery)
    assert (row.state, row.attempts, row.strikes, row.reason) == (State.QUEUED, 0, 0, "")
    assert row.queued_at == row.due_at > long_ago + GIVE_UP_AFTER, "it has 48 hours again"
    assert outbox.delivery_requeue(delivery=delivery) is False


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (AUTH, "configuration"),
        (ssl.SSLCertVerificationError(1, "certificate verify failed"), "configuration"),
        (ssl.SSLEOFError(8, "EOF in violation of protocol"), "transient"),
        (smtplib.SMTPNotSupportedError("STARTTLS"), "configuration"),
        (smtplib.SMTPSenderRefused(550, b"who?", "runfit@example.org"), "configuration"),
        (smtplib.SMTPSenderRefused(451, b"later", "runfit@example.org"), "transient"),
        (REFUSED, "refused"),
        (BUSY, "transient"),
        (smtplib.SMTPDataError(554, b"spam"), "refused"),
        (smtplib.SMTPDataError(452, b"full"), "transient"),
        (smtplib.SMTPConnectError(421, b"busy"), "transient"),
        (smtplib.SMTPServerDisconnected("gone"), "transient"),
        (TimeoutError(), "transient"),
        (ConnectionRefusedError(), "transient"),
        (OSError(28, "No space left on device"), "transient"),
    ],
)
def test_errors_are_classified(error, kind):
    assert classify(error).kind == kind


def test_reasons_contain_no_address():
    assert "example.org" not in classify(REFUSED).reason + classify(BUSY).reason
    assert "example.org" in str(REFUSED)


def test_every_further_email_costs_three_queries(ask, submit, faults):
    def queries_for(mails: int) -> int:
        for number in range(mails):
            ask(submit(), f"{mails}-{number}@example.org")
        with CaptureQueriesContext(connection) as captured:
            assert drain() == (mails, False)
        return len(captured)

    queries_for(1)  # warm the caches

    # claim, check the lease, settle; candidates are read in batches
    assert queries_for(6) - queries_for(2) == 4 * 3


def test_paused_drain_sends_no_hint(ask, submit, faults, monkeypatch):
    hints = []
    monkeypatch.setattr(outbox, "hint", lambda: hints.append(1))
    for number in range(3):
        ask(submit(), f"r{number}@example.org")
    faults.append(AUTH)

    assert drain() == (0, True)
    assert hints == []


def test_backlog_sends_one_hint_after_first_accepted_email(ask, submit, faults, monkeypatch):
    sent_by_then = []
    monkeypatch.setattr(outbox, "hint", lambda: sent_by_then.append(len(mail_backends.taken)))
    for number in range(3):
        ask(submit(), f"r{number}@example.org")

    assert drain() == (3, False)
    assert sent_by_then == [1]


def test_single_email_sends_no_hint(delivery, faults, monkeypatch):
    hints = []
    monkeypatch.setattr(outbox, "hint", lambda: hints.append(1))

    assert drain() == (1, False)
    assert hints == []


def test_drain_that_runs_out_of_time_sends_hint(ask, submit, faults, monkeypatch):
    hints = []
    monkeypatch.setattr(outbox, "hint", lambda: hints.append(1))
    ask(submit())

    assert drain(seconds=0) == (0, False)
    assert hints == [1]


def test_pause_counts_toward_age_of_oldest_email(ask, submission, faults):
    ask(submission, due_at=timezone.now() - timedelta(hours=5))
    faults.append(AUTH)

    drain()

    assert selectors.oldest_due_age() > timedelta(hours=4)


def test_delivery_of_dead_worker_is_due_since_lease_expired(delivery):
    claim()
    assert selectors.oldest_due_age() == timedelta(0)

    Delivery.objects.update(lease_until=timezone.now() - timedelta(minutes=7))

    assert selectors.oldest_due_age() > timedelta(minutes=6)


def test_failed_delivery_to_unsubscribed_contact_is_not_requeued(ask, submission):
    delivery = ask(submission, state=State.FAILED)
    contact_unsubscribe(contact=delivery.contact)

    assert outbox.delivery_requeue(delivery=delivery) is False
    assert fresh(delivery).state == State.FAILED


def test_claim_query_does_not_load_guide_content(delivery):
    with CaptureQueriesContext(connection) as captured:
        claim()

    assert '"content"' not in captured[0]["sql"]
