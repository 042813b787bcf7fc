"""Celery worker and beat extensions, with and without a broker."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
import redis
from celery.signals import task_postrun, task_prerun
from django.db.models.functions import Now
from django.utils import timezone
from kombu.asynchronous.timer import Timer
from kombu.utils.imports import symbol_by_name

from guides import tasks
from guides.delivery import celery_extensions, heartbeats
from guides.delivery.celery_extensions import (
    HINT_EVERY,
    HintStep,
    ReconnectingConsumer,
    Scheduler,
)
from guides.models import Delivery, Heartbeat
from guides.states import State
from runfit.celery import app
from runfit.settings import redis_cache

NOWHERE = "redis://127.0.0.1:1/0"


def use(url: str) -> None:
    app.conf.broker_url = url
    app._pool = None
    app.amqp._producer_pool = None


@pytest.fixture
def broker_down(settings) -> Iterator[None]:
    before = app.conf.broker_url
    settings.CELERY_BROKER_URL = NOWHERE
    settings.CACHES = {"default": redis_cache(NOWHERE)}
    use(NOWHERE)
    yield
    use(before or NOWHERE)


@pytest.fixture
def beat(tmp_path, monkeypatch) -> Iterator[Scheduler]:
    """Last ran a minute ago, so that everything but the daily counts is due."""
    monkeypatch.setattr(celery_extensions, "close_old_connections", bool)  # keep the test's own
    beat = Scheduler(app, schedule_filename=str(tmp_path / "schedule"))
    beat.schedule["drain"].last_run_at -= timedelta(minutes=1)
    yield beat
    beat.close()


def test_beat_sends_mail_itself_when_broker_is_down(delivery, sink, broker_down, beat):
    beat.tick()

    assert len(sink.messages) == 1
    assert Delivery.objects.get().state == State.SENT
    assert [row.name for row in Heartbeat.objects.all()] == ["beat"]


def test_beat_survives_exception_in_its_own_drain(db, broker_down, beat, monkeypatch, caplog):
    def fail() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("guides.delivery.worker.drain", fail)

    beat.tick()

    assert beat.tick() > 0
    assert "guides.drain failed" in [record.getMessage() for record in caplog.records]


@pytest.mark.parametrize("moment", [task_prerun, task_postrun])
def test_task_signals_record_worker_heartbeat(db, moment):
    moment.send(sender=tasks.drain)

    assert [row.name for row in Heartbeat.objects.all()] == ["worker"]


@pytest.mark.redis
def test_worker_requests_drains_without_beat(settings, redis_url):
    settings.CELERY_BROKER_URL = redis_url
    settings.CACHES = {"default": redis_cache(redis_url)}
    before = app.conf.broker_url
    use(redis_url)
    worker = SimpleNamespace(timer=Timer())
    with redis.Redis.from_url(redis_url) as client:
        client.flushdb()

        HintStep(worker).start(worker)
        ((_, _, entry),) = worker.timer.queue
        entry()

        assert client.llen("celery") == 1
        client.flushdb()
    use(before or NOWHERE)
    assert HINT_EVERY <= 15
    assert "guides.delivery.celery_extensions:HintStep" in app.steps["worker"]


def test_configured_classes_can_be_imported():
    steps = [step for step in app.steps["worker"] if isinstance(step, str)]

    loaded = map(symbol_by_name, [app.conf.worker_consumer, app.conf.beat_scheduler, *steps])

    assert [*loaded] == [ReconnectingConsumer, Scheduler, HintStep]


@pytest.fixture
def two_beats(db, tmp_path, monkeypatch) -> Iterator[tuple[Scheduler, Scheduler]]:
    """Each with all entries due, and the names of what it sent in `sent`."""
    monkeypatch.setattr(celery_extensions, "close_old_connections", bool)
    beats = [Scheduler(app, schedule_filename=str(tmp_path / name)) for name in ("one", "two")]
    for beat in beats:
        for entry in beat.schedule.values():
            entry.last_run_at -= timedelta(minutes=10)
        beat.sent = []
        beat.apply_entry = lambda entry, producer=None, sent=beat.sent: sent.append(entry.name)
    yield beats[0], beats[1]
    for beat in beats:
        beat.close()


def tick(beat: Scheduler) -> None:
    for _ in beat.schedule:
        beat.tick()


def test_of_two_beats_one_sends(two_beats):
    one, two = two_beats
    for beat in (one, two, one, two):
        tick(beat)

    assert sorted(one.sent) == sorted(set(app.conf.beat_schedule))
    assert two.sent == []


def test_another_beat_takes_over_once_the_first_is_silent(two_beats, caplog):
    one, two = two_beats
    tick(one), tick(two)
    Heartbeat.objects.update(seen_at=Now() - heartbeats.LEASE + timedelta(seconds=10))
    tick(two)
    assert two.sent == []

    Heartbeat.objects.update(seen_at=Now() - heartbeats.LEASE)
    tick(two)
    one.sent.clear()
    tick(one)

    assert sorted(two.sent) == sorted(set(app.conf.beat_schedule))
    assert one.sent == []
    assert "This one takes over" in caplog.text


def test_a_beat_that_stops_hands_over_at_once(two_beats):
    one, two = two_beats
    tick(one)
    one.close()
    tick(two)

    assert two.sent


def test_a_beat_that_stands_by_says_nothing_for_the_other(two_beats):
    one, two = two_beats
    tick(one)
    long_ago = timezone.now() - timedelta(seconds=20)
    Heartbeat.objects.update(seen_at=long_ago)
    tick(two)

    assert Heartbeat.objects.get().seen_at == long_ago
