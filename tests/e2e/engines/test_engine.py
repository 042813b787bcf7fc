"""A browser that hangs while it starts doesn't fail the test that asked for it."""

import pytest

from tests.e2e.engines.engine import STARTS, Engine


def _hangs(times: int) -> type[Engine]:
    ended: list[str] = []

    class Slow(Engine):
        log = ended

        def start(self) -> None:
            self.cleanup.callback(ended.append, self.home.name)
            if int(self.home.name) <= times:
                raise TimeoutError

    Slow.__abstractmethods__ = frozenset()
    return Slow


def test_browser_that_hangs_is_replaced(tmp_path):
    slow = _hangs(STARTS - 1)
    assert slow.started(tmp_path).home.name == str(STARTS)
    assert slow.log == ["1", "2"]


def test_browser_that_never_starts_is_an_error(tmp_path):
    with pytest.raises(TimeoutError):
        _hangs(STARTS).started(tmp_path)
