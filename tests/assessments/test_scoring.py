"""Scoring: the worked examples, and cases that they don't cover."""

from copy import deepcopy

import pytest

from assessments.definition import Confidence, parse
from assessments.scoring import (
    AnswersError,
    Move,
    PointsSum,
    ScoreChange,
    ScoringStep,
    compare,
    open_checks,
    score,
)
from assessments.scoring.comparing import _change
from assessments.scoring.results import DimensionScore
from assessments.scoring.sums import confidence_of, dimension_score, percent, rounded
from tests.assessments.small import small
from tests.support.first_edition import DATA, DEFINITION, VECTORS


def cases(section):
    return [pytest.param(case, id=case["id"]) for case in VECTORS[section]]


@pytest.mark.parametrize("case", cases("examples"))
def test_worked_example(case):
    result = score(DEFINITION, case["answers"], case["safety"])

    assert result.expect() == case["expect"]


@pytest.mark.parametrize("case", cases("invalid"))
def test_invalid_input_is_rejected(case):
    with pytest.raises(AnswersError) as refused:
        score(DEFINITION, case["answers"], case["safety"])

    assert {"errors": list(refused.value.errors)} == case["expect"]


@pytest.mark.parametrize("case", cases("retests"))
def test_retest(case):
    comparison = compare(DEFINITION, case["before"], case["after"])

    assert comparison.expect() == case["expect"]


def example(key):
    return next(case for case in VECTORS["examples"] if case["id"] == key)


def scored(key, **changes):
    case = example(key)
    return score(DEFINITION, case["answers"] | changes, case["safety"])


def errors_of(call, *arguments):
    with pytest.raises(AnswersError) as refused:
        call(DEFINITION, *arguments)
    return refused.value.errors


@pytest.mark.parametrize(
    ("safety", "errors"),
    [
        (None, ("safety:required",)),
        ("night", ("safety:invalid",)),
        ({"night": True}, ("safety:invalid",)),
        ([["night"]], ("safety:unknown:(list)",)),
        (["nausea", "cough"], ("safety:unknown:cough", "safety:unknown:nausea")),
        (["none", "nausea"], ("safety:none_with_others",)),
        (["saddle", "nausea"], ("safety:unknown:nausea",)),
    ],
)
def test_invalid_safety_list_is_rejected_first(safety, errors):
    assert errors_of(score, {"reach": "elbows"}, safety) == errors


def test_duplicate_none_counts_once():
    assert score(DEFINITION, example("V01")["answers"], ["none", "none"]).safety_level is None


@pytest.mark.parametrize("answers", [None, [], "reach", 5])
def test_answers_must_be_a_mapping(answers):
    assert errors_of(score, answers, ["none"]) == ("answers:invalid",)


@pytest.mark.parametrize("answer", ["11", -1, 2.0, True, [2], {"a": 2}, float("nan")])
def test_invalid_scale_answers(answer):
    answers = example("V01")["answers"] | {"worst_pain": answer}

    assert errors_of(score, answers, ["none"]) == ("worst_pain:invalid",)


def test_missing_answers_are_errors_at_a_non_stopping_level():
    answers = {key: value for key, value in example("V14")["answers"].items() if key != "reach"}

    assert errors_of(score, answers, ["needs_clearance"]) == ("reach:required",)


def test_derived_level_outranks_a_lower_ticked_one():
    result = score(DEFINITION, {"worst_pain": 6}, ["needs_clearance"])

    assert (result.safety_level, result.guide) == ("clinician", "never")
    assert [item.key for item in result.trace.safety] == ["needs_clearance"]
    assert [derived.why for derived in result.trace.derived] == [
        "worst pain of 6 or more out of 10 in the last 7 days"
    ]


def test_stop_has_no_scores():
    result = scored("V24")

    assert result.stopped
    assert (result.trace.steps, result.trace.profiles) == ((), ())


def test_trace_lists_points_by_answer():
    steps = {step.question: step for step in scored("V01").trace.steps}

    assert steps["reach"] == ScoringStep("reach", "ankle", (Move("mobility", 1, 9),))
    assert steps["hamstring_feel"].moves == (Move("mobility", 0, 1), Move("activation", 1, 4))
    assert steps["hip_check"] == ScoringStep("hip_check", None, ())


