"""The data for the script that shows one question at a time."""

from assessments.definition import parse
from assessments.runner.stepper import extra_minutes, extras, flow, offers
from tests.assessments.small import SMALL, small, with_tried

BRIDGE = SMALL["questions"][-1]


def with_last(*questions):
    return parse(small(questions=[*SMALL["questions"][:-1], *questions]))


def keys(definition):
    return [question.key for question in extras(definition)]


def test_flow_has_stops_and_conditions():
    data = flow(parse(SMALL))
    words = data.pop("words")

    assert data == {
        "stops": ["fall"],
        "derived": [[{"answer": "pain", "at_least": 8}]],
        "when": {"lifts": [{"answer": "touch", "not_in": ["never"]}]},
        "alone": {},
        "optional": ["bridge"],
        "extras": ["bridge"],
        "offers": [("One extra check would give your result more to go on.", "Do one extra check")],
    }
    assert words["start"] == "None of these, start"


def test_flow_has_answers_that_stand_alone():
    assert flow(parse(with_tried()))["alone"] == {"tried": ["nothing"]}


def test_optional_last_group_is_extra():
    second = BRIDGE | {"key": "second"}

    assert keys(with_last(BRIDGE, second)) == ["bridge", "second"]
    assert keys(with_last(BRIDGE | {"optional": False}, second)) == ["second"]
    assert keys(with_last(BRIDGE | {"group": "Others"}, second)) == ["second"]
    assert keys(with_last(BRIDGE, second | {"optional": False})) == []
    assert keys(with_last(BRIDGE | {"group": ""})) == []


def test_self_check_with_only_optional_questions_has_no_extras():
    alone = [{**BRIDGE, "key": "touch"}, {**BRIDGE, "key": "pain"}]
    data = small(questions=alone, profiles=SMALL["profiles"][1:], notices=[])
    data["safety"] = {**SMALL["safety"], "derived": []}

    assert extras(parse(data)) == ()


def test_only_checks_with_steps_take_time():
    assert extra_minutes(with_last(BRIDGE)) == 0
    assert extra_minutes(with_last(BRIDGE, BRIDGE | {"key": "b", "how_to": ["Lie down."]})) == 1


def test_there_is_an_offer_per_number_of_extras():
    timed = {"how_to": ["Lie down."]}
    texts = offers(with_last(*(BRIDGE | timed | {"key": key} for key in "abc")))

    assert [button for _why, button in texts] == [
        "Do one extra check (1 minute)",
        "Do two extra checks (2 minutes)",
        "Do three extra checks (3 minutes)",
    ]
    assert texts[0][0].startswith("One extra check would")
    assert texts[1][0].startswith("Some extra checks would")
