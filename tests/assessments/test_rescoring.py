"""Stored answers, scored by a newer version."""

import pytest

from assessments.definition import parse
from assessments.scoring import rescore
from tests.assessments.small import small

ANSWERS = {"touch": "knee", "pain": 3, "lifts": "nothing"}


def rescored(later, answers=None, safety=("none",)):
    return rescore(parse(small()), parse(later), answers or ANSWERS, list(safety))


def with_item(**changes):
    data = small()
    data["safety"]["items"][1] |= changes
    return data


def test_the_newer_points_and_rules_count():
    data = small()
    knee, toes, _never = data["questions"][0]["choices"]
    knee["points"], toes["points"] = toes["points"], knee["points"]

    assert rescored(small()).result.profile == "stiff"
    assert rescored(data).result.profile == "ready"


def test_answers_to_reworded_questions_are_lost_and_named():
    data = small()
    data["questions"][2] |= {"text": "How heavy do you lift?", "optional": True}

    found = rescored(data)

    assert [question.key for question in found.lost] == ["lifts"]
    assert "lifts" not in found.result.answers


@pytest.mark.parametrize(
    "changes",
    [{"text": "How heavy do you lift?"}, {"choices": [{"key": "x", "label": "X", "points": {}}]}],
)
def test_without_a_needed_answer_there_is_no_result(changes):
    data = small()
    data["questions"][2] |= changes

    assert rescored(data).result is None


def test_signs_and_whether_it_is_compared_make_no_other_question():
    data = small()
    data["questions"][2] |= {"text": "What do you lift", "compare_on_retest": False}

    assert rescored(data).lost == ()


@pytest.mark.parametrize("changes", [{"level": "stop"}, {"level": "stop", "text": "Not grown up"}])
def test_checked_item_counts_as_serious_as_it_is_now(changes):
    found = rescored(with_item(**changes), safety=["young"])

    assert found.result.stopped
    assert found.result.safety_level == "stop"


def test_checked_item_is_known_by_its_words_too():
    found = rescored(with_item(key="minor", level="stop"), safety=["young"])

    assert found.result.safety_level == "stop"
    assert found.unasked == ()


def test_items_that_were_never_read_are_named_but_not_taken_for_a_no():
    data = with_item(text="I am under 16.")
    found = rescored(data)

    assert [item.key for item in found.unasked] == ["young"]
    assert found.result.safety_level is None


def test_pain_that_stops_now_needs_no_other_answer():
    data = small()
    data["safety"]["derived"][0]["when"] = [{"answer": "pain", "at_least": 3}]
    data["questions"][2]["text"] = "How heavy do you lift?"

    assert rescored(data).result.safety_level == "stop"
