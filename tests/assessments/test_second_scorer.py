"""The real scorer against a second one, written from the description of the format alone."""

import json
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.definition import parse
from assessments.scoring import AnswersError, compare, score
from runfit.lib.json_format.writing import to_data
from tests.assessments.strategies import any_answers, definitions, full_answers, options_of
from tests.support import first_edition, second_scorer

CONTENT = Path(__file__).resolve().parents[2] / "content" / "tight-hips.json"
DATA = json.loads(CONTENT.read_text(encoding="utf-8"))
DEFINITION = parse(DATA)
ANSWER_SETS = 5000


def real(call, *arguments):
    try:
        return call(*arguments).expect()
    except AnswersError as refused:
        return sorted(refused.errors)


def second(call, *arguments):
    try:
        return call(*arguments)
    except second_scorer.RefusedError as refused:
        return refused.errors


def cases(section):
    return [pytest.param(case, id=case["id"]) for case in first_edition.VECTORS[section]]


@pytest.mark.parametrize("case", cases("examples"))
def test_second_scorer_agrees_with_the_worked_examples(case):
    result = second_scorer.score(first_edition.DATA, case["answers"], case["safety"])

    assert result == case["expect"]


@pytest.mark.parametrize("case", cases("retests"))
def test_second_scorer_agrees_with_the_worked_comparisons(case):
    comparison = second_scorer.compare(first_edition.DATA, case["before"], case["after"])

    assert comparison == case["expect"]


def runners(definition, number):
    """Seeded answer sets with their safety lists. A few questions are left out."""
    rng = Random(20261129)
    options = {question.key: options_of(question) for question in definition.questions}
    checked = [["none"]] * 20 + [[item.key] for item in definition.safety.items]
    for _ in range(number):
        answers = {
            key: rng.choice(choices) for key, choices in options.items() if rng.random() < 0.97
        }
        yield answers, rng.choice(checked)


@pytest.mark.parametrize(
    ("definition", "data"),
    [(first_edition.DEFINITION, first_edition.DATA), (DEFINITION, DATA)],
    ids=["first edition", "second"],
)
def test_both_score_thousands_of_answer_sets_alike(definition, data):
    differing = [
        (answers, safety)
        for answers, safety in runners(definition, ANSWER_SETS)
        if real(score, definition, answers, safety)
        != second(second_scorer.score, data, answers, safety)
    ]

    assert differing == []


def test_the_answer_sets_meet_every_result_type_level_and_notice():
    results = [
        second(second_scorer.score, DATA, answers, safety)
        for answers, safety in runners(DEFINITION, ANSWER_SETS)
    ]
    scored = [result for result in results if isinstance(result, dict)]

    assert {result["profile"] for result in scored if result["profile"]} == {
        profile["key"] for profile in DATA["profiles"]
    }
    assert {result["safety_level"] for result in scored} == {None, *DATA["safety"]["levels"]}
    assert {key for result in scored for key in result["notices"]} == {
        notice["key"] for notice in DATA["notices"]
    }


def test_both_compare_thousands_of_visits_alike():
    visits = [answers for answers, _ in runners(DEFINITION, ANSWER_SETS)]
    pairs = list(pairwise(visits))

    differing = [
        pair
        for pair in pairs
        if real(compare, DEFINITION, *pair) != second(second_scorer.compare, DATA, *pair)
    ]

    assert differing == []


@given(st.data())
def test_both_score_any_definition_alike(data):
    definition = data.draw(definitions())
    plain = to_data(definition)
    answers = data.draw(full_answers(definition) | any_answers(definition))
    items = [item.key for item in definition.safety.items]
    safety = data.draw(st.just(["none"]) | st.lists(st.sampled_from(["none", *items]), max_size=2))

    assert real(score, definition, answers, safety) == second(
        second_scorer.score, plain, answers, safety
    )


@given(st.data())
def test_both_compare_any_definition_alike(data):
    definition = data.draw(definitions())
    before, after = (data.draw(full_answers(definition)) for _ in range(2))

    assert real(compare, definition, before, after) == second(
        second_scorer.compare, to_data(definition), before, after
    )
