"""Words for results that were close."""

import pytest

from assessments.definition import parse
from assessments.runner.close_calls import profile_calls, safety_calls
from assessments.scoring import score
from tests.assessments.small import SMALL, small

PAIN = "“How much does it hurt?”"


def result(definition, *safety, **answers):
    return score(definition, {"lifts": "nothing", "touch": "knee", **answers}, safety or ["none"])


@pytest.mark.parametrize(
    ("safety", "when", "call"),
    [
        (
            "none",
            {"at_least": 8},
            "One point more, and we'd have sent you to a doctor or PT first.",
        ),
        (
            "none",
            {"at_most": 6},
            "One point less, and we'd have sent you to a doctor or PT first.",
        ),
        ("young", {"at_least": 8}, "One point more, and we'd have told you to get seen sooner."),
        ("young", {"at_most": 6}, "One point less, and we'd have told you to get seen sooner."),
    ],
)
def test_one_point_from_a_safety_level_is_said(safety, when, call):
    data = small()
    data["safety"]["derived"][0]["when"] = [{"answer": "pain"} | when]
    definition = parse(data)

    calls = [*safety_calls(definition, result(definition, safety, pain=7))]

    assert calls == [f"You said 7 of 10: {PAIN} {call}"]


def test_it_is_not_said_twice():
    data = small()
    data["notices"][0]["rule"] = [[{"answer": "pain", "at_least": 7, "at_most": 7}]]
    definition = parse(data)

    assert [*safety_calls(definition, result(definition, pain=7))] == []


def test_neighboring_answers_name_question_answer_and_result_type():
    definition = parse(SMALL)

    assert [*profile_calls(definition, result(definition, pain=2))] == [
        "With “My toes” for “How far do you reach?”, it would be “Ready to lift”."
    ]
