"""What the page's script is told of a self-check."""

from assessments.definition import parse
from assessments.runner.stepper import extra_minutes, extras, flow, offers
from tests.assessments.small import SMALL, small

BRIDGE = SMALL["questions"][-1]


def with_last(*questions):
    return parse(small(questions=[*SMALL["questions"][:-1], *questions]))


def keys(definition):
    return [question.key for question in extras(definition)]


def test_the_script_knows_what_stops_and_what_depends_on_what():
    told = flow(parse(SMALL))
    words = told.pop("words")

    assert told == {
        "stops": ["fall"],
        "derived": [[{"answer": "pain", "at_least": 8}]],
        "when": {"lifts": [{"answer": "touch", "not_in": ["never"]}]},
        "optional": ["bridge"],
        "extras": ["bridge"],
        "offers": [("One extra check would give your result more to go on.", "Do one extra check")],
    }
    assert words["start"] == "None of these, start"


def test_the_group_that_ends_the_questions_is_extra_where_it_may_be_skipped():
    second = BRIDGE | {"key": "second"}

    assert keys(with_last(BRIDGE, second)) == ["bridge", "second"]
    assert keys(with_last(BRIDGE | {"optional": False}, second)) == ["second"]
    assert keys(with_last(BRIDGE | {"group": "Others"}, second)) == ["second"]
    assert keys(with_last(BRIDGE, second | {"optional": False})) == []
    assert keys(with_last(BRIDGE | {"group": ""})) == []


def test_a_self_check_of_extras_alone_has_none():
    alone = [{**BRIDGE, "key": "touch"}, {**BRIDGE, "key": "pain"}]
    data = small(questions=alone, profiles=SMALL["profiles"][1:], notices=[])
    data["safety"] = {**SMALL["safety"], "derived": []}

    assert extras(parse(data)) == ()


def test_only_checks_with_steps_to_do_take_time():
    assert extra_minutes(with_last(BRIDGE)) == 0
    assert extra_minutes(with_last(BRIDGE, BRIDGE | {"key": "b", "how_to": ["Lie down."]})) == 2


def test_an_offer_for_each_number_of_extras_that_may_fit():
    timed = {"how_to": ["Lie down."]}
    said = offers(with_last(*(BRIDGE | timed | {"key": key} for key in "abc")))

    assert [button for _why, button in said] == [
        "Do one extra check (2 minutes)",
        "Do two extra checks (4 minutes)",
        "Do three extra checks (6 minutes)",
    ]
    assert said[0][0].startswith("One extra check would")
    assert said[1][0].startswith("Some extra checks would")
