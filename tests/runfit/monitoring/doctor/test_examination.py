import threading
import time
from collections import namedtuple
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone

from guides.delivery import heartbeats
from guides.models import Backup, Heartbeat
from runfit.monitoring.doctor import Verdict, database, examination, servers, system
from runfit.monitoring.doctor.database import clock_finding, database_findings
from runfit.monitoring.doctor.findings import good

Usage = namedtuple("Usage", "total used free")


def verdicts(findings):
    return {finding.part: finding.verdict for finding in findings}


@pytest.fixture
def only(monkeypatch):
    """Lets the doctor make these checks alone."""

    def only(**checks):
        monkeypatch.setattr(
            examination, "CHECKS", {name: (name, check) for name, check in checks.items()}
        )

    return only


def test_a_check_that_hangs_or_fails_keeps_no_other_from_being_told(only, monkeypatch, db):
    monkeypatch.setattr(examination, "DEADLINE", 0.3)
    end = threading.Event()

    def fails():
        raise RuntimeError("a secret detail")

    def has_no_database():
        raise OperationalError("gone")

    only(
        hangs=lambda: [end.wait(20)],
        fails=fails,
        has_no_database=has_no_database,
        works=lambda: [good("works", "It does.")],
    )
    began = time.monotonic()
    found = examination.examine()
    end.set()

    assert time.monotonic() - began < 5
    assert [(finding.part, finding.verdict) for finding in found] == [
        ("hangs", Verdict.BAD),
        ("fails", Verdict.BAD),
        ("has_no_database", Verdict.NOTE),
        ("works", Verdict.GOOD),
    ]
    assert "secret" not in found[1].text


@pytest.mark.django_db(transaction=True)
def test_the_command_ends_with_1_if_something_fails(capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("doctor")

    said = capsys.readouterr().out
    assert ended.value.code == 1
    assert "ok    Tables: All are there, and no migration waits." in said
    assert "FIX   deliver: It hasn't run yet.\n      Start it: python manage.py deliver\n" in said


@pytest.mark.django_db(transaction=True)
def test_the_command_ends_well_if_all_is_good(capsys, settings):
    settings.SECRET_KEY = "0123456789abcdef" * 4
    heartbeats.seen("deliver")

    call_command("doctor", "--quiet")

    assert not [line for line in capsys.readouterr().out.splitlines() if line[:2] in {"ok", "FI"}]


def test_a_missing_migration_and_a_database_that_is_gone(db):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'guides'")
    assert verdicts(database_findings())["Tables"] == Verdict.BAD

    def gone(*args):
        raise OperationalError("connection refused\nIs it running?")

    with connection.execute_wrapper(gone):
        (only,) = database_findings()
    assert (only.verdict, only.text) == (
        Verdict.BAD,
        "It can't be reached: connection refused",
    )


def test_a_slow_database_is_noted(db, monkeypatch):
    monkeypatch.setattr(database, "SLOW", 0.0)

    assert verdicts(database_findings())["Database"] == Verdict.NOTE


def test_the_clock_of_the_database_is_compared(db):
    assert verdicts(database_findings())["Clock of the database"] == Verdict.GOOD

    found = clock_finding("Clock", timezone.now() - timedelta(minutes=2))
    assert found.verdict == Verdict.BAD
    assert found.text in {f"{seconds} seconds from the clock here." for seconds in (120, 121)}


@pytest.mark.redis
def test_redis_and_its_clock(settings, redis_url):
    settings.CELERY_BROKER_URL = redis_url

    assert verdicts(servers.broker_findings())["Clock of Redis"] == Verdict.GOOD


def test_background_work_is_judged_from_the_first_second_on(db):
    Heartbeat.objects.create(name="deliver", seen_at=timezone.now() - timedelta(minutes=9))
    (late,) = servers.process_findings()
    assert late.verdict == Verdict.BAD
    assert late.text == "It last ran 9\xa0minutes ago."

    Heartbeat.objects.update(seen_at=timezone.now())
    assert verdicts(servers.process_findings()) == {"deliver": Verdict.GOOD}


def test_a_folder_that_takes_no_file(db, settings, tmp_path):
    assert verdicts(system.file_findings())["Files"] == Verdict.GOOD

    (tmp_path / "file").write_text("")
    settings.MEDIA_ROOT = tmp_path / "file" / "media"
    assert verdicts(system.file_findings())["Files"] == Verdict.BAD


@pytest.mark.parametrize(
    ("free", "verdict"),
    [(1, Verdict.BAD), (system.TOO_LITTLE, Verdict.NOTE), (system.LITTLE, Verdict.GOOD)],
)
def test_a_disk_that_fills_up(db, monkeypatch, free, verdict):
    monkeypatch.setattr(system.shutil, "disk_usage", lambda folder: Usage(10**12, 0, free))

    assert verdicts(system.file_findings())["Disk"] == verdict


def test_settings_are_told_with_their_checks(settings):
    settings.MAIL_AT_ONCE = 0

    told = [finding for finding in system.settings_findings() if "guides.W008" in finding.text]

    assert [finding.verdict for finding in told] == [Verdict.NOTE]
    assert told[0].fix.startswith("Set how many")


def test_debug_is_noted(settings):
    settings.DEBUG = True

    (version,) = system.version_findings()
    assert version.verdict == Verdict.NOTE
    assert version.text.startswith(f"RunFit {settings.VERSION}, Django ")


@pytest.mark.parametrize(
    ("hours", "verdict"), [(None, Verdict.NOTE), (24, Verdict.GOOD), (26, Verdict.BAD)]
)
def test_a_backup_that_is_old_or_missing_is_told(db, hours, verdict):
    if hours is not None:
        made_at = timezone.now() - timedelta(hours=hours)
        Backup.objects.create(name="a", place="b", made_at=made_at, size=1, seconds=1)

    assert verdicts(system.backup_findings()) == {"Backup": verdict}
