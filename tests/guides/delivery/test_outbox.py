"""The hint: at most one until a drain begins, and never at a page's cost."""

import json
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
from guides.delivery.dispatch import claim
from guides.delivery.worker import drain
from guides.models import Delivery
from guides.states import State
from runfit.celery import app
from runfit.settings import redis_cache

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
def test_a_request_during_the_last_look_wakes_another_drain(db, broker, monkeypatch):
    def last_look(*_: object) -> list[Delivery]:
        outbox.hint()  # a request is committed just after it
        return []

    outbox.hint()
    broker.delete(QUEUE)  # a worker took it
    monkeypatch.setattr("guides.delivery.dispatch._candidates", last_look)

    drain()

    assert broker.llen(QUEUE) == 1


def lasts(broker):
    """For how many milliseconds no other hint goes out."""
    [key] = broker.keys(f"*{outbox.HINT_KEY}")
    return broker.pttl(key)


@pytest.mark.redis
def test_a_hint_names_the_drain_and_is_soon_forgotten(broker):
    outbox.hint()

    sent = json.loads(broker.lindex(QUEUE, 0))["headers"]
    until = datetime.fromisoformat(sent["expires"]) - timezone.now()
    assert sent["task"] == "guides.drain"
    assert timedelta(seconds=5) < until <= timedelta(seconds=15)
    assert 0 < lasts(broker) <= 5000


@pytest.mark.redis
def test_hints_are_held_for_as_long_as_they_shall_be(broker):
    outbox.hints_hold(15)
    outbox.hint()

    assert broker.llen(QUEUE) == 0
    assert 10_000 < lasts(broker) <= 15_000


def test_a_key_that_is_known_stores_no_second_row(delivery):
    again = Delivery(masked_email="r•••@example.org", dedupe_key=delivery.dedupe_key)

    outbox.delivery_add(delivery=again)

    assert Delivery.objects.get() == delivery


def test_what_is_cancelled_is_in_nobody_s_hands(delivery):
    claim()

    assert outbox.deliveries_cancel(deliveries=Delivery.objects.all(), reason="enough") == 1

    row = Delivery.objects.get()
    assert (row.state, row.lease_token, row.lease_until) == (State.CANCELLED, "", None)
    assert row.reason == "enough"


@pytest.mark.redis
def test_a_request_hints_once_it_is_committed(
    broker, ask, submission, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as callbacks:
        ask(submission)
    assert broker.llen(QUEUE) == 0

    for callback in callbacks:
        callback()
    assert broker.llen(QUEUE) == 1


@pytest.mark.redis
def test_a_backlog_wakes_another_worker(broker, ask, submit, faults):
    for number in range(3):
        ask(submit(), f"r{number}@example.org")
    broker.flushdb()

    drain()

    assert broker.llen(QUEUE) == 1


@pytest.fixture
def frozen(settings, redis_url: str) -> Iterator[None]:
    """A server that takes connections and never answers, as after SIGSTOP."""
    before = app.conf.broker_url
    with socket.create_server(("127.0.0.1", 0)) as server:
        use(f"redis://127.0.0.1:{server.getsockname()[1]}/0", settings)
        yield
        use(before or "redis://127.0.0.1:1/0", settings)


def held_up():
    begun = time.monotonic()
    outbox.hint()
    return time.monotonic() - begun


@pytest.mark.redis
def test_a_frozen_broker_holds_a_page_up_by_a_second_at_most(frozen, caplog):
    # A busy machine may hold up one of them by itself.
    assert min(held_up() for _ in range(3)) < 1
    assert {record.getMessage() for record in caplog.records} == {
        "No hint for the worker: TimeoutError"
    }


@pytest.mark.redis
def test_a_dead_broker_costs_a_request_nothing(broker, settings, ask, submission):
    use("redis://127.0.0.1:1/0", settings)

    with transaction.atomic():
        delivery = ask(submission)
    outbox.hint()

    assert Delivery.objects.get() == delivery


@pytest.mark.redis
def test_what_a_dead_broker_refuses_is_logged_and_no_more(broker, settings, caplog):
    use("redis://127.0.0.1:1/0", settings)

    outbox.hint()
    outbox.hint_clear()
    outbox.hints_hold(15)

    assert [record.getMessage() for record in caplog.records] == [
        "No hint for the worker: ConnectionError",
        "The hint stays for 5 s: ConnectionError",
        "Hints go on while mail is paused: ConnectionError",
    ]


@pytest.mark.redis
def test_a_hint_is_sent_once_without_a_second_try(broker, monkeypatch):
    sent = []
    monkeypatch.setattr(app, "send_task", lambda *args, **options: sent.append(options))

    outbox.hint()

    assert [options["retry"] for options in sent] == [False]


@pytest.mark.django_db(transaction=True)
def test_a_hint_that_fails_in_any_way_fails_no_request(ask, submission, monkeypatch):
    def fail() -> None:
        raise TypeError

    monkeypatch.setattr(outbox, "hint", fail)

    with transaction.atomic():
        delivery = ask(submission)

    assert Delivery.objects.get() == delivery


def test_without_a_broker_nothing_is_hinted(settings, caplog):
    assert not settings.CELERY_BROKER_URL

    outbox.hint()
    outbox.hint_clear()

    assert caplog.records == []


@pytest.mark.redis
def test_while_mail_is_paused_no_hint_goes_out(broker, ask, submit, faults):
    for number in range(3):
        ask(submit(), f"r{number}@example.org")
    broker.flushdb()
    faults.append(smtplib.SMTPAuthenticationError(535, b"no"))

    assert drain().paused
    outbox.hint()

    assert broker.llen(QUEUE) == 0
