"""A pool of threads that run the same function. Independent of mail."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class SharedIterator(Iterator[T]):
    """A thread-safe iterator: each item goes to exactly one thread."""

    def __init__(self, items: Iterator[T]) -> None:
        self._items = items
        self._lock = threading.Lock()

    def __next__(self) -> T:
        with self._lock:
            return next(self._items)

    def stop(self) -> None:
        """Ends the iteration for all threads."""
        with self._lock:
            self._items = iter(())


class ThreadPool:
    """Runs `target` in this thread and, after `widen`, in further threads: `count` in total.

    Each further thread calls `cleanup` when it ends.
    """

    def __init__(
        self, target: Callable[[], None], count: int, *, cleanup: Callable[[], None]
    ) -> None:
        self._target, self._cleanup, self._count = target, cleanup, count
        self._pool = ThreadPoolExecutor(max(1, count))  # starts no thread until one is needed
        self._others: list[Future[None]] = []

    def widen(self) -> None:
        """Starts the further threads, once. To be called from `target` in this thread."""
        if not self._others:
            self._others = [self._pool.submit(self._run_other) for _ in range(self._count - 1)]

    def run(self) -> None:
        """Returns when all threads have ended. Raises what any of them raised."""
        with self._pool:
            self._target()
        for other in self._others:
            other.result()

    def _run_other(self) -> None:
        try:
            self._target()
        finally:
            self._cleanup()
