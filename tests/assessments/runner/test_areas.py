"""The score areas of a result."""

import pytest

from assessments.definition import parse
from assessments.runner.areas import HipSide, ScoreArea, balance, score_areas, words_found
from assessments.scoring import score
from tests.assessments.small import SMALL

DEFINITION = parse(SMALL)
REACH, PAIN, LIFTS = "How far do you reach?", "How much does it hurt?", "What do you lift?"


def areas(**answers):
    return score_areas(DEFINITION, score(DEFINITION, answers, ["none"]))


def test_areas_say_the_answers_first_and_their_points_behind_the_score():
    assert areas(touch="knee", pain=3, lifts="nothing") == {
        "reach": ScoreArea(
            label="Reach",
            plain="How far you get",
            score=0,
            gate=60,
            word="Room to grow",
            basis="all of the questions",
            said=(("My knees", REACH),),
            sum="0 of 4 points make 0 of 100. Your answers cover 100% of what counts here.",
            checks=(),
        ),
        "power": ScoreArea(
            label="Power",
            plain="How strong you are",
            score=50,
            gate=None,
            word="Medium",
            basis="most of the questions",
            said=(("3 of 10", PAIN), ("Nothing", LIFTS)),
            sum="2 of 4 points make 50 of 100. Your answers cover 67% of what counts here.",
            checks=(),
        ),
    }


def test_area_without_a_score_has_only_checks():
    area = areas(touch="never", pain=7)["reach"]

    assert (area.score, area.word, area.basis) == (None, "Not checked yet", "not checked yet")
    assert area.said == ()
    assert area.sum == "Not checked yet: your answers cover 0% of what counts here."
    assert [question.key for question in area.checks] == ["touch"]


def test_nearly_all_of_the_questions_are_most():
    data = SMALL | {"confidence": {"high": 60, "medium": 50, "low": 25}}
    definition = parse(data)
    result = score(definition, {"touch": "knee", "pain": 3, "lifts": "nothing"}, ["none"])

    assert score_areas(definition, result)["power"].basis == "most of the questions"


@pytest.mark.parametrize(
    ("answers", "sides"),
    [
        (
            {"touch": "toes", "pain": 6, "lifts": "nothing"},
            {"front": HipSide("Hips", 100, "On track"), "back": HipSide("Back side", 0, "Low")},
        ),
        (
            {"touch": "never", "pain": 6},
            {
                "front": HipSide("Hips", None, "Not checked yet"),
                "back": HipSide("Back side", 0, "Low"),
            },
        ),
    ],
)
def test_balance_has_both_sides_of_the_hip(answers, sides):
    assert balance(DEFINITION, areas(**answers)) == sides


def test_balance_is_left_out_if_neither_side_was_measured():
    data = SMALL | {"confidence": {"high": 100, "medium": 100, "low": 100}}
    definition = parse(data)
    result = score(definition, {"touch": "never", "pain": 6}, ["none"])

    assert balance(definition, score_areas(definition, result)) == {}


def test_what_was_found_is_one_line_of_areas_by_their_words():
    def area(label, score, word, gate=60):
        more = {"plain": "", "gate": gate, "basis": "", "said": (), "sum": "", "checks": ()}
        return ScoreArea(label=label, score=score, word=word, **more)

    areas = [
        area("Hip", None, "Not checked yet"),
        area("Legs", 80, "On track"),
        area("Glutes", 40, "Room to grow"),
        area("Strength", 0, "Room to grow"),
        area("Calm", 10, "Low", gate=None),
    ]

    assert words_found(areas) == [
        ("Room to grow", ["Strength", "Glutes"]),
        ("On track", ["Legs"]),
        ("Not checked yet", ["Hip"]),
    ]


@pytest.mark.parametrize(
    ("pain", "lifts", "word"),
    [(6, "nothing", "Low"), (3, "nothing", "Medium"), (3, "weights", "High")],
)
def test_area_that_decides_nothing_has_a_word_too(pain, lifts, word):
    assert areas(touch="knee", pain=pain, lifts=lifts)["power"].word == word
