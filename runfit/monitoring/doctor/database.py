"""The database: whether it answers, how fast, by which clock, and with all tables."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import perf_counter

from django.db import Error, connection
from django.utils import timezone
from django.utils.translation import gettext as _

from runfit import health
from runfit.lib.database import replica
from runfit.monitoring.doctor.findings import Finding, good, note

SLOW = 0.02
"""Seconds. A page asks up to a dozen times."""
MOST_APART = timedelta(seconds=5)


def database_findings() -> Iterator[Finding]:
    part = _("Database")
    try:
        seconds = _seconds_to_answer()
    except Error as error:
        reason = str(error).strip().partition("\n")[0]
        text = _("It can't be reached: {reason}").format(reason=reason)
        yield Finding(part, text, _("Start it, or correct DATABASE_URL."))
        return
    text = _("{name} answers in {number} ms.").format(
        name=connection.display_name, number=f"{seconds * 1000:.1f}"
    )
    slow = _("Move it nearer to this host, or find out what keeps it busy.")
    yield good(part, text) if seconds < SLOW else note(part, text, slow)
    yield _tables()
    yield clock_finding(_("Clock of the database"), _clock())
    if replica.is_set():
        yield _replica()


def _replica() -> Finding:
    part, lag = _("Replica"), replica.lag()
    if lag.is_allowed:
        text = _("It's {number} s behind.").format(number=f"{lag.seconds:.1f}")
        return good(part, text)
    late = _("the replica is {number} s behind.").format(number=f"{lag.seconds:.0f}")
    text = _("Numbers and downloads come from the database itself: {reason}").format(
        reason=lag.fault or late
    )
    fix = _("Start it, let it catch up, or correct REPLICA_URL.")
    return note(part, text, fix)


def _seconds_to_answer() -> float:
    """The best of a few, on an open connection."""
    times = []
    for _number in range(4):
        began = perf_counter()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        times.append(perf_counter() - began)
    return min(times)


def _tables() -> Finding:
    part = _("Tables")
    if health.is_migrated():
        return good(part, _("All are there, and no migration waits."))
    fix = _("Run: {command}").format(command="python manage.py prepare")
    return Finding(part, _("Some are missing, or a migration waits."), fix)


def _clock() -> datetime:
    sql = {
        "postgresql": "SELECT extract(epoch FROM clock_timestamp())",
        "sqlite": "SELECT (julianday('now') - 2440587.5) * 86400",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return datetime.fromtimestamp(float(cursor.fetchone()[0]), UTC)


def clock_finding(part: str, there: datetime) -> Finding:
    apart = abs(timezone.now() - there)
    if apart <= MOST_APART:
        return good(part, _("The same as here."))
    text = _("{seconds} seconds from the clock here.").format(
        seconds=f"{apart.total_seconds():.0f}"
    )
    return Finding(part, text, _("Let both hosts set their clocks by NTP."))
