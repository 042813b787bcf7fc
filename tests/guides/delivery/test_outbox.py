"""Queueing deliveries, and hints to workers: at most one until a drain begins."""

import json
import logging
import smtplib
import socket
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import redis
from django.db import transaction
from django.utils import timezone

from guides.delivery import outbox
from guides.delivery.worker import drain
from guides.models import Delivery
from guides.states import State
from runfit.celery import app
from runfit.settings import redis_cache
from tests.guides.delivery.claims import claim

QUEUE = "celery"


def use(url: str, settings) -> None:
    settings.CACHES = {"default": redis_cache(url)}
    settings.CELERY_BROKER_URL = url
    app.conf.broker_url = url
    app._pool = None
    app.amqp._producer_pool = None


@pytest.fixture
def broker(settings, redis_url: str) -> Iterator["redis.Redis[bytes]"]:
    with redis.Redis.from_url(redis_url) as client:
        client.flushdb()
        before = app.conf.broker_url
        use(redis_url, settings)
        yield client
        use(before or "redis://127.0.0.1:1/0", settings)
        client.flushdb()


@pytest.mark.redis
def test_hints_are_coalesced_until_a_drain_begins(broker):
    outbox.hint()
    outbox.hint()
    assert broker.llen(QUEUE) == 1

    outbox.hint_clear()
    outbox.hint()
    assert broker.llen(QUEUE) == 2


@pytest.mark.redis
def test_request_during_last_query_of_a_drain_sends_hint(db, broker, monkeypatch):
    def last_query(*_: object) -> list[Delivery]:
        outbox.hint()  # a request is committed right after it
        return []

    outbox.hint()
    broker.delete(QUEUE)  # a worker took it
    monkeypatch.setattr("guides.delivery.dispatch._candidates", last_query)

    drain()

    assert broker.llen(QUEUE) == 1


def hint_ttl(broker):
    """For how many milliseconds hints are blocked."""
    [key] = broker.keys(f"*{outbox.HINT_KEY}")
    return broker.pttl(key)


@pytest.mark.redis
def test_hint_names_drain_task_and_expires(broker):
    outbox.hint()

    sent = json.loads(broker.lindex(QUEUE, 0))["headers"]
    until = datetime.fromisoformat(sent["expires"]) - timezone.now()
    assert sent["task"] == "guides.drain"
    assert timedelta(seconds=5) < until <= timedelta(seconds=15)
    assert 0 < hint_ttl(broker) <= 5000


@pytest.mark.redis
def test_held_hints_are_blocked_for_given_time(broker):
    outbox.hints_hold(15)
    outbox.hint()

    assert broker.llen(QUEUE) == 0
    assert 10_000 < hint_ttl(broker) <= 15_000


def test_existing_dedupe_key_stores_no_second_row(delivery):
    again = Delivery(masked_email="r•••@example.org", dedupe_key=delivery.dedupe_key)

    outbox.delivery_add(delivery=again)

    assert Delivery.objects.get() == delivery


def test_cancel_releases_lease(delivery):
    claim()

    assert outbox.deliveries_cancel(deliveries=Delivery.objects.all(), reason="enough") == 1

    row = Delivery.objects.get()
    assert (row.state, row.lease_token, row.lease_until) == (State.CANCELLED, "", None)
    assert row.reason == "enough"


@pytest.mark.redis
def test_hint_is_sent_on_commit(broker, ask, submission, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        ask(submission)
    assert broker.llen(QUEUE) == 0

    for callback in callbacks:
        callback()
    assert broker.llen(QUEUE) == 1


@pytest.mark.redis
def test_backlog_sends_hint(broker, ask, submit, faults):
    for number in range(3):
        ask(submit(), f"r{number}@example.org")
    broker.flushdb()

    drain()

    assert broker.llen(QUEUE) == 1


@pytest.fixture
def hanging_broker(settings, redis_url: str) -> Iterator[None]:
    """A server that accepts connections but never answers, as after SIGSTOP."""
    before = app.conf.broker_url
    with socket.create_server(("127.0.0.1", 0)) as server:
        use(f"redis://127.0.0.1:{server.getsockname()[1]}/0", settings)
        yield
        use(before or "redis://127.0.0.1:1/0", settings)


def seconds_to_hint():
    begun = time.monotonic()
    outbox.hint()
    return time.monotonic() - begun


@pytest.mark.redis
def test_hanging_broker_blocks_page_for_at_most_a_second(hanging_broker, caplog):
    # On a busy machine one of them may be slow for other reasons.
    assert min(seconds_to_hint() for _ in range(3)) < 1
    assert {record.getMessage() for record in caplog.records} == {
        "Cannot hint the worker: TimeoutError"
    }


@pytest.mark.redis
def test_unreachable_broker_does_not_fail_request(broker, settings, ask, submission):
    use("redis://127.0.0.1:1/0", settings)

    with transaction.atomic():
        delivery = ask(submission)
    outbox.hint()

    assert Delivery.objects.get() == delivery


@pytest.mark.redis
def test_unreachable_broker_is_only_logged(broker, settings, caplog):
    use("redis://127.0.0.1:1/0", settings)

    outbox.hint()
    outbox.hint_clear()
    outbox.hints_hold(15)

    assert [record.getMessage() for record in caplog.records] == [
        "Cannot hint the worker: ConnectionError",
        "Cannot clear the hint for 5 s: ConnectionError",
        "Cannot block hints while mail is paused: ConnectionError",
    ]


@pytest.mark.redis
def test_hint_is_sent_without_retry(broker, monkeypatch):
    sent = []
    monkeypatch.setattr(app, "send_task", lambda *args, **options: sent.append(options))

    outbox.hint()

    assert [options["retry"] for options in sent] == [False]


@pytest.mark.django_db(transaction=True)
def test_any_hint_error_does_not_fail_request(ask, submission, monkeypatch):
    def fail() -> None:
        raise TypeError

    monkeypatch.setattr(outbox, "hint", fail)

    with transaction.atomic():
        delivery = ask(submission)

    assert Delivery.objects.get() == delivery


def test_no_hint_without_broker(settings, caplog):
    assert not settings.CELERY_BROKER_URL

    outbox.hint()
    outbox.hint_clear()

    assert caplog.records == []


@pytest.mark.redis
def test_no_hint_while_mail_is_paused(broker, ask, submit, faults):
    for number in range(3):
        ask(submit(), f"r{number}@example.org")
    broker.flushdb()
    faults.append(smtplib.SMTPAuthenticationError(535, b"no"))

    assert drain().paused
    outbox.hint()

    assert broker.llen(QUEUE) == 0


def test_the_log_leads_from_the_page_to_the_mail(caplog, sink, ask, submission):
    caplog.set_level(logging.INFO)
    delivery = ask(submission)
    drain()

    (mail,) = sink.messages
    ours = [record for record in caplog.records if record.name.startswith("guides.")]
    assert [record.getMessage() for record in ours] == [
        f"Queued email {delivery.trace}",
        f"Sent email {delivery.trace}",
    ]
    assert mail["Message-ID"].startswith(f"<{delivery.trace}@")
