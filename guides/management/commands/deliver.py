"""Delivers mail without Celery: the same drain, called by a loop beside the web server."""

import signal
import threading
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections

from guides.delivery import PROBE_EVERY, drain
from guides.line import line_of_thread

LOOK_EVERY = 1.0


class Command(BaseCommand):
    help = "Sends mail as it becomes due, until it is told to stop (the mode without Redis)."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()

        def on_signal(number: int, frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, on_signal)
        signal.signal(signal.SIGINT, on_signal)
        while not stop.wait(self._drain_once()):
            pass
        line_of_thread().close()

    def _drain_once(self) -> float:
        """Drain, and say how many seconds to wait before the next look."""
        close_old_connections()
        try:
            paused = drain(seconds=LOOK_EVERY).paused
        except OperationalError as error:
            self.stderr.write(f"The database does not answer: {error}")
            paused = True
        return PROBE_EVERY if paused else LOOK_EVERY
