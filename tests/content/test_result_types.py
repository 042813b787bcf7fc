"""The default self-check tells the article's readers apart: no result type takes nearly all of
them, and each takes some."""

import json

import pytest

from assessments.definition import parse
from assessments.scoring import score
from tests.support.readers import GROUPS, answer_sets
from tests.support.result_shares import CONTENT, flipping, outcome, shares, type_shares

DEFINITION = parse(json.loads(CONTENT.read_text(encoding="utf-8")))
MOST, FEWEST = 45, 3  # percent
NEEDS_A_CHECK = {"activation_first"}
"""Result types that only an extra check leads to."""


@pytest.mark.parametrize(
    ("group", "without"),
    [("readers with checks", set()), ("readers without checks", NEEDS_A_CHECK)],
)
def test_no_result_type_takes_nearly_all_readers_or_nearly_none(group, without):
    found = type_shares(DEFINITION, GROUPS[group], 6000)

    assert set(found) == {profile.key for profile in DEFINITION.profiles} - without
    assert max(found.values()) <= MOST
    assert min(found.values()) >= FEWEST


@pytest.mark.parametrize("weights", [group.weights for group in GROUPS.values()])
def test_weights_name_every_answer(weights):
    assert {key: set(options) for key, options in weights.items()} == {
        question.key: {choice.key for choice in question.choices}
        or set(range(question.minimum, question.maximum + 1))
        for question in DEFINITION.questions
        if question.kind != "several"
    }


def test_made_up_runners_can_be_scored():
    found = answer_sets(DEFINITION, GROUPS["all runners"], 200)

    assert {score(DEFINITION, answers, ["none"]).guide for answers in found} == {
        "now", "never", "after_clearance",
    }  # fmt: skip


def test_runners_whose_result_one_answer_would_change_are_counted():
    [case] = [case for case in DEFINITION.cases if case.name.startswith("Knees is just short")]
    came_out = outcome(DEFINITION, case.answers)

    assert came_out == "mobility_first"
    assert "reach" in flipping(DEFINITION, case.answers, came_out)
    assert "relief" not in flipping(DEFINITION, case.answers, came_out)
    assert 50 < shares(DEFINITION, GROUPS["all runners"], 50).flips <= 100
