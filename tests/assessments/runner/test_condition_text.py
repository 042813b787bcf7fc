"""Conditions described in words."""

import pytest

from assessments.definition import parse
from assessments.runner.condition_text import all_words, when_to_answer
from tests.assessments.small import SMALL, small, with_tried

DEFINITION = parse(SMALL)
SCORE = {"score": "reach"}


def words(*conditions):
    """The clause for these conditions, as a notice of the small self-check."""
    notice = {"key": "made", "rule": [list(conditions)], "text": "-"}
    definition = parse(small(notices=[notice]))
    return all_words(definition, definition.notice("made").rule[0])


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (
            {"answer": "touch", "in": ["knee", "toes"]},
            "your answer to “How far do you reach?” is “My knees” or “My toes”",
        ),
        (
            {"answer": "touch", "not_in": ["never"]},
            "your answer to “How far do you reach?” isn't “I do not bend”",
        ),
        (
            {"answer": "pain", "at_least": 3},
            "your answer to “How much does it hurt?” is 3 or more",
        ),
        (
            {"answer": "pain", "at_most": 3},
            "your answer to “How much does it hurt?” is 3 or less",
        ),
        (
            {"answer": "pain", "at_least": 3, "at_most": 5},
            "your answer to “How much does it hurt?” is from 3 to 5",
        ),
        (
            {"answer": "pain", "at_least": 3, "at_most": 3},
            "your answer to “How much does it hurt?” is 3",
        ),
        (SCORE | {"unmeasured": True}, "“Reach” isn't checked yet"),
        (SCORE | {"below": 60}, "your “Reach” score is below 60"),
        (SCORE | {"at_least": 60}, "your “Reach” score is 60 or more"),
        (
            SCORE | {"at_least": 20, "below": 60},
            "your “Reach” score is 20 or more, but below 60",
        ),
        (
            {"any_score": True, "confidence_in": ["low", "none"]},
            "at least one area is based on a few of the questions or not checked yet",
        ),
    ],
)
def test_condition_reads_as_a_clause(condition, expected):
    assert words(condition) == expected


def test_conditions_are_joined_with_and():
    both = words(SCORE | {"below": 60}, {"answer": "pain", "at_most": 3})

    assert both == (
        "your “Reach” score is below 60, and your answer to “How much does it hurt?” is 3 or less"
    )


def shown_if(*conditions):
    """When to answer the last question, if it had these conditions."""
    questions = [dict(question) for question in SMALL["questions"]]
    questions[-1]["show_if"] = list(conditions)
    definition = parse(small(questions=questions))
    return when_to_answer(definition, definition.questions[-1])


def test_unconditional_question_has_no_text():
    assert when_to_answer(DEFINITION, DEFINITION.question("touch")) == ""


def test_not_in_conditions_read_as_when_to_skip():
    assert shown_if(
        {"answer": "touch", "not_in": ["never"]}, {"answer": "lifts", "not_in": ["nothing"]}
    ) == (
        "Skip this if your answer to “How far do you reach?” is “I do not bend”, "
        "or if your answer to “What do you lift?” is “Nothing”."
    )


def test_other_conditions_read_as_when_to_answer():
    assert shown_if(
        {"answer": "touch", "not_in": ["never"]}, {"answer": "pain", "at_least": 3}
    ) == (
        "Answer this if your answer to “How far do you reach?” isn't “I do not bend”, "
        "and your answer to “How much does it hurt?” is 3 or more."
    )


def test_conditions_on_several_answers_speak_of_all_of_them():
    conditions = [
        {"answer": "tried", "in": ["rolling", "stretching"]},
        {"answer": "tried", "not_in": ["nothing"]},
    ]
    notice = {"key": "made", "rule": [conditions], "text": "-"}
    definition = parse(with_tried() | {"notices": [notice]})

    assert all_words(definition, definition.notice("made").rule[0]) == (
        "to “What have you tried?” you answered “Stretching” or “A foam roller”, "
        "and to “What have you tried?” you answered without “Nothing yet”"
    )
