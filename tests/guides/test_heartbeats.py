"""What runs says so, and tells of what does not."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from guides import heartbeats
from guides.models import Heartbeat
from guides.selectors import parts_running


def told(caplog):
    return [record.getMessage() for record in caplog.records if record.levelname == "CRITICAL"]


def silent():
    return [part.name for part in parts_running() if part.silent]


@pytest.fixture
def with_celery(settings) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"


def moved(**by):
    """As if so much time had passed."""
    for row in Heartbeat.objects.all():
        for name in ("seen_at", "told_at"):
            moment = getattr(row, name)
            setattr(row, name, moment and moment - timedelta(**by))
        row.save()


def test_it_is_written_every_15_seconds_at_most(
    db, monkeypatch, with_celery, django_assert_num_queries
):
    heartbeats.seen("worker")
    with django_assert_num_queries(0):
        heartbeats.seen("worker")
    moved(seconds=20)
    monkeypatch.setattr(heartbeats, "_written", {"worker": time.monotonic() - 15})

    heartbeats.seen("worker")

    (row,) = Heartbeat.objects.all()
    assert timezone.now() - row.seen_at < timedelta(seconds=10)


def test_who_runs_tells_of_who_does_not_once_an_hour(
    db, with_celery, up_for_long, caplog, monkeypatch
):
    for part in ("worker", "beat"):
        Heartbeat.objects.create(name=part, seen_at=timezone.now())
    assert silent() == []

    for minutes in (2, 30, 30):
        moved(minutes=minutes)
        monkeypatch.setattr(heartbeats, "_written", {})
        heartbeats.seen("worker")
        assert silent() == ["beat"]

    assert told(caplog) == [
        "Not running: beat (last seen 120 seconds ago). Mail and the counts of days may wait"
        " for it.",
        "Not running: beat (last seen 3720 seconds ago). Mail and the counts of days may wait"
        " for it.",
    ]


def test_a_clock_that_was_set_back_hides_nobody(db, up_for_long):
    Heartbeat.objects.create(name="deliver", seen_at=timezone.now() + timedelta(hours=1))

    assert silent() == ["deliver"]


def test_a_process_that_has_just_begun_misses_nobody(db):
    Heartbeat.objects.create(name="deliver", seen_at=timezone.now() - timedelta(days=1))

    assert silent() == []
