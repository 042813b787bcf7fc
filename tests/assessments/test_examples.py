"""Answers that lead to a result type, found by the checker."""

from dataclasses import replace

from assessments.checker import answers_to
from assessments.definition import parse
from assessments.scoring import NONE_TICKED, score
from tests.assessments.small import caring, small


def test_answers_lead_to_each_result_type():
    definition = parse(small())

    for profile in definition.profiles:
        answers = answers_to(definition, profile.key)
        assert answers is not None
        assert score(definition, answers, [NONE_TICKED]).profile == profile.key


def test_answers_of_a_case_come_first():
    definition = parse(caring())

    assert answers_to(definition, "ready") == dict(definition.cases[0].answers)


def test_a_result_type_behind_one_that_always_fits_has_none():
    definition = parse(small())
    turned = replace(definition, profiles=definition.profiles[::-1])

    assert answers_to(turned, "stiff") is None
