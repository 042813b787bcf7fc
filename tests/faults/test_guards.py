"""The guards that bin/faults --guards removes are still in the code, and so are their tests."""

import pytest

from tests.faults.guards import GUARDS, ROOT


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_guard_matches_the_source(guard):
    source = (ROOT / guard.file).read_text(encoding="utf-8")

    assert guard.removed_from(source) != source


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_a_guard_names_a_test(guard):
    file, _, name = guard.test.partition("::")

    assert f"\ndef {name}(" in (ROOT / file).read_text(encoding="utf-8")
