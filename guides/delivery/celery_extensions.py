"""What Celery's worker and beat do for us besides running and sending tasks."""

import logging
import time
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


@task_prerun.connect
@task_postrun.connect
def worker_runs(**kwargs: Any) -> None:
    """What a worker takes proves that it can: a drain comes every 15 seconds. One that
    handed over a slow mail says so at its end."""
    heartbeats.seen("worker")


class HintStep(bootsteps.StartStopStep):
    """A worker asks for drains by itself, every 15 seconds: mail goes on even without beat."""

    requires = ("celery.worker.components:Timer",)

    def start(self, parent: Any) -> None:
        parent.timer.call_repeatedly(HINT_EVERY, outbox.hint)


class ReconnectingConsumer(Consumer):
    """Leaves a Redis that answers, but refuses what a worker begins with, some seconds: Celery by
    itself tries six times a second, and logs each as an error and every second as critical."""

    def on_connection_error_before_connected(self, exc: Exception) -> None:
        super().on_connection_error_before_connected(exc)
        time.sleep(CONNECT_EVERY)


class Scheduler(PersistentScheduler):
    """Says that beat runs, and runs a task in beat itself if the broker doesn't take it, so either
    the worker or beat can be gone and mail goes on.

    A thread in the worker that drains without Redis would do the same, but beside forks and without
    a time limit.
    """

    def tick(self, *args: Any, **kwargs: Any) -> float:
        close_old_connections()
        try:
            heartbeats.seen("beat")
        except Error as error:
            logger.warning("Beat cannot say that it runs: %s", error)
        return super().tick(*args, **kwargs)

    @cached_property
    def producer(self) -> Any:
        """Connects when there is something to send: beat goes on while the broker is away."""
        return self.app.amqp.Producer(self.connection, auto_declare=False)

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        try:
            self.apply_async(entry, producer=producer, advance=False)
        except SchedulingError as error:
            logger.warning("Beat runs %s itself: %s", entry.task, error)
            self._run(entry)

    def _run(self, entry: ScheduleEntry) -> None:
        """Whatever it meets, beat goes on."""
        try:
            self.app.tasks[str(entry.task)]()
        except Exception:
            logger.exception("%s failed.", entry.task)
