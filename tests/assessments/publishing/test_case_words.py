"""Cases in words."""

from assessments.publishing.case_words import CaseWords, case_in_words, outcome_in_words
from tests.assessments.small import STRETCHES, caring

DATA = caring()


def test_a_case_reads_as_its_questions_and_what_must_come_out():
    assert case_in_words(STRETCHES | {"safety": ["fall", "young"]}, DATA) == CaseWords(
        name="Stretches",
        answers=(
            ("What have you tried?", "Stretching, A foam roller"),
            ("How far do you reach?", "My toes"),
            ("How much does it hurt?", "3"),
            ("What do you lift?", "Weights"),
        ),
        checked=("I had a fall.", "I am under 18."),
        expected=(
            "Safety level: none",
            "Result type: “Ready to lift”",
            "Measured: “Reach”",
            "Extra advice: “Mind the pain.”",
            "Without the advice: “Only short runs.”",
        ),
    )


def test_what_is_gone_is_told_by_its_key():
    case = STRETCHES | {
        "answers": {"tea": "green", "touch": "moon"},
        "safety": ["gone"],
        "expect": {"level": "gone", "unmeasured": ["gone"]},
    }

    words = case_in_words(case, DATA)

    assert words.answers == (
        ("“tea”, which isn't asked anymore", "green"),
        ("How far do you reach?", "moon"),
    )
    assert words.checked == ("gone",)
    assert words.expected == ("Safety level: “gone”", "Not measured: “gone”")


def test_long_advice_is_cut():
    data = caring(notices=[{"key": "long", "rule": [[]], "text": "word\n" * 40}])

    [line] = outcome_in_words({"notices": ["long"]}, data)

    assert line == f"Extra advice: “{'word ' * 15}word…”"
