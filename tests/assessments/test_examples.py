"""Answers that lead to a result type, found by the checker."""

from dataclasses import replace

from assessments.checker import answers_to, answers_with_advice
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


def test_answers_lead_to_each_advice():
    definition = replace(parse(caring()), cases=())

    for notice in definition.notices:
        answers = answers_with_advice(definition, notice.key)
        assert answers is not None
        assert notice.key in score(definition, answers, [NONE_TICKED]).notices


def test_advice_that_never_fits_has_none():
    definition = parse(caring())
    never = [replace(each, rule=()) for each in definition.notices]

    assert answers_with_advice(replace(definition, notices=tuple(never)), never[0].key) is None
