"""The per-process caches."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
import time_machine

from runfit.lib import caching
from runfit.lib.caching import cached, cached_of, lru_cached

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def read():
    """A function that returns a new value each time."""
    numbers = count(1)
    return lambda: next(numbers)


def test_a_value_is_read_again_after_three_seconds(clock, read):
    found = [cached("key", read)]
    for seconds in (2.9, 0.2):
        clock.shift(timedelta(seconds=seconds))
        found.append(cached("key", read))

    assert found == [1, 1, 2]


def test_value_with_custom_ttl(clock, read):
    found = [cached("key", read, ttl=15)]
    for seconds in (14.9, 0.2):
        clock.shift(timedelta(seconds=seconds))
        found.append(cached("key", read, ttl=15))

    assert found == [1, 1, 2]


def test_clock_set_back_does_not_extend_the_ttl(clock, read):
    cached("key", read)
    clock.shift(-timedelta(hours=1))

    assert cached("key", read) == 2


def test_none_is_not_cached():
    assert cached("key", lambda: None) is None
    assert cached("key", lambda: 0) == 0
    assert cached("key", lambda: 1) == 0


def test_value_is_read_again_when_a_dependency_is_replaced(clock, read):
    one, equal = [1], [1]

    found = [cached("key", read, depends_on=(each,)) for each in (one, one, equal, equal)]

    assert found == [1, 1, 2, 2]


def test_made_up_keys_do_not_fill_the_cache(clock, read):
    for number in range(2 * caching.MAX_ENTRIES + 1):
        cached(number, read)

    assert len(caching._entries) <= caching.MAX_ENTRIES


def test_failed_read_is_retried(clock, read):
    with pytest.raises(ZeroDivisionError):
        cached("key", lambda: 1 / 0)

    assert cached("key", read) == 1


def test_clear_empties_all_caches_and_expire_only_read_values(clock, read):
    numbers = count(1)
    computed = lru_cached(maxsize=2)(lambda _: next(numbers))

    def both():
        return cached("key", read), computed("argument")

    found = [both(), both()]
    caching.expire()
    found.append(both())
    caching.clear()

    assert [*found, both()] == [(1, 1), (1, 1), (2, 1), (3, 2)]


def test_a_value_of_a_version_is_read_again_for_another_one(read):
    def found(version, *, keep=True):
        return cached_of(version, "key", read, keep=lambda _: keep)

    assert [found("a"), found("a"), found("b"), found("a", keep=False), found("a")] == [
        1, 1, 2, 3, 4,
    ]  # fmt: skip


def test_clear_empties_values_of_versions(read):
    cached_of("a", "key", read, keep=lambda _: True)
    caching.clear()

    assert cached_of("a", "key", read, keep=lambda _: True) == 2


def test_a_value_of_a_version_is_not_made_of_cached_rows(read):
    cached("rows", read)

    assert cached_of("a", "key", lambda: cached("rows", read), keep=lambda _: True) == 2
