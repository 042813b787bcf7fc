"""Heartbeats of processes, and alerts about silent ones."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from guides.delivery import heartbeats
from guides.delivery.worker import DrainResult
from guides.management.commands import deliver
from guides.models import Heartbeat
from guides.selectors import process_statuses
from guides.states import State
from runfit.lib import caching


def alerts(caplog):
    return [record.getMessage() for record in caplog.records if record.levelname == "CRITICAL"]


def silent():
    return [part.name for part in process_statuses() if part.silent]


@pytest.fixture
def with_celery(settings) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"


def age_heartbeats(**by):
    """Moves all heartbeats into the past."""
    for row in Heartbeat.objects.all():
        for name in ("seen_at", "told_at"):
            moment = getattr(row, name)
            setattr(row, name, moment and moment - timedelta(**by))
        row.save()


def test_heartbeat_is_written_at_most_every_15_seconds(db, with_celery, django_assert_num_queries):
    heartbeats.seen("worker")
    with django_assert_num_queries(0):
        heartbeats.seen("worker")
    age_heartbeats(seconds=20)

    with time_machine.travel(timezone.now() + timedelta(seconds=15)):
        heartbeats.seen("worker")

    (row,) = Heartbeat.objects.all()
    assert timezone.now() - row.seen_at < timedelta(seconds=10)


def test_running_process_alerts_hourly_about_silent_one(db, with_celery, up_for_long, caplog):
    for part in ("worker", "beat"):
        Heartbeat.objects.create(name=part, seen_at=timezone.now())
    assert silent() == []

    for minutes in (2, 30, 30):
        age_heartbeats(minutes=minutes)
        caching.expire()
        heartbeats.seen("worker")
        assert silent() == ["beat"]

    assert alerts(caplog) == [
        "Not running: beat (last seen 120 seconds ago). Mail and daily counts may be delayed.",
        "Not running: beat (last seen 3720 seconds ago). Mail and daily counts may be delayed.",
    ]


def test_heartbeat_in_the_future_counts_as_silent(db, up_for_long):
    Heartbeat.objects.create(name="deliver", seen_at=timezone.now() + timedelta(hours=1))

    assert silent() == ["deliver"]


def test_process_that_just_started_reports_nobody_silent(db):
    Heartbeat.objects.create(name="deliver", seen_at=timezone.now() - timedelta(days=1))

    assert silent() == []


@pytest.mark.parametrize(
    ("seconds", "lease", "missed"),
    [(110, 20, []), (110, -1, ["deliver"]), (130, 20, ["deliver"])],
)
@pytest.mark.usefixtures("up_for_long")
def test_process_sending_slow_email_is_not_silent(submission, ask, seconds, lease, missed):
    """A hand-over can take a minute, and its drain may have started long before."""
    now = timezone.now()
    Heartbeat.objects.create(name="deliver", seen_at=now - timedelta(seconds=seconds))
    ask(submission, state=State.SENDING, lease_until=now + timedelta(seconds=lease))

    assert silent() == missed


def test_embedded_loop_records_heartbeat_after_slow_drain(db, up_for_long, monkeypatch):
    def slow_drain(*, seconds):
        age_heartbeats(seconds=70)
        caching.expire()
        return DrainResult(1, paused=True)

    monkeypatch.setattr(deliver, "drain", slow_drain)
    monkeypatch.setattr(deliver, "close_old_connections", lambda: None)  # keep the test's own
    deliver.Command()._drain_once()

    assert silent() == []
