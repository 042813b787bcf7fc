import threading
from itertools import chain

import pytest

from guides.delivery.thread_pool import SharedIterator, ThreadPool


def test_every_item_goes_to_exactly_one_thread():
    items = SharedIterator(iter(range(1000)))
    taken: list[list[int]] = [[], [], []]
    threads = [threading.Thread(target=lambda mine=mine: mine.extend(items)) for mine in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(chain(*taken)) == list(range(1000))


def test_stop_ends_iteration():
    items = SharedIterator(iter(range(3)))
    assert next(items) == 0

    items.stop()

    assert list(items) == []


def test_widen_starts_other_threads_that_clean_up():
    here = threading.get_ident()
    cleaned_up: list[int] = []
    ran: list[int] = []
    meeting = threading.Barrier(3, timeout=30)

    def target() -> None:
        if threading.get_ident() == here:
            pool.widen()
            pool.widen()
        meeting.wait()
        ran.append(threading.get_ident())

    pool = ThreadPool(target, 3, cleanup=lambda: cleaned_up.append(threading.get_ident()))
    pool.run()

    assert len(set(ran)) == 3
    assert sorted(cleaned_up) == sorted(set(ran) - {here})


def test_pool_uses_one_thread_until_widened():
    ran: list[int] = []

    ThreadPool(lambda: ran.append(threading.get_ident()), 3, cleanup=lambda: None).run()

    assert ran == [threading.get_ident()]


def test_run_raises_exception_from_other_thread():
    here = threading.get_ident()

    def target() -> None:
        if threading.get_ident() != here:
            raise ValueError("no")
        pool.widen()

    pool = ThreadPool(target, 2, cleanup=lambda: None)

    with pytest.raises(ValueError, match="no"):
        pool.run()
