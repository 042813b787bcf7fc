"""Adding checks to a result, and erasing it with them."""

import pytest

from assessments.models import Submission
from assessments.scoring import AnswersError
from assessments.selectors import submission_by_token, submission_keys_of_visit
from assessments.submissions.services import (
    submission_add,
    submission_clear,
    submission_create,
    submissions_erase,
)
from tests.assessments.small import checkable, edition_of

pytestmark = pytest.mark.django_db

ANSWERS = {"touch": "never", "pain": 2, "lifts": "weights"}


@pytest.fixture
def first():
    return submitted("none")


def submitted(*safety, edition=None, nonce="one"):
    made = submission_create(
        edition=edition or edition_of(checkable()),
        answers=ANSWERS,
        safety=safety,
        nonce=nonce,
        source="blog",
    )
    return submission_by_token(made.token)


def added(submission, **answers):
    return submission_by_token(submission_add(submission=submission, answers=answers).token)


def test_added_check_makes_a_new_result_of_the_same_runner(first):
    more = added(first, touch="toes")

    assert (more.edition, more.source, more.safety) == (first.edition, "blog", ["none"])
    assert more.added_to == first
    assert more.answers == ANSWERS | {"touch": "toes"}
    assert [row.result["dimensions"]["reach"]["score"] for row in (first, more)] == [None, 100]
    assert submission_by_token(first.token).answers == ANSWERS


def test_a_double_tap_stores_one(first):
    assert added(first, touch="toes") == added(first, touch="toes")
    assert Submission.objects.count() == 2


def test_the_same_answer_stores_nothing(first):
    assert added(first, touch="never") == first
    assert Submission.objects.count() == 1


def test_later_checks_add_to_the_first_answers(first):
    second = added(first, touch="sore")
    third = added(second, touch="knee")

    assert [second.added_to, third.added_to] == [first, first]
    tokens = [submission_by_token(row.token).newest for row in (first, second, third)]
    assert tokens == [third.token] * 3
    rows = [submission_by_token(row.token) for row in (first, second, third)]
    assert [row.superseded for row in rows] == [True, True, False]


@pytest.mark.parametrize(
    ("answers", "errors"),
    [
        ({}, ()),
        ({"touch": ""}, ("touch:required",)),
        ({"touch": "moon"}, ("touch:invalid",)),
        ({"pain": 9, "lifts": "nothing", "safety": "fall"}, ()),
    ],
)
def test_only_valid_answers_to_offered_checks_are_added(first, answers, errors):
    with pytest.raises(AnswersError) as refused:
        submission_add(submission=first, answers=answers)

    assert refused.value.errors == errors
    assert Submission.objects.count() == 1


def test_a_measured_area_takes_no_more_checks(first):
    more = added(first, touch="toes")

    with pytest.raises(AnswersError):
        submission_add(submission=more, answers={"touch": "knee"})


def test_who_had_to_be_cleared_adds_nothing():
    cleared = submitted("young")
    submission_clear(submission=cleared)

    with pytest.raises(AnswersError):
        submission_add(submission=cleared, answers={"touch": "toes"})

    assert Submission.objects.count() == 1


def test_a_stale_tab_adds_to_the_newest_answers():
    data = checkable()
    data["questions"][3]["choices"][0]["points"] = {"bridge": 0}
    data["questions"][3]["choices"][1]["points"] = {"bridge": 2}
    data["dimensions"].append({"key": "bridge", "label": "Bridge", "plain": "Lift", "weight": 0})
    first = submitted("none", edition=edition_of(data))

    added(first, touch="toes")
    both = added(first, bridge="glute")

    assert both.answers == ANSWERS | {"touch": "toes", "bridge": "glute"}
    assert both.added_to == first


@pytest.mark.parametrize("number", [0, 1, 2])
def test_erasing_one_result_erases_all_of_its_runner(first, number):
    other = submitted("none", edition=first.edition, nonce="two")
    rows = [first, added(first, touch="sore"), added(first, touch="knee")]

    assert submissions_erase(pks=[rows[number].pk]) == 3

    assert [*Submission.objects.all()] == [other]


def test_keys_of_a_visit_need_no_query_without_added_checks(first, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert submission_keys_of_visit(first) == {first.pk}

    more = added(first, touch="toes")
    assert submission_keys_of_visit(more) == {first.pk, more.pk}
    assert submission_keys_of_visit(submission_by_token(first.token)) == {first.pk, more.pk}
