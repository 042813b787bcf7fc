"""What runs says so, and tells of what does not."""

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


def told(caplog):
    return [record.getMessage() for record in caplog.records if record.levelname == "CRITICAL"]


def silent():
    return [part.name for part in process_statuses() if part.silent]


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


def test_it_is_written_every_15_seconds_at_most(db, with_celery, django_assert_num_queries):
    heartbeats.seen("worker")
    with django_assert_num_queries(0):
        heartbeats.seen("worker")
    moved(seconds=20)

    with time_machine.travel(timezone.now() + timedelta(seconds=15)):
        heartbeats.seen("worker")

    (row,) = Heartbeat.objects.all()
    assert timezone.now() - row.seen_at < timedelta(seconds=10)


def test_who_runs_tells_of_who_does_not_once_an_hour(db, with_celery, up_for_long, caplog):
    for part in ("worker", "beat"):
        Heartbeat.objects.create(name=part, seen_at=timezone.now())
    assert silent() == []

    for minutes in (2, 30, 30):
        moved(minutes=minutes)
        caching.expire()
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


@pytest.mark.parametrize(
    ("seconds", "lease", "missed"),
    [(110, 20, []), (110, -1, ["deliver"]), (130, 20, ["deliver"])],
)
@pytest.mark.usefixtures("up_for_long")
def test_a_slow_mail_is_no_silence(submission, ask, seconds, lease, missed):
    """A hand-over may take a minute, and its drain began before."""
    now = timezone.now()
    Heartbeat.objects.create(name="deliver", seen_at=now - timedelta(seconds=seconds))
    ask(submission, state=State.SENDING, lease_until=now + timedelta(seconds=lease))

    assert silent() == missed


def test_a_loop_says_that_it_runs_when_a_slow_mail_has_gone(db, up_for_long, monkeypatch):
    def slowly(*, seconds):
        moved(seconds=70)
        caching.expire()
        return DrainResult(1, paused=True)

    monkeypatch.setattr(deliver, "drain", slowly)
    monkeypatch.setattr(deliver, "close_old_connections", lambda: None)  # that of the test
    deliver.Command()._drain_once()

    assert silent() == []
