"""How close a result was to another one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.definition import parse
from assessments.scoring import AnswersError, Flip, NearMiss, flips, near_misses, score
from assessments.scoring.single import profile_of
from tests.assessments.small import SMALL, small
from tests.assessments.strategies import definitions, full_answers

DEFINITION = parse(SMALL)


def scored(definition=DEFINITION, safety="none", **answers):
    return score(definition, {"lifts": "nothing", **answers}, [safety])


@pytest.mark.parametrize(
    ("pain", "safety", "found"),
    [
        (6, "none", ()),
        (7, "none", (NearMiss("pain", 1),)),
        (7, "young", (NearMiss("pain", 1),)),
        (8, "none", ()),
    ],
)
def test_next_point_on_a_scale_can_reach_a_higher_level(pain, safety, found):
    assert near_misses(DEFINITION, scored(touch="knee", pain=pain, safety=safety)) == found


def test_a_point_less_can_reach_a_higher_level_too():
    data = small()
    data["safety"]["derived"][0]["when"] = [{"answer": "pain", "at_most": 1}]
    definition = parse(data)

    assert near_misses(definition, scored(definition, touch="knee", pain=2)) == (
        NearMiss("pain", -1),
    )


def test_a_lower_level_is_no_near_miss():
    data = small()
    data["safety"]["derived"][0] |= {"level": "wait"}
    definition = parse(data)

    assert near_misses(definition, scored(definition, "young", touch="knee", pain=7)) == ()


def test_neighboring_answers_that_flip_the_result_type_are_found():
    assert flips(DEFINITION, scored(touch="knee", pain=2)) == (Flip("touch", "toes", "ready"),)
    assert flips(DEFINITION, scored(touch="toes", pain=2)) == (Flip("touch", "knee", "stiff"),)


def test_a_check_that_was_not_done_has_no_neighbors():
    assert flips(DEFINITION, scored(touch="never", pain=2)) == ()


def test_conditions_on_a_scale_flip_the_result_type_at_their_limit():
    assert flips(DEFINITION, scored(touch="never", pain=3)) == (Flip("pain", 4, "ready"),)
    assert flips(DEFINITION, scored(touch="never", pain=4)) == (Flip("pain", 3, "stiff"),)


def test_a_neighbor_that_stops_or_asks_more_is_no_flip():
    data = small()
    data["profiles"][0]["rule"] = [[{"answer": "pain", "at_most": 7}]]
    definition = parse(data)
    assert flips(definition, scored(definition, touch="knee", pain=7)) == ()

    data["questions"][2]["show_if"] = [{"answer": "touch", "in": ["toes"]}]
    data["profiles"][0]["rule"] = [[{"answer": "touch", "in": ["knee"]}]]
    definition = parse(data)
    result = score(definition, {"touch": "knee", "pain": 2}, ["none"])
    assert flips(definition, result) == ()


def test_a_stopped_result_is_close_to_nothing():
    result = scored(touch="knee", pain=9)

    assert (flips(DEFINITION, result), near_misses(DEFINITION, result)) == ((), ())


@given(st.data())
def test_flips_are_what_scoring_says(data):
    definition = data.draw(definitions())
    result = score(definition, data.draw(full_answers(definition)), ["none"])
    if not result.profile:
        return

    found = flips(definition, result)

    assert profile_of(definition, result.answers) == result.profile
    for flip in found:
        changed = score(definition, {**result.answers, flip.question: flip.answer}, ["none"])
        assert changed.profile == flip.profile != result.profile


def with_neighbors(definition, answers):
    """These answers with one of them changed to the next number on its scale."""
    for key, answer in answers.items():
        for step in (-1, 1):
            if definition.question(key).kind == "scale" and definition.question(key).option(
                answer + step
            ):
                yield key, answer + step


@given(st.data())
def test_no_flip_on_a_scale_is_missed(data):
    definition = data.draw(definitions())
    result = score(definition, data.draw(full_answers(definition)), ["none"])
    if not result.profile:
        return
    found = {(flip.question, flip.answer): flip.profile for flip in flips(definition, result)}

    for key, answer in with_neighbors(definition, result.answers):
        try:
            changed = score(definition, {**result.answers, key: answer}, ["none"])
        except AnswersError:
            continue
        if changed.profile not in {None, result.profile}:
            assert found[key, answer] == changed.profile
