"""Conditions that rule each other out, and the words for it."""

from itertools import chain

import pytest
from hypothesis import given

from assessments.checker import check
from assessments.checker.contradictions import contradiction
from assessments.checker.search import outcomes
from assessments.definition import parse
from tests.assessments.small import small
from tests.assessments.strategies import definitions

PAIN, TOUCH = {"answer": "pain"}, {"answer": "touch"}
REACH = {"score": "reach"}
SUITABLE = {"key": "fine", "rule": [[]], "text": "Fine."}


def notice(*rule):
    return {"key": "sometimes", "rule": list(rule), "text": "Sometimes."}


def found(*rule):
    return [
        (finding.code, finding.where, finding.message)
        for finding in check(parse(small(cases=[], notices=[notice(*rule)])))
    ]


@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        (
            [PAIN | {"at_least": 8}, PAIN | {"at_most": 5}],
            "The answer to “How much does it hurt?” can't be 8 or more and 5 or less at once.",
        ),
        ([PAIN | {"at_least": 11}], "The answer to “How much does it hurt?” is never 11 or more."),
        ([PAIN | {"at_most": -1}], "The answer to “How much does it hurt?” is never -1 or less."),
        (
            [TOUCH | {"in": ["knee"]}, TOUCH | {"not_in": ["knee"]}],
            "No answer to “How far do you reach?” fits all that's asked of it here.",
        ),
        (
            [REACH | {"at_least": 60}, REACH | {"below": 60}],
            "The score for “Reach” can't be 60 or more and below 60 at once.",
        ),
        ([REACH | {"below": 0}], "The score for “Reach” is never below 0."),
        ([REACH | {"at_least": 101}], "The score for “Reach” is never 101 or more."),
        (
            [REACH | {"unmeasured": True}, REACH | {"below": 60}],
            "“Reach” can't have a score and not be checked yet at once.",
        ),
    ],
)
def test_limits_that_rule_each_other_out_are_named(conditions, said):
    assert found(conditions) == [
        (
            "notice_unreachable",
            "notices[0].rule",
            "No way to answer leads to the extra advice “Sometimes.”. "
            f"{said} Change what it asks for, or remove it.",
        )
    ]
    assert found(conditions, []) == [
        (
            "alternative_impossible",
            "notices[0].rule[0]",
            "One of the ways to get the extra advice “Sometimes.” never fits. "
            f"{said} Change one of these limits, or remove that way.",
        )
    ]


@given(definitions(most_questions=3))
def test_what_contradicts_itself_never_holds(definition):
    rules = [owner.rule for owner in (*definition.profiles, *definition.notices)]
    for clause in chain.from_iterable(rules):
        if contradiction(definition, clause):
            assert not any(outcomes(definition, [clause]).held)


@pytest.mark.parametrize(
    ("label", "where"),
    [("to the  TOES.", ["questions[0].choices[1]"]), ("To the toes?", []), (" ", [])],
)
def test_answers_that_read_the_same(label, where):
    data = small(cases=[])
    data["questions"][0]["choices"][0]["label"] = "To the toes"
    data["questions"][0]["choices"][1]["label"] = label

    findings = [finding for finding in check(parse(data)) if finding.code == "answers_alike"]

    assert [finding.where for finding in findings] == where
    assert all(
        finding.message == f"Two of its answers read the same: “{label}”. Reword one, or remove it."
        for finding in findings
    )
