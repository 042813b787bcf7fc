"""In-memory caches of this process, all of them bounded, so that a warm page asks the database
nothing.

`cached` keeps what was read for three seconds, so that what another process publishes shows within
five. `lru_cached` keeps what is computed from its arguments. `clear` empties both. What only an
update of the code can change (templates, fonts, how a text is typeset, URLs, migrations) stays in
plain `functools` caches, and parts of pages are in Django's own caches (`CACHES`).
"""

import time
from collections.abc import Callable, Hashable
from functools import lru_cache
from operator import is_
from typing import Any, NamedTuple, ParamSpec, TypeVar, cast

TTL_SECONDS = 3.0
MAX_ENTRIES = 1024

P = ParamSpec("P")
T = TypeVar("T")


class _Entry(NamedTuple):
    value: Any
    stored_at: float
    depends_on: tuple[object, ...]


_MISSING = _Entry(None, 0.0, ())
_entries: dict[Hashable, _Entry] = {}
_clear_lru: list[Callable[[], None]] = []


def cached(
    key: Hashable,
    read: Callable[[], T],
    *,
    ttl: float | None = None,
    depends_on: tuple[object, ...] = (),
) -> T:
    """The value of `key`, read again after `ttl` seconds (three, unless told otherwise), or once
    something that it depends on is another object.

    None is not kept: addresses that a visitor makes up must not fill the cache.
    """
    now = time.time()
    entry = _entries.get(key, _MISSING)
    # The lower bound: a clock that was set back must not keep a value for longer.
    fresh = 0 <= now - entry.stored_at < (ttl or TTL_SECONDS)
    # Not ==: a row that was read again equals its older self.
    if fresh and all(map(is_, entry.depends_on, depends_on)):
        return cast(T, entry.value)
    value = read()
    if value is None:
        _entries.pop(key, None)
        return value
    if len(_entries) >= MAX_ENTRIES:
        _entries.clear()  # most of it would soon be read again anyway
    _entries[key] = _Entry(value, now, depends_on)
    return value


def lru_cached(maxsize: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """`functools.lru_cache`, emptied by `clear` too."""

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        wrapper: Any = lru_cache(maxsize)(function)
        _clear_lru.append(wrapper.cache_clear)
        return cast(Callable[P, T], wrapper)

    return decorate


def expire() -> None:
    """Whatever `cached` keeps is read again from now on."""
    _entries.clear()


def clear() -> None:
    """Empty all caches, after a change in this process or between tests."""
    expire()
    for clear_one in _clear_lru:
        clear_one()
