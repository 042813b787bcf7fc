"""A deadline for a whole network operation; socket timeouts only limit single reads."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

WAKES_AT_LEAST_EVERY = 60.0  # seconds


@contextmanager
def deadline(seconds: float, cut: Callable[[], None]) -> Iterator[None]:
    """Calls `cut` if the block takes longer than `seconds` in total."""
    key = _thread.begin(seconds, cut)
    try:
        yield
    finally:
        _thread.end(key)


class DeadlineThread:
    """One thread for all deadlines of the process. A timer per email would start a thread per
    email, which costs as much as building the message.

    It sleeps until the earliest deadline, so beginning and ending later ones doesn't wake it.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._cuts: dict[object, tuple[float, Callable[[], None]]] = {}
        self._wakes_at = 0.0
        self._thread: threading.Thread | None = None

    def begin(self, seconds: float, cut: Callable[[], None]) -> object:
        key, at = object(), time.monotonic() + seconds
        with self._changed:
            self._cuts[key] = at, cut
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()
            elif at < self._wakes_at:
                self._changed.notify()
        return key

    def end(self, key: object) -> None:
        """Cancels the deadline: its `cut` is not called afterwards."""
        with self._changed:
            self._cuts.pop(key, None)

    def _run(self) -> None:
        with self._changed:
            while True:
                now = time.monotonic()
                for key in [key for key, (at, _) in self._cuts.items() if at <= now]:
                    self._cuts.pop(key)[1]()
                self._wakes_at = min(
                    (at for at, _ in self._cuts.values()), default=now + WAKES_AT_LEAST_EVERY
                )
                self._changed.wait(self._wakes_at - now)


_thread = DeadlineThread()
