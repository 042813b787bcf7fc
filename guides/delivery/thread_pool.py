"""Threads that do the same work side by side. Knows nothing of mail."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class SharedIterator(Iterator[T]):
    """An iterator for several threads: each thing is somebody's, and nobody's twice."""

    def __init__(self, things: Iterator[T]) -> None:
        self._things = things
        self._lock = threading.Lock()

    def __next__(self) -> T:
        with self._lock:
            return next(self._things)

    def end(self) -> None:
        """There is nothing more, for anyone."""
        with self._lock:
            self._things = iter(())


class ThreadPool:
    """Runs `lane` in this thread and, from `widen` on, in as many others as make up `count`.

    `leave` is called last in each of the others.
    """

    def __init__(self, lane: Callable[[], None], count: int, *, leave: Callable[[], None]) -> None:
        self._lane, self._leave, self._count = lane, leave, count
        self._pool = ThreadPoolExecutor(max(1, count))  # has no thread before the first is needed
        self._others: list[Future[None]] = []

    def widen(self) -> None:
        """To be called from this thread's lane; a second time it does nothing."""
        if not self._others:
            self._others = [self._pool.submit(self._beside) for _ in range(self._count - 1)]

    def run(self) -> None:
        """Until all have come to an end. Raises what any of them raised."""
        with self._pool:
            self._lane()
        for other in self._others:
            other.result()

    def _beside(self) -> None:
        try:
            self._lane()
        finally:
            self._leave()
