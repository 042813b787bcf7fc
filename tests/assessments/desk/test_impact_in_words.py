"""What would change, in words: safety first, and no number that's too small."""

import pytest

from assessments.desk.impact_in_words import impact_in_words
from assessments.publishing.impact import CaseImpact, ChangedResult, Impact

MOBILITY, STRENGTH, LOAD, STOP = "Mobility", "Strength", "New load", "Stop and get seen"


def told(looked_at, *moved, unknown=0, ask_first=0, ask_no_more=0):
    results = tuple(
        ChangedResult(before, after, count, before == STOP, after == STOP)
        for before, after, count in moved
    )
    stayed = looked_at - unknown - sum(each.count for each in results)
    cases = CaseImpact((), ())
    return impact_in_words(
        Impact(looked_at, stayed, unknown, results, ask_first, ask_no_more, cases)
    )


def test_changes_are_told_with_the_most_frequent_first():
    would = told(1000, (MOBILITY, STRENGTH, 22), (LOAD, STRENGTH, 15))

    assert would.summary == (
        "Of the last 1,000 runners, 37 would get another result: 22 from “Mobility” to “Strength”, "
        "15 from “New load” to “Strength”."
    )
    assert would.safety == []
    assert would.figure.rows == [(MOBILITY, STRENGTH, "22"), (LOAD, STRENGTH, "15")]


def test_who_would_be_stopped_stands_first():
    would = told(1000, (MOBILITY, STRENGTH, 22), (STOP, LOAD, 9), (STRENGTH, STOP, 7), ask_first=12)

    assert would.safety == [
        "7 would be stopped for safety, and weren't before.",
        "9 were stopped for safety, and wouldn't be anymore.",
        "12 would have to ask a PT or doctor first, and didn't before.",
    ]
    assert [row[:2] for row in would.figure.rows] == [
        (STRENGTH, STOP), (STOP, LOAD), (MOBILITY, STRENGTH),
    ]  # fmt: skip
    assert "Outlined: stopped for safety, and not before." in would.figure.key


@pytest.mark.parametrize(
    ("moved", "summary", "shown"),
    [
        ([3], "Of the last 1,000 runners, some would get another result.", None),
        (
            [20, 3],  # the 3 must not follow from the 23
            "Of the last 1,000 runners, 23 would get another result.",
            None,
        ),
        (
            [30, 20, 3],
            "Of the last 1,000 runners, 53 would get another result: 30 from “Mobility” to “0”, "
            "and more.",
            ["30", "not shown", "not shown"],
        ),
        ([2, 1], "Of the last 1,000 runners, some would get another result.", None),
        (
            [900, 97],  # nor the 3 who keep theirs
            "Of the last 1,000 runners, some would get another result: 900 from “Mobility” to “0”, "
            "and more.",
            ["900", "not shown"],
        ),
    ],
)
def test_small_numbers_are_neither_shown_nor_given_away(moved, summary, shown):
    would = told(1000, *((MOBILITY, str(index), count) for index, count in enumerate(moved)))

    assert would.summary == summary
    assert (would.figure and [row[2] for row in would.figure.rows]) == shown


def test_the_only_hidden_number_of_those_stopped_does_not_follow_from_their_sum():
    would = told(1000, (MOBILITY, STOP, 10), (STRENGTH, STOP, 2), (LOAD, STRENGTH, 9))

    assert would.safety == ["Some would be stopped for safety, and weren't before."]


def test_few_answers_are_not_told_apart():
    would = told(4, (MOBILITY, STRENGTH, 1))

    assert would.summary == (
        "Some would get another result. Fewer than 5 runners have answered, so that's all we tell."
    )
    assert would.figure is None


def test_nothing_changes():
    would = told(12, unknown=6)

    assert would.summary == "Of the last 12 runners, no one would get another result."
    assert would.unknown == (
        "6 don't count here: the draft asks something that they weren't asked."
    )
