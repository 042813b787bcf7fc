"""A result in words."""

from dataclasses import replace

import pytest

from assessments.definition import parse
from assessments.runner.explanation import (
    AnswerLine,
    HipSide,
    ScoreBar,
    ScoreLane,
    TriedLine,
    explanation,
)
from assessments.scoring import score
from tests.assessments.small import SMALL, small

DEFINITION = parse(SMALL)


def explained(**answers):
    return explanation(DEFINITION, score(DEFINITION, answers, ["none"]))


def test_bars_say_which_points_make_a_score():
    bars = explained(touch="knee", pain=3, lifts="nothing").bars

    assert bars == (
        ScoreBar(
            label="Reach",
            plain="How far you get",
            score=0,
            gate=60,
            word="Room to grow",
            confidence="Sure",
            sum="0 of 4 points make 0 of 100. Your answers cover 100% of what counts here.",
        ),
        ScoreBar(
            label="Power",
            plain="How strong you are",
            score=50,
            gate=None,
            word="",
            confidence="Fairly sure",
            sum="2 of 4 points make 50 of 100. Your answers cover 67% of what counts here.",
        ),
    )


def test_an_area_that_was_not_measured_says_so():
    bar = explained(touch="never", pain=7).bars[0]

    assert (bar.score, bar.confidence) == (None, "Not measured")
    assert bar.sum == "Your answers cover 0% of what counts here. That is too little."


def test_each_answer_says_what_it_gave():
    answers = explained(touch="toes", pain=5, lifts="weights").answers

    assert answers == (
        AnswerLine("How far do you reach?", "My toes", ("Reach: 4 of 4 points",)),
        AnswerLine("How much does it hurt?", "5", ("Power: 0 of 2 points",)),
        AnswerLine("What do you lift?", "Weights", ("Power: 2 of 2 points",)),
        AnswerLine(
            "Where do you feel the bridge?", "You skipped this.", ("This changed no score.",)
        ),
    )


def test_an_answer_without_points_changed_no_score():
    assert explained(touch="never", pain=0).answers[0] == AnswerLine(
        "How far do you reach?", "I do not bend", ("This changed no score.",)
    )


def test_the_rule_that_fired_is_told():
    tried = explained(touch="knee", pain=3, lifts="nothing").tried

    assert tried == (
        TriedLine("Reach first", True, "This one fits: your “Reach” score is below 60."),
    )


def test_rules_that_did_not_fire_say_what_was_missing():
    tried = explained(touch="toes", pain=3, lifts="nothing").tried

    assert tried == (
        TriedLine(
            "Reach first",
            False,
            "Not this one. It needs that your “Reach” score is below 60, "
            "or else that we could not measure “Reach”.",
        ),
        TriedLine("Ready to lift", True, "This one fits when no other does."),
    )


def test_the_lane_to_start_in_is_marked():
    assert explained(touch="toes", pain=0, lifts="weights").lanes == (
        ScoreLane(1, "Mobility", False),
        ScoreLane(2, "Activation", False),
        ScoreLane(3, "Strength", True),
    )


def test_a_summary_begins_with_its_headline():
    definition = parse(small())
    for title, headline, more in (
        ("Reach first", "You do not reach far.", ""),
        ("Ready to lift", "You reach far enough.", ""),
    ):
        touch = "knee" if title == "Reach first" else "toes"
        told = explained(touch=touch, pain=0, lifts="weights")
        assert (told.profile.title, told.headline, told.more) == (title, headline, more)
    profile = replace(definition.profiles[0], summary="Is it? It is. Go on.")
    longer = replace(definition, profiles=(profile, *definition.profiles[1:]))
    told = explanation(
        longer, score(longer, {"touch": "knee", "pain": 0, "lifts": "nothing"}, ["none"])
    )

    assert (told.headline, told.more) == ("Is it?", "It is. Go on.")


@pytest.mark.parametrize(
    ("answers", "answer"),
    [
        ({"touch": "toes", "pain": 0}, "Yes."),
        ({"touch": "knee", "pain": 0}, "Only flat runs."),
        ({"touch": "knee", "pain": 6}, "Only short runs."),
    ],
)
def test_one_answer_stands_for_a_question_that_runners_bring(answers, answer):
    assert dict(explained(lifts="nothing", **answers).faq)["Can I run?"] == answer


def test_a_result_type_answers_in_its_own_words():
    assert (
        dict(explained(touch="toes", pain=0, lifts="nothing").faq)["How long will it take?"]
        == "Some weeks."
    )
    assert (
        dict(explained(touch="knee", pain=0, lifts="nothing").faq)["How long will it take?"]
        == "Four weeks."
    )


def test_a_notice_that_answers_stands_nowhere_else():
    told = explained(touch="knee", pain=6, lifts="nothing")

    assert told.notices == ("Mind the pain.",)


def test_both_sides_of_the_hip_are_set_beside_each_other():
    assert explained(touch="never", pain=6, lifts="nothing").balance == {
        "front": HipSide("Hips", None, ""),
        "back": HipSide("Back side", 0, ""),
    }


def test_notices_are_told_in_their_words():
    assert explained(touch="toes", pain=3, lifts="weights").notices == ("Mind the pain.",)
    assert explained(touch="toes", pain=2, lifts="weights").notices == ()
