import threading
from itertools import chain

import pytest

from guides.delivery.thread_pool import SharedIterator, ThreadPool


def test_each_thing_is_somebodys_and_nobodys_twice():
    things = SharedIterator(iter(range(1000)))
    taken: list[list[int]] = [[], [], []]
    threads = [threading.Thread(target=lambda mine=mine: mine.extend(things)) for mine in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(chain(*taken)) == list(range(1000))


def test_after_its_end_nothing_is_left_for_anyone():
    things = SharedIterator(iter(range(3)))
    assert next(things) == 0

    things.end()

    assert list(things) == []


def test_others_join_in_once_they_are_asked_and_leave():
    here = threading.get_ident()
    left: list[int] = []
    ran: list[int] = []
    meeting = threading.Barrier(3, timeout=30)

    def lane() -> None:
        if threading.get_ident() == here:
            lanes.widen()
            lanes.widen()
        meeting.wait()
        ran.append(threading.get_ident())

    lanes = ThreadPool(lane, 3, leave=lambda: left.append(threading.get_ident()))
    lanes.run()

    assert len(set(ran)) == 3
    assert sorted(left) == sorted(set(ran) - {here})


def test_it_is_one_lane_until_it_is_widened():
    ran: list[int] = []

    ThreadPool(lambda: ran.append(threading.get_ident()), 3, leave=lambda: None).run()

    assert ran == [threading.get_ident()]


def test_what_another_lane_raised_is_raised():
    here = threading.get_ident()

    def lane() -> None:
        if threading.get_ident() != here:
            raise ValueError("no")
        lanes.widen()

    lanes = ThreadPool(lane, 2, leave=lambda: None)

    with pytest.raises(ValueError, match="no"):
        lanes.run()
