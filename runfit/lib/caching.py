"""Bounded per-process caches, so that a warm page needs no queries.

`cached` holds query results for three seconds, so that changes published by another process show
within five. `cached_of` holds what was made of one version of something until it's asked for
another. `lru_cached` memoizes functions of their arguments. `clear` empties all three. Plain
`functools` caches hold what no edit can make stale: values that only a deployment changes
(templates, fonts, URLs, migrations), and pure functions of text (typesetting). Page fragments are
in Django's `CACHES`.

What's cached may hold addresses, so each prefix of addresses (Django's script prefix) has its own.
"""

import time
from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from operator import is_
from typing import Any, NamedTuple, ParamSpec, TypeVar, cast

from django.core.cache.backends.base import default_key_func
from django.urls import get_script_prefix

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
_of_versions: dict[Hashable, tuple[str, Any]] = {}
_clear_lru: list[Callable[[], None]] = []


def cached(
    key: Hashable,
    read: Callable[[], T],
    *,
    ttl: float | None = None,
    depends_on: tuple[object, ...] = (),
) -> T:
    """The value of `key`, read again after `ttl` seconds (three by default), or once something in
    `depends_on` is another object.

    None is not cached: URLs that a visitor makes up must not fill the cache.
    """
    now = time.time()
    key = (get_script_prefix(), key)
    entry = _entries.get(key, _MISSING)
    # The lower bound: a clock set back must not extend the TTL.
    fresh = 0 <= now - entry.stored_at < (ttl or TTL_SECONDS)
    # Not ==: a model instance read again equals the old one.
    if fresh and all(map(is_, entry.depends_on, depends_on)):
        return cast(T, entry.value)
    value = read()
    if value is None:
        _entries.pop(key, None)
        return value
    if len(_entries) >= MAX_ENTRIES:
        _entries.clear()  # most would soon expire anyway
    _entries[key] = _Entry(value, now, depends_on)
    return value


def cached_of(
    version: str, key: Hashable, read: Callable[[], T], *, keep: Callable[[T], bool]
) -> T:
    """The value of `key` made of this version of something; of another, it's read again."""
    key = (get_script_prefix(), key)
    stored_version, stored = _of_versions.get(key, ("", None))
    if stored_version == version:
        return cast(T, stored)
    expire()  # it may hold what was read before this version
    value = read()
    if keep(value):
        if len(_of_versions) >= MAX_ENTRIES:
            _of_versions.clear()
        _of_versions[key] = version, value
    return value


def lru_cached(maxsize: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """`functools.lru_cache`, emptied by `clear` too."""

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        def call(_prefix: str, *args: P.args, **kwargs: P.kwargs) -> T:
            return function(*args, **kwargs)

        @wraps(function)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
            return cast(T, by_prefix(get_script_prefix(), *args, **kwargs))

        by_prefix: Any = lru_cache(maxsize)(call)
        _clear_lru.append(by_prefix.cache_clear)
        return wrapper

    return decorate


def fragment_key(key: str, key_prefix: str, version: int) -> str:
    """Django's key of a page fragment, by prefix."""
    return default_key_func(f"{get_script_prefix()}{key}", key_prefix, version)


def expire() -> None:
    """Empty the cache of `cached`."""
    _entries.clear()


def clear() -> None:
    """Empty all caches, after a change in this process or between tests."""
    expire()
    _of_versions.clear()
    for clear_one in _clear_lru:
        clear_one()


def redis_error() -> type[Exception]:
    """What a cache in Redis raises. The library takes 6 MB, and not every site has Redis."""
    from redis.exceptions import RedisError  # noqa: PLC0415

    return RedisError
