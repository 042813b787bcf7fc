"""Events are buffered in memory and written in bulk by a background thread."""

import logging
import os
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from django.db import DatabaseError, connection
from django.db.models import Sum

from assessments.analytics import collector
from assessments.models import Sight

ROOT = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.django_db


def rows():
    fields = ("step", "item", "edition", "source", "profile", "bot", "number")
    return sorted(Sight.objects.values_list(*fields), key=str)


def test_adding_an_event_runs_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        collector.add(step="visit")

    assert not Sight.objects.exists()


def test_equal_events_share_one_row(django_assert_num_queries):
    for _ in range(3):
        collector.add(step="visit", edition=7, source="blog")
    collector.add(step="visit", edition=7, source="blog", number=4)
    collector.add(step="visit", edition=7, source="blog", bot=True)
    collector.add(step="reached", item="pain", profile="ready")

    with django_assert_num_queries(3):  # one INSERT, within a savepoint of the test's transaction
        collector.flush()

    assert rows() == [
        ("reached", "pain", None, "", "ready", False, 1),
        ("visit", "", 7, "blog", "", False, 7),
        ("visit", "", 7, "blog", "", True, 1),
    ]


def test_written_events_are_not_written_again(django_assert_num_queries):
    collector.add(step="visit")
    collector.flush()

    with django_assert_num_queries(0):
        collector.flush()

    assert Sight.objects.count() == 1


def test_day_is_in_the_site_time_zone(settings):
    settings.TIME_ZONE = "Europe/Berlin"
    with time_machine.travel(datetime(2026, 3, 28, 22, 59, tzinfo=UTC), tick=False) as clock:
        collector.add(step="visit")
        clock.move_to(datetime(2026, 3, 28, 23, 0, tzinfo=UTC))
        collector.add(step="visit")
        clock.move_to(datetime(2026, 3, 29, 22, 0, tzinfo=UTC))  # a day of 23 hours is over
        collector.add(step="visit")
        collector.flush()

    assert list(Sight.objects.values_list("day", flat=True)) == [
        date(2026, 3, 28), date(2026, 3, 29), date(2026, 3, 30),
    ]  # fmt: skip


def test_events_wait_while_the_database_is_down(monkeypatch, caplog):
    insert = collector._insert

    def gone(events):
        raise DatabaseError("gone")

    monkeypatch.setattr(collector, "_insert", gone)
    for _ in range(3):
        collector.add(step="visit")
        collector.flush()
    assert [record.levelno for record in caplog.records] == [logging.WARNING], (
        "an outage is logged once"
    )

    monkeypatch.setattr(collector, "_insert", insert)
    collector.flush()

    assert rows() == [("visit", "", None, "", "", False, 3)]


def test_next_outage_is_logged_too(monkeypatch, caplog):
    insert = collector._insert

    def gone(events):
        raise DatabaseError("gone")

    for writes in (gone, insert, gone):
        monkeypatch.setattr(collector, "_insert", writes)
        collector.add(step="visit")
        collector.flush()

    assert len(caplog.records) == 2


def test_made_up_sources_do_not_fill_memory():
    for number in range(300):
        collector.add(step="visit", source=f"s{number}")
    collector.add(step="visit", source="s1")
    collector.flush()

    sources = dict(Sight.objects.values_list("source").annotate(Sum("number")))
    assert len(sources) == collector.MAX_SOURCES + 1
    assert sources["s1"] == 2
    assert sources["other"] == 300 - collector.MAX_SOURCES


def test_source_limit_is_per_day():
    with time_machine.travel(datetime(2026, 3, 4, 12, tzinfo=UTC), tick=False) as clock:
        for day in (4, 5):
            clock.move_to(datetime(2026, 3, day, 12, tzinfo=UTC))
            for number in range(collector.MAX_SOURCES):
                collector.add(step="visit", source=f"day{day}-{number}")
        collector.flush()

    assert not Sight.objects.filter(source="other").exists()


def test_made_up_events_do_not_fill_memory(monkeypatch):
    monkeypatch.setattr(collector, "MAX_KEYS", 10)
    for number in range(50):
        collector.add(step="reached", item=f"q{number}", source="blog", profile="ready")
    collector.add(step="reached", item="q1", source="blog", profile="ready")
    collector.flush()

    assert Sight.objects.count() == 20
    assert Sight.objects.filter(source="other", profile="").count() == 10
    assert Sight.objects.get(item="q1").number == 2


@pytest.mark.django_db(transaction=True)
def test_concurrent_adds_and_writes_lose_and_duplicate_nothing():
    def work(number):
        try:
            for _ in range(200):
                collector.add(step="visit", source=f"s{number % 3}")
            collector.flush()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(16)))

    collector.flush()
    sums = Sight.objects.values_list("source").annotate(Sum("number")).order_by("source")
    assert list(sums) == [("s0", 1200), ("s1", 1000), ("s2", 1000)]


@pytest.mark.django_db(transaction=True)
def test_a_single_background_thread_writes(settings):
    settings.SIGHTS_WRITTEN_EVERY = 0.05
    before = set(threading.enumerate())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: collector.add(step="visit"), range(80)))
        writers = [
            thread
            for thread in set(threading.enumerate()) - before
            if thread.name == "analytics-writer"
        ]
    until = time.monotonic() + 20
    while Sight.objects.aggregate(n=Sum("number"))["n"] != 80 and time.monotonic() < until:
        time.sleep(0.05)

    assert len(writers) == 1
    assert Sight.objects.aggregate(n=Sum("number"))["n"] == 80
    collector.clear()
    writers[0].join(20)
    assert not writers[0].is_alive()


@pytest.mark.django_db(transaction=True)
def test_an_exception_does_not_end_the_thread(settings, monkeypatch, caplog):
    settings.SIGHTS_WRITTEN_EVERY = 0.05
    insert, faults = collector._insert, [RuntimeError("no idea")]

    def faulty(events):
        if faults:
            raise faults.pop()
        insert(events)

    monkeypatch.setattr(collector, "_insert", faulty)
    collector.add(step="visit")
    until = time.monotonic() + 20
    while faults and time.monotonic() < until:
        time.sleep(0.02)
    collector.add(step="start")
    while not Sight.objects.exists() and time.monotonic() < until:
        time.sleep(0.05)

    assert Sight.objects.filter(step="start").exists()
    assert "could not be written" in caplog.text
    collector.clear()


PROCESS = """
import os, sys, time, django
django.setup()
from assessments.analytics import collector
collector.add(step="visit", number=5)
if os.fork() == 0:
    collector.add(step="start", number=2)
    sys.exit()
os.wait()
"""


@pytest.mark.once
def test_events_of_a_process_and_its_child_are_written_at_exit(tmp_path):
    variables = {"DJANGO_SETTINGS_MODULE": "runfit.settings", "VAR_DIR": str(tmp_path)}
    environ = {
        name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ
    } | variables

    def run(*arguments):
        subprocess.run([sys.executable, *arguments], env=environ, cwd=ROOT, check=True, timeout=100)

    run("manage.py", "migrate", "--verbosity", "0")
    run("-c", PROCESS)

    with sqlite3.connect(tmp_path / "db.sqlite3") as database:
        written = database.execute("SELECT step, number FROM assessments_sight").fetchall()
    database.close()
    assert sorted(written) == [("start", 2), ("visit", 5)]
