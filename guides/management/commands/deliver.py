"""Delivers email without Celery: a loop that drains the queue and updates the daily counts."""

import logging
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections

from assessments.analytics.services import counts_update
from assessments.retention.services import retention_run
from guides.delivery import heartbeats
from guides.delivery.worker import PROBE_EVERY, drain
from guides.guide_requests.links import link_requests_answer
from guides.mail.connection import thread_connection
from guides.recalls.queue import recalls_queue

LOOK_EVERY = 1.0
COUNT_EVERY = 300.0

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    requires_system_checks = ["settings"]  # as the web server does
    help = "Sends mail as it becomes due, until it is told to stop (the mode without Redis)."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()

        def on_signal(number: int, frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, on_signal)
        signal.signal(signal.SIGINT, on_signal)
        count_at = time.monotonic()
        while not stop.wait(self._drain_once()):
            if time.monotonic() >= count_at:
                for job in (counts_update, retention_run):
                    _run(job)
                count_at = time.monotonic() + COUNT_EVERY
        thread_connection().close()

    def _drain_once(self) -> float:
        """Drains the queue; returns how many seconds to wait before the next run."""
        close_old_connections()
        try:
            heartbeats.seen("deliver")
            link_requests_answer()
            _run(recalls_queue)
            paused = drain(seconds=LOOK_EVERY).paused
            heartbeats.seen("deliver")  # again: one email may have taken a minute
        except (InterfaceError, OperationalError) as error:
            self.stderr.write(f"The database doesn't respond: {error}")
            paused = True
        return PROBE_EVERY if paused else LOOK_EVERY


def _run(job: Callable[[], object]) -> None:
    """Work beside the delivery of email, which goes on whatever fails here: errors are logged."""
    try:
        job()
    except Exception:
        logger.exception("%s failed", job.__name__)
