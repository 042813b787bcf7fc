"""What a process caches, and how long."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
import time_machine

from runfit.lib import caching
from runfit.lib.caching import cached, lru_cached

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def read():
    """Another value each time."""
    numbers = count(1)
    return lambda: next(numbers)


def test_a_value_is_read_again_after_three_seconds(clock, read):
    found = [cached("key", read)]
    for seconds in (2.9, 0.2):
        clock.shift(timedelta(seconds=seconds))
        found.append(cached("key", read))

    assert found == [1, 1, 2]


def test_a_value_may_have_a_time_to_live_of_its_own(clock, read):
    found = [cached("key", read, ttl=15)]
    for seconds in (14.9, 0.2):
        clock.shift(timedelta(seconds=seconds))
        found.append(cached("key", read, ttl=15))

    assert found == [1, 1, 2]


def test_a_clock_set_back_keeps_nothing_for_longer(clock, read):
    cached("key", read)
    clock.shift(-timedelta(hours=1))

    assert cached("key", read) == 2


def test_nothing_found_is_not_kept():
    assert cached("key", lambda: None) is None
    assert cached("key", lambda: 0) == 0
    assert cached("key", lambda: 1) == 0


def test_it_is_computed_again_once_what_it_depends_on_is_another_object(clock, read):
    one, equal = [1], [1]

    found = [cached("key", read, depends_on=(each,)) for each in (one, one, equal, equal)]

    assert found == [1, 1, 2, 2]


def test_made_up_keys_do_not_fill_the_cache(clock, read):
    for number in range(2 * caching.MAX_ENTRIES + 1):
        cached(number, read)

    assert len(caching._entries) <= caching.MAX_ENTRIES


def test_what_fails_is_tried_again(clock, read):
    with pytest.raises(ZeroDivisionError):
        cached("key", lambda: 1 / 0)

    assert cached("key", read) == 1


def test_clear_empties_all_and_expire_what_was_read(clock, read):
    numbers = count(1)
    computed = lru_cached(maxsize=2)(lambda _: next(numbers))

    def both():
        return cached("key", read), computed("argument")

    found = [both(), both()]
    caching.expire()
    found.append(both())
    caching.clear()

    assert [*found, both()] == [(1, 1), (1, 1), (2, 1), (3, 2)]
