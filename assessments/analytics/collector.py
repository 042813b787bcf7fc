"""Buffers analytics events in memory and writes them to the database in bulk.

Counting costs a page no query: a background thread writes every ten seconds, and once more when
the process exits. A killed process loses at most the last ten seconds. While the database is
down, events wait.
"""

import logging
import os
import threading
from collections import Counter
from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.db import Error, connection, transaction
from django.utils import timezone

from assessments.analytics.aggregation import OTHER
from assessments.models import Sight

MAX_KEYS = 2000
"""Distinct events between two writes: anyone can make them up, and memory must stay bounded."""
MAX_SOURCES = 100
"""Per day and process, so that the number of rows stays bounded too."""

logger = logging.getLogger(__name__)


class EventKey(NamedTuple):
    """Equal events share one row."""

    day: date
    step: str
    item: str
    edition_id: int | None
    source: str
    profile: str
    bot: bool


class EventBuffer:
    """The events of one process. Thread-safe. Once discarded, a buffer no longer writes."""

    def __init__(self) -> None:
        self._process = os.getpid()
        self._pending: Counter[EventKey] = Counter()
        self._sources: set[tuple[date, str]] = set()
        self._pending_lock = threading.Lock()  # held briefly: requests wait for it
        self._write_lock = threading.Lock()  # held while writing: no request waits for it
        self._writer: threading.Thread | None = None
        self._discarded = threading.Event()
        self._failing = False

    def add(self, key: EventKey, number: int) -> None:
        with self._pending_lock:
            key = key._replace(source=self._limit_sources(key.day, key.source))
            if key not in self._pending and len(self._pending) >= MAX_KEYS:
                key = key._replace(source=OTHER, profile="")
            if key in self._pending or len(self._pending) < 2 * MAX_KEYS:
                self._pending[key] += number
            if self._writer is None and settings.SIGHTS_WRITTEN_EVERY:
                # Web servers run requests in daemon threads, and a new thread inherits that.
                self._writer = threading.Thread(
                    target=self._write_loop, name="analytics-writer", daemon=False
                )
                self._writer.start()

    def write(self) -> None:
        """Write everything in one transaction. If that fails, keep the events for the next try."""
        if os.getpid() != self._process:  # after a fork, the parent writes its own events
            return
        with self._write_lock:
            with self._pending_lock:
                events, self._pending = self._pending, Counter()
            if not events or self._discarded.is_set():
                return
            try:
                _insert(events)
            except Error as error:
                with self._pending_lock:
                    self._pending.update(events)
                if not self._failing:  # log an outage only once
                    logger.warning("Cannot write analytics events yet, will retry: %s", error)
                self._failing = True
            else:
                self._failing = False

    def discard(self) -> None:
        self._discarded.set()

    def _limit_sources(self, day: date, source: str) -> str:
        if not source or (day, source) in self._sources:
            return source
        self._sources = {entry for entry in self._sources if entry[0] == day}
        if len(self._sources) >= MAX_SOURCES:
            return OTHER
        self._sources.add((day, source))
        return source

    def _write_loop(self) -> None:
        """Write until the main thread ends, then once more: the process waits for this thread.
        (Web servers stop their workers in ways that bypass `atexit`.)"""
        main_thread = threading.main_thread()
        while main_thread.is_alive() and not self._discarded.is_set():
            main_thread.join(settings.SIGHTS_WRITTEN_EVERY)
            try:
                self.write()
            except Exception:
                logger.exception("Analytics events could not be written.")
            finally:
                connection.close()


_buffer = EventBuffer()


def add(
    *,
    step: str,
    item: str = "",
    edition: int | None = None,
    source: str = "",
    profile: str = "",
    bot: bool = False,
    number: int = 1,
) -> None:
    """Count an event today. Runs no query."""
    key = EventKey(timezone.localdate(), step, item, edition, source, profile, bot)
    _buffer.add(key, number)


def flush() -> None:
    """Write all buffered events now."""
    _buffer.write()


def clear() -> None:
    """Discard all buffered events. For tests."""
    _buffer.discard()
    _reset()


def _reset() -> None:
    global _buffer  # noqa: PLW0603 - one per process
    _buffer = EventBuffer()


def _insert(events: Counter[EventKey]) -> None:
    rows = (Sight(number=number, **key._asdict()) for key, number in events.items())
    with transaction.atomic():
        Sight.objects.bulk_create(rows, batch_size=500)


os.register_at_fork(after_in_child=_reset)
