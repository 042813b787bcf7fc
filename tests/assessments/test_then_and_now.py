"""Two visits to perhaps two editions, compared."""

import pytest

from assessments.definition import parse
from assessments.scoring import compare, measured_ways, real_change, same_meaning, then_and_now
from tests.assessments.small import small

ANSWERS = {"touch": "knee", "pain": 5, "lifts": "nothing"}


def changed(change):
    """The small self-check after a change of its questions."""
    data = small()
    change(data["questions"])
    return parse(data)


def test_one_edition_gives_what_comparing_gives():
    definition = parse(small())
    after = {"touch": "toes", "pain": 4, "lifts": "nothing"}

    both = then_and_now(definition, definition, ANSWERS, after)

    assert both.areas == compare(definition, ANSWERS, after).dimensions
    assert (both.gone, both.asked_anew, both.new, both.recounted) == ((), (), (), False)


def test_one_point_of_pain_is_not_better_though_its_area_moved():
    definition = parse(small())

    both = then_and_now(definition, definition, ANSWERS, ANSWERS | {"pain": 4})

    assert both.areas["power"].label == "better"
    assert [(move.direction, move.real) for move in both.moved] == [("better", False)]
    assert both.verdict == "same"


@pytest.mark.parametrize(
    ("key", "value", "kept"),
    [
        ("text", "How far, do you reach", True),
        ("text", "How far did you reach?", False),
        ("help", "Warm up well.", True),
        ("compare_on_retest", False, False),
    ],
)
def test_a_question_keeps_its_meaning_with_its_words(key, value, kept):
    later = changed(lambda questions: questions[0].update({key: value}))

    assert same_meaning(parse(small()).question("touch"), later.question("touch")) == kept
    both = then_and_now(parse(small()), later, ANSWERS, ANSWERS | {"touch": "toes"})
    assert [move.question.key for move in both.moved] == ["touch"] * kept
    assert [question.key for question in both.asked_anew] == ["touch"] * (not kept)


def test_questions_that_came_and_went():
    def change(questions):
        questions[2]["key"] = "hops"

    after = {"touch": "knee", "pain": 5, "hops": "nothing"}
    both = then_and_now(parse(small()), changed(change), ANSWERS, after)

    assert [question.key for question in both.gone] == ["lifts"]
    assert [question.key for question in both.new] == ["hops"]
    assert both.areas["power"].label == "same"


def test_points_of_the_earlier_edition_count_for_both():
    def change(questions):
        questions[0]["choices"][0]["points"] = {"reach": 1}
        questions[0]["choices"][1]["points"] = {"reach": 4}

    both = then_and_now(parse(small()), changed(change), ANSWERS, ANSWERS | {"touch": "toes"})

    assert both.recounted
    assert (both.areas["reach"].before, both.areas["reach"].after) == (0, 100)
    assert both.verdict == "better"


def test_nothing_in_common_has_no_verdict():
    definition = parse(small())
    before = {"touch": "never", "pain": 5}

    later = changed(lambda questions: questions[1].update({"text": "Any pain today?"}))
    both = then_and_now(definition, later, before, before)

    assert both.verdict == "none"


def test_ways_of_scales_and_checks_alone_and_of_real_changes_alone():
    definition = parse(small())
    after = {"touch": "toes", "pain": 4, "lifts": "weights"}

    both = then_and_now(definition, definition, ANSWERS, after)

    assert measured_ways(both) == {"touch": "better", "pain": "same"}


@pytest.mark.parametrize(("maximum", "points"), [(10, 2), (4, 1), (20, 4)])
def test_a_real_change_is_a_fifth_of_the_scale(maximum, points):
    def change(questions):
        top = {"from": 0, "to": maximum, "points": {"power": 0}}
        questions[1] |= {"maximum": maximum, "bands": [top]}

    data = small()
    change(data["questions"])
    data["safety"]["derived"] = []
    data["notices"] = []
    data["profiles"] = data["profiles"][1:]
    assert real_change(parse(data).question("pain")) == points
