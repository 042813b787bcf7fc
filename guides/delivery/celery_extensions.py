"""Celery worker and beat extensions: heartbeats, drains without beat, and mail without Redis."""

import logging
import time
import uuid
from contextlib import suppress
from functools import cached_property
from typing import Any

from celery import bootsteps
from celery.beat import PersistentScheduler, ScheduleEntry, SchedulingError
from celery.signals import task_postrun, task_prerun
from celery.worker.consumer import Consumer
from django.db import Error, close_old_connections

from guides.delivery import heartbeats, outbox

logger = logging.getLogger(__name__)

HINT_EVERY = 15.0
CONNECT_EVERY = 5.0
STAND_BY = 5.0


@task_prerun.connect
@task_postrun.connect
def worker_runs(**kwargs: Any) -> None:
    """Records the worker's heartbeat before and after each task. A drain comes every 15 seconds;
    the second call covers a task that took longer."""
    heartbeats.seen("worker")


class HintStep(bootsteps.StartStopStep):
    """Requests a drain every 15 seconds, so that a worker sends mail even if beat is down."""

    requires = ("celery.worker.components:Timer",)

    def start(self, parent: Any) -> None:
        parent.timer.call_repeatedly(HINT_EVERY, outbox.hint)


class ReconnectingConsumer(Consumer):
    """Waits before reconnecting to a Redis that answers but refuses the worker's first commands.
    Plain Celery retries six times a second and logs every attempt as an error or critical."""

    def on_connection_error_before_connected(self, exc: Exception) -> None:
        super().on_connection_error_before_connected(exc)
        time.sleep(CONNECT_EVERY)


class Scheduler(PersistentScheduler):
    """Records beat's heartbeat, and runs a task in the beat process if the broker refuses it. Mail
    is sent as long as either the worker or beat is up. Of several beats, one sends, and the others
    stand by.

    A thread in the worker could drain without Redis, too, but it would run next to forks and
    without a time limit.
    """

    sends = True

    @cached_property
    def holder(self) -> str:
        return uuid.uuid4().hex

    def tick(self, *args: Any, **kwargs: Any) -> float:
        close_old_connections()
        try:
            self._claim()
        except Error as error:  # then no task could do anything: two beats at once do no harm
            logger.warning("Cannot write beat's heartbeat: %s", error)
        return super().tick(*args, **kwargs) if self.sends else STAND_BY

    def _claim(self) -> None:
        before, self.sends = self.sends, heartbeats.beat_claim(self.holder)
        if before and not self.sends:
            logger.info("Another beat sends. This one stands by.")
        elif self.sends and not before:
            logger.info("No other beat sends any more. This one takes over.")

    def close(self) -> None:
        with suppress(Error):
            heartbeats.beat_release(self.holder)
        super().close()

    @cached_property
    def producer(self) -> Any:
        """Connects only when sending a task, so that beat keeps running if the broker is down."""
        return self.app.amqp.Producer(self.connection, auto_declare=False)

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        try:
            self.apply_async(entry, producer=producer, advance=False)
        except SchedulingError as error:
            logger.warning("Running %s in beat: %s", entry.task, error)
            self._run(entry)

    def _run(self, entry: ScheduleEntry) -> None:
        """Runs the task in this process. An exception must not stop beat."""
        try:
            self.app.tasks[str(entry.task)]()
        except Exception:
            logger.exception("%s failed", entry.task)
