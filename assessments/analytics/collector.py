"""What was seen to happen, gathered in the memory of this process and written in bulk.

So that counting costs a page no query: a thread of its own writes every ten seconds, and once more
when the process ends. A process that is killed loses at most what it saw in those seconds. While
the database does not answer, what was seen waits.
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

MOST_KINDS = 2000
"""Kept apart between two writes: anyone can make things up, and memory must not grow with that."""
MOST_SOURCES = 100
"""Of one day, that this process tells apart, so that rows do not grow with it either."""

logger = logging.getLogger(__name__)


class EventKey(NamedTuple):
    """Sights that are alike: one row."""

    day: date
    step: str
    item: str
    edition_id: int | None
    source: str
    profile: str
    bot: bool


class EventBuffer:
    """Of one process: safe to add to from many threads. One that was put aside writes no more."""

    def __init__(self) -> None:
        self._process = os.getpid()
        self._gathered: Counter[EventKey] = Counter()
        self._sources: set[tuple[date, str]] = set()
        self._holding = threading.Lock()  # for a moment: pages wait for it
        self._writing = threading.Lock()  # for as long as the database takes: no page waits for it
        self._writer: threading.Thread | None = None
        self._aside = threading.Event()
        self._failing = False

    def add(self, kind: EventKey, number: int) -> None:
        with self._holding:
            kind = kind._replace(source=self._told_apart(kind.day, kind.source))
            if kind not in self._gathered and len(self._gathered) >= MOST_KINDS:
                kind = kind._replace(source=OTHER, profile="")
            if kind in self._gathered or len(self._gathered) < 2 * MOST_KINDS:
                self._gathered[kind] += number
            if self._writer is None and settings.SIGHTS_WRITTEN_EVERY:
                # A web server's own threads are daemons, and ours would be one like them.
                self._writer = threading.Thread(
                    target=self._keep_writing, name="tally", daemon=False
                )
                self._writer.start()

    def write(self) -> None:
        """In one transaction. What cannot be written waits for the next time."""
        if os.getpid() != self._process:  # a parent writes what it saw itself
            return
        with self._writing:
            with self._holding:
                gathered, self._gathered = self._gathered, Counter()
            if not gathered or self._aside.is_set():
                return
            try:
                _insert(gathered)
            except Error as error:
                with self._holding:
                    self._gathered.update(gathered)
                if not self._failing:  # an outage is told once
                    logger.warning("What was seen cannot be written yet: %s", error)
                self._failing = True
            else:
                self._failing = False

    def put_aside(self) -> None:
        self._aside.set()

    def _told_apart(self, day: date, source: str) -> str:
        if not source or (day, source) in self._sources:
            return source
        self._sources = {each for each in self._sources if each[0] == day}
        if len(self._sources) >= MOST_SOURCES:
            return OTHER
        self._sources.add((day, source))
        return source

    def _keep_writing(self) -> None:
        """Until the process ends, and then once more: it waits for this thread. (Web servers end
        their workers in ways that `atexit` does not hear of.)"""
        process = threading.main_thread()
        while process.is_alive() and not self._aside.is_set():
            process.join(settings.SIGHTS_WRITTEN_EVERY)
            try:
                self.write()
            except Exception:
                logger.exception("What was seen could not be written.")
            finally:
                connection.close()


_tally = EventBuffer()


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
    """Something was seen today. Asks and writes nothing."""
    kind = EventKey(timezone.localdate(), step, item, edition, source, profile, bot)
    _tally.add(kind, number)


def flush() -> None:
    """What was gathered, now."""
    _tally.write()


def clear() -> None:
    """Put aside what was gathered, between tests."""
    _tally.put_aside()
    _begin()


def _begin() -> None:
    global _tally  # noqa: PLW0603 - there is one in a process
    _tally = EventBuffer()


def _insert(gathered: Counter[EventKey]) -> None:
    rows = (Sight(number=number, **kind._asdict()) for kind, number in gathered.items())
    with transaction.atomic():
        Sight.objects.bulk_create(rows, batch_size=500)


os.register_at_fork(after_in_child=_begin)
