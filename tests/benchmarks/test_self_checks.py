"""The self-checks of the benchmarks can be published and answered, however long they are."""

import pytest

from assessments.checker import check
from assessments.definition import parse
from assessments.scoring import score
from benchmarks import self_checks


@pytest.mark.parametrize("number", [1, 12, 30])
def test_self_check_of_any_length(number):
    definition = parse(self_checks.made(number))

    assert len(definition.questions) == number
    assert [finding for finding in check(definition) if finding.severity == "error"] == []
    assert score(definition, self_checks.answers(number), ["none"]).profile == "ready_maintain"
    assert len(self_checks.plainly(number)) == number