def test_skipped_answer_has_no_points_in_the_trace():
    steps = {step.question: step for step in scored("V05").trace.steps}

    assert steps["reach"] == ScoringStep("reach", "skipped", ())


def test_trace_contains_score_sums():
    tallies = scored("V01").trace.tallies

    assert tallies["mobility"] == PointsSum(need=1, top=10, coverage=59)


def test_trace_explains_which_rule_applied():
    tried = scored("V08").trace.profiles

    assert [(step.profile, step.held) for step in tried] == [
        ("fresh_load", False),
        ("mobility_first", False),
        ("activation_first", False),
        ("strength_gap", True),
    ]
    assert [
        [tested.held for tested in alternative.conditions] for alternative in tried[0].alternatives
    ] == [[False, True]]
    assert tried[3].alternatives[0].conditions[0].condition.below == 70


def test_no_matching_rule_means_no_profile():
    data = deepcopy(DATA)
    data["profiles"] = data["profiles"][:1]
    result = score(parse(data), example("V08")["answers"], ["none"])

    assert (result.profile, result.start_phase, result.total) == (None, None, 67)


@pytest.mark.parametrize(
    ("numerator", "denominator", "quotient"),
    [(0, 3, 0), (1, 3, 0), (1, 2, 1), (2, 3, 1), (3, 2, 2), (5, 2, 3), (7, 1, 7), (49, 100, 0)],
)
def test_quotients_are_rounded_half_up(numerator, denominator, quotient):
    assert rounded(numerator, denominator) == quotient


@pytest.mark.parametrize(
    ("coverage", "confidence"),
    [(100, "high"), (80, "high"), (79, "medium"), (50, "medium"), (25, "low"), (24, "none")],
)
def test_confidence_is_the_first_threshold_reached(coverage, confidence):
    assert confidence_of(coverage, DEFINITION.confidence) == confidence


def test_percent_of_zero_is_zero():
    assert (percent(0, 0), percent(0, 1), percent(1, 1)) == (0, 0, 100)


@pytest.mark.parametrize(
    ("points", "low", "scored"),
    [
        (PointsSum(need=0, top=0, coverage=0), 25, DimensionScore(None, "none")),
        (PointsSum(need=0, top=4, coverage=24), 25, DimensionScore(None, "none")),
        (PointsSum(need=0, top=4, coverage=25), 25, DimensionScore(100, "low")),
        (PointsSum(need=3, top=4, coverage=100), 25, DimensionScore(25, "high")),
        (PointsSum(need=0, top=0, coverage=0), 0, DimensionScore(None, "low")),
    ],
)
def test_a_score_needs_points_and_enough_confidence(points, low, scored):
    assert dimension_score(points, Confidence(high=80, medium=50, low=low)) == scored


@pytest.mark.parametrize(
    ("before", "after", "label"),
    [(50, 60, "better"), (50, 59, "same"), (50, 41, "same"), (50, 40, "worse")],
)
def test_change_requires_ten_points(before, after, label):
    data = deepcopy(DATA)
    points = [{"from": step, "to": step, "points": {"mobility": 100 - step}} for step in range(101)]
    data["questions"][3] |= {"maximum": 100, "bands": points}
    data["safety"]["derived"] = []
    data["questions"] = [data["questions"][3]]
    data["notices"], data["profiles"] = [], data["profiles"][-1:]

    comparison = compare(parse(data), {"worst_pain": before}, {"worst_pain": after})

    assert comparison.dimensions["mobility"] == ScoreChange(before, after, label)


@pytest.mark.parametrize(("before", "after"), [(5, None), (None, 5), (None, None)])
def test_dimension_measured_once_is_not_compared(before, after):
    assert _change(before, after) == ScoreChange(before, after, "not_comparable")


@pytest.mark.parametrize(
    ("before", "after", "direction"),
    [("knee", "ankle", "better"), ("ankle", "knee", "worse"), ("knee", "knee", None)],
)
def test_answer_with_fewer_points_is_better(before, after, direction):
    answers = example("V01")["answers"]

    comparison = compare(DEFINITION, answers | {"reach": before}, answers | {"reach": after})

    assert [move.direction for move in comparison.moved if move.question == "reach"] == (
        [direction] if direction else []
    )


