"""The explanation of a result."""

from dataclasses import replace

import pytest

from assessments.definition import parse
from assessments.runner.explanation import (
    AnswerLine,
    ScoreLane,
    TriedLine,
    explanation,
)
from assessments.scoring import score
from tests.assessments.small import SMALL, small, with_tried

DEFINITION = parse(SMALL)


def explained(**answers):
    return explanation(DEFINITION, score(DEFINITION, answers, ["none"]))


def test_answers_show_their_points():
    answers = explained(touch="toes", pain=5, lifts="weights").answers

    assert answers == (
        AnswerLine("How far do you reach?", "My toes", ("Reach: 4 of 4 points",)),
        AnswerLine("How much does it hurt?", "5 of 10", ("Power: 0 of 2 points",)),
        AnswerLine("What do you lift?", "Weights", ("Power: 2 of 2 points",)),
        AnswerLine(
            "Where do you feel the bridge?",
            "You skipped this.",
            ("This didn't count toward a score.",),
        ),
    )


def test_answer_without_points_changes_no_score():
    assert explained(touch="never", pain=0).answers[0] == AnswerLine(
        "How far do you reach?", "I do not bend", ("This didn't count toward a score.",)
    )


def test_several_answers_are_listed():
    definition = parse(with_tried())
    answers = {"touch": "never", "pain": 0, "tried": ["stretching", "rolling"]}

    line = explanation(definition, score(definition, answers, ["none"])).answers[-1]

    assert (line.question, line.answer) == ("What have you tried?", "Stretching, A foam roller")


def test_matching_rule_is_explained():
    tried = explained(touch="knee", pain=3, lifts="nothing").tried

    assert tried == (
        TriedLine("Reach first", True, "This one fits: your “Reach” score is below 60."),
    )


def test_other_rules_show_what_was_missing():
    tried = explained(touch="toes", pain=3, lifts="nothing").tried

    assert tried == (
        TriedLine(
            "Reach first",
            False,
            "Not this one: it's for when your “Reach” score is below 60, "
            "or when “Reach” isn't checked yet.",
        ),
        TriedLine("Ready to lift", True, "This one fits when no other does."),
    )


def test_start_phase_is_marked():
    assert explained(touch="toes", pain=0, lifts="weights").lanes == (
        ScoreLane(1, "Mobility", False),
        ScoreLane(2, "Activation", False),
        ScoreLane(3, "Strength", True),
    )


def test_headline_is_the_first_sentence_of_the_summary():
    definition = parse(small())
    for title, headline, more in (
        ("Reach first", "You do not reach far.", ""),
        ("Ready to lift", "You reach far enough.", ""),
    ):
        touch = "knee" if title == "Reach first" else "toes"
        page = explained(touch=touch, pain=0, lifts="weights")
        assert (
            page.profile.title,
            page.headline,
            page.more,
        ) == (title, headline, more)
    profile = replace(definition.profiles[0], summary="Is it? It is. Go on.")
    longer = replace(definition, profiles=(profile, *definition.profiles[1:]))
    page = explanation(
        longer, score(longer, {"touch": "knee", "pain": 0, "lifts": "nothing"}, ["none"])
    )

    assert (page.headline, page.more) == ("Is it?", "It is. Go on.")


@pytest.mark.parametrize(
    ("answers", "answer"),
    [
        ({"touch": "toes", "pain": 0}, "Yes."),
        ({"touch": "knee", "pain": 0}, "Yes.\n\nOnly flat runs."),
        ({"touch": "knee", "pain": 6}, "Yes.\n\nOnly short runs.\n\nOnly flat runs."),
    ],
)
def test_advice_adds_to_the_answer_of_a_faq(answers, answer):
    assert dict(explained(lifts="nothing", **answers).faq)["Can I run?"] == answer


def test_faq_uses_the_answer_of_the_profile():
    assert (
        dict(explained(touch="toes", pain=0, lifts="nothing").faq)["How long will it take?"]
        == "Some weeks."
    )
    assert (
        dict(explained(touch="knee", pain=0, lifts="nothing").faq)["How long will it take?"]
        == "Four weeks."
    )


def test_advice_adds_to_the_answer_of_the_profile():
    data = small()
    data["profiles"][0]["faq"] = {"run": "Half as much."}
    definition = parse(data)
    result = score(definition, {"touch": "knee", "pain": 6, "lifts": "nothing"}, ["none"])

    answers = dict(explanation(definition, result).faq)

    assert answers["Can I run?"] == "Half as much.\n\nOnly short runs.\n\nOnly flat runs."


def test_notice_that_answers_a_faq_is_shown_only_there():
    page = explained(touch="knee", pain=6, lifts="nothing")

    assert page.notices == ("Mind the pain.",)


def test_notices_are_shown_if_their_rule_holds():
    assert explained(touch="toes", pain=3, lifts="weights").notices == ("Mind the pain.",)
    assert explained(touch="toes", pain=2, lifts="weights").notices == ()


def test_advice_can_belong_to_the_why():
    data = small()
    data["notices"][0]["in_why"] = True
    definition = parse(data)
    result = score(definition, {"touch": "knee", "pain": 6, "lifts": "nothing"}, ["none"])

    page = explanation(definition, result)

    assert (page.notices, page.in_why) == ((), ("Mind the pain.",))
