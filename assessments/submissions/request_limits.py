"""Limits on requests, per source and clock hour.

A process counts in its memory, and adds its count to the database after each twentieth of a limit.
So a limit holds for all processes, to within a twentieth for each, and most requests cost no query:
docs/decisions/0039-limits-settle-in-steps.md.
"""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.utils.crypto import salted_hmac

from assessments.models import RequestCount
from runfit.lib.client_ip import networks_around

HOUR = 3600
STEPS = 20
MAX_SOURCES = 100_000
"""In memory. A flood of made-up sources must not fill it."""
GROWTH = (1, 2, 4)
"""How the limit grows from a network to those around it: /64, /56, and /48."""

TABLE = RequestCount._meta.db_table
ADD = f"""
    INSERT INTO {TABLE} (key, hour, number) VALUES (%s, %s, %s)
    ON CONFLICT (key, hour) DO UPDATE SET number = {TABLE}.number + excluded.number
    RETURNING number
"""  # noqa: S608 - our own names


class LimitReachedError(Exception):
    """Too many requests from one source. `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"again in {retry_after} s")
        self.retry_after = retry_after

    @property
    def minutes(self) -> int:
        return -(-self.retry_after // 60)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many requests an hour for what `name` and `source` identify."""

    name: str
    source: str
    most: int

    @property
    def key(self) -> str:
        text = f"{self.name}:{self.source}"
        return salted_hmac("assessments.limits", text, algorithm="sha256").hexdigest()[:32]

    @property
    def step(self) -> int:
        return max(1, self.most // STEPS)


@dataclass(slots=True)
class _Count:
    hour: int
    settled: int = 0
    own: int = 0

    @property
    def total(self) -> int:
        return self.settled + self.own


_counts: dict[str, _Count] = {}
_lock = threading.Lock()


def network_limits(name: str, network: str, most: int) -> list[Limit]:
    """For a network and those around it. One without an address (a Unix socket) has no limits."""
    around = networks_around(network) if network else []
    return [Limit(name, each, most * growth) for each, growth in zip(around, GROWTH, strict=False)]


def request_take(*, limits: Iterable[Limit]) -> None:
    """Counts a request. Raises LimitReachedError, and counts nothing, if a limit is reached."""
    limits = [*limits]
    with _lock:
        counts = [_count(limit) for limit in limits]
        if any(count.total >= limit.most for count, limit in zip(counts, limits, strict=True)):
            raise LimitReachedError(seconds_left())
        for count in counts:
            count.own += 1
    for limit, count in zip(limits, counts, strict=True):
        if count.own >= limit.step:
            _settle(limit, count)


def requests_taken(limit: Limit, *, settle: bool = False) -> int:
    """How many requests were counted in this hour. `settle` asks for those of all processes."""
    with _lock:
        count = _count(limit)
    if settle:
        _settle(limit, count)
    return count.total


def seconds_left() -> int:
    """Until the hour is over, and requests are counted anew."""
    return HOUR - int(time.time()) % HOUR


def counts_delete_old() -> None:
    """Deletes the counts of past hours."""
    RequestCount.objects.filter(hour__lt=_hour() - 1).delete()


def clear() -> None:
    """Forgets what this process counted."""
    with _lock:
        _counts.clear()


def _count(limit: Limit) -> _Count:
    hour, key = _hour(), limit.key
    count = _counts.get(key)
    if count is None or count.hour != hour:
        if len(_counts) >= MAX_SOURCES:
            _counts.clear()
        count = _counts[key] = _Count(hour)
    return count


def _settle(limit: Limit, count: _Count) -> None:
    """Adds this process's count to the database's, outside of any transaction of the caller's: its
    row would stay locked."""
    with _lock:
        own, count.own = count.own, 0
        count.settled += own
    with connection.cursor() as cursor:
        cursor.execute(ADD, [limit.key, count.hour, own])
        (number,) = cursor.fetchone()
    with _lock:
        count.settled = max(count.settled, int(number))


def _hour() -> int:
    return int(time.time()) // HOUR
