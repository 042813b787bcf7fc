"""What a process remembers of what it read, so that a warm page asks the database nothing.

Each value is read again after three seconds at most, so that what another process publishes
shows within five.
"""

import time
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

FRESH_SECONDS = 3.0

T = TypeVar("T")

_values: dict[Hashable, tuple[float, Any]] = {}


def remembered(key: Hashable, read: Callable[[], T | None]) -> T | None:
    """The value of `key`, read anew where it is no longer fresh.

    Nothing found is not kept: addresses that a visitor makes up must not fill the memory.
    """
    now = time.time()
    kept: tuple[float, T | None] = _values.get(key, (0.0, None))
    # The lower bound: a clock that was set back must not keep a value for longer.
    if 0 <= now - kept[0] < FRESH_SECONDS:
        return kept[1]
    value = read()
    if value is None:
        _values.pop(key, None)
    else:
        _values[key] = (now, value)
    return value


def forget() -> None:
    """Empty it, after a change in this process or between tests."""
    _values.clear()