def test_errors_of_both_visits_are_reported_together():
    answers = example("V01")["answers"]

    assert errors_of(compare, answers | {"reach": "elbows"}, answers | {"shoe": "red"}) == (
        "before:reach:invalid",
        "after:shoe:unknown",
    )


def test_dimension_with_a_skipped_check_is_not_comparable():
    before = example("V01")["answers"]

    mobility = compare(DEFINITION, before, before | {"reach": "skipped"}).dimensions["mobility"]

    assert mobility == ScoreChange(None, None, "not_comparable")


VALID = {"touch": "knee", "pain": 3, "lifts": "nothing", "bridge": "glute"}


def with_tried(**changes):
    choices = [{"key": key, "label": key, "points": {}} for key in ("stretching", "rolling")]
    choices.append({"key": "nothing", "label": "nothing", "points": {}, "alone": True})
    question = {"key": "tried", "kind": "several", "text": "Tried?", "choices": choices} | changes
    rules = {
        "held": [[{"answer": "tried", "in": ["rolling", "nothing"]}]],
        "not_held": [[{"answer": "tried", "not_in": ["rolling", "nothing"]}]],
    }
    notices = [{"key": key, "rule": rule, "text": key} for key, rule in rules.items()]
    data = small(notices=notices)
    return parse(data | {"questions": [*data["questions"], question]})


@pytest.mark.parametrize(
    ("tried", "notices"),
    [
        (["stretching"], ("not_held",)),
        (["rolling", "stretching"], ("held",)),
        (["nothing"], ("held",)),
        ([], ()),
        (None, ()),
        ("", ()),
    ],
)
def test_one_of_several_answers_meets_a_condition(tried, notices):
    answers = VALID | {"tried": tried}

    assert score(with_tried(optional=True), answers, ["none"]).notices == notices


@pytest.mark.parametrize(
    ("tried", "error"),
    [
        ([], "required"),
        (["nothing", "rolling"], "invalid"),
        ("rolling", "invalid"),
        ([["rolling"]], "invalid"),
    ],
)
def test_several_answers_must_go_together(tried, error):
    with pytest.raises(AnswersError) as refused:
        score(with_tried(), VALID | {"tried": tried}, ["none"])

    assert refused.value.errors == (f"tried:{error}",)


def test_several_answers_move_no_score():
    definition = with_tried()

    result = score(definition, VALID | {"tried": ["rolling"]}, ["none"])

    assert result.answers["tried"] == ("rolling",)
    assert result.trace.steps[-1].moves == ()


@pytest.mark.parametrize(
    ("changes", "dimension", "keys"),
    [
        ({}, "power", []),
        ({"bridge": ""}, "power", ["bridge"]),
        ({"bridge": ""}, "reach", []),
        ({"touch": "never"}, "reach", ["touch"]),
    ],
)
def test_open_checks_are_skipped_or_answered_without_points(changes, dimension, keys):
    definition = parse(small())
    result = score(definition, VALID | changes, ["none"])

    assert [question.key for question in open_checks(definition, result, dimension)] == keys


def test_an_answer_without_points_closes_a_check():
    data = small()
    data["questions"][0]["choices"][2]["points"] = {}
    definition = parse(data)

    result = score(definition, VALID | {"touch": "never"}, ["none"])

    assert result.dimensions["reach"].score is None
    assert open_checks(definition, result, "reach") == ()


def test_who_had_to_be_cleared_is_offered_no_checks():
    definition = parse(small())

    result = score(definition, VALID | {"touch": "never"}, ["young"])

    assert result.dimensions["reach"].score is None
    assert open_checks(definition, result, "reach") == ()


def test_a_stopped_result_has_no_open_checks():
    definition = parse(small())

    assert open_checks(definition, score(definition, {}, ["fall"]), "power") == ()


@pytest.mark.parametrize(
    ("answer", "error"), [("", "required"), (None, "required"), ([], "invalid")]
)
def test_an_empty_list_answers_only_a_question_with_several_answers(answer, error):
    answers = example("V01")["answers"] | {"reach": answer}

    assert errors_of(score, answers, ["none"]) == (f"reach:{error}",)
