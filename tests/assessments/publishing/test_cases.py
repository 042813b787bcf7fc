"""Cases: running them, and keeping answers with what came out."""

import pytest

from assessments.checker import case_failures
from assessments.definition import parse
from assessments.publishing.cases import (
    CasesNow,
    case_keep,
    case_result,
    case_runs,
    cases_answer,
    cases_now,
    cases_unanswered,
    outcome,
)
from assessments.publishing.drafts import AssessmentDraft
from assessments.publishing.services import assessment_load
from assessments.scoring import score
from tests.assessments.factories import CaseFactory, QuestionFactory
from tests.assessments.small import STRETCHES, caring

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(db):
    return assessment_load(data=caring()).assessment


def test_each_case_is_run_with_the_draft(draft):
    CaseFactory(assessment=draft, name="Says nothing", profile="stiff")

    runs = case_runs(AssessmentDraft(draft))

    assert {name: len(run.failures) for name, run in runs.items()} == {
        "Stretches": 0,
        "Says nothing": 3,
    }


def test_cases_of_an_incomplete_draft_are_told_but_not_run(draft):
    QuestionFactory(assessment=draft, text="No answers yet")

    [run] = case_runs(AssessmentDraft(draft)).values()

    assert (run.words.name, run.failures) == ("Stretches", None)


def test_draft_without_cases_has_no_runs(draft):
    draft.cases.all().delete()

    assert case_runs(AssessmentDraft(draft)) == {}


def test_cases_are_told_apart_by_what_comes_out_now(draft):
    nothing = CaseFactory(assessment=draft, name="Says nothing", profile="stiff")
    fits = draft.cases.get(name="Stretches")

    now = cases_now(AssessmentDraft(draft))

    assert [(case, len(how)) for case, how in now.different] == [(nothing, 3)]
    assert (now.as_they_must, now.untold, now.count) == ((fits,), (), 2)


def test_nobody_can_tell_what_comes_out_of_an_incomplete_draft(draft):
    QuestionFactory(assessment=draft, text="No answers yet")

    assert cases_now(AssessmentDraft(draft)) == CasesNow(untold=(draft.cases.get(),))


def test_outcome_of_a_result_is_what_a_case_expects():
    definition = parse(caring())

    assert outcome(score(definition, STRETCHES["answers"], ["none"])) == {
        "level": "none",
        "profile": "ready",
        "measured": ["reach", "power"],
        "unmeasured": [],
        "notices": ["sore"],
    }
    assert outcome(score(definition, {}, ["fall"])) == {
        "level": "stop",
        "profile": "none",
        "measured": [],
        "unmeasured": [],
        "notices": [],
    }


def test_answers_that_do_not_fit_have_no_result():
    gone = STRETCHES | {"answers": {"touch": "gone"}}
    definition = parse(caring(cases=[STRETCHES, gone | {"name": "Gone"}]))

    results = [case_result(definition, case) for case in definition.cases]

    assert [result and result.profile for result in results] == ["ready", None]


@pytest.mark.parametrize("safety", [["none"], ["young"], ["fall"]])
def test_what_is_kept_comes_out_again(draft, safety):
    before = AssessmentDraft(draft).content
    answers = STRETCHES["answers"] | {"touch": "never"}
    del answers["lifts"]

    case_keep(
        assessment=draft,
        name="Kept",
        answers=answers,
        safety=safety,
        result=score(before, answers, safety),
    )

    kept = AssessmentDraft(draft).content.cases[-1]
    assert (kept.name, dict(kept.answers)["tried"]) == ("Kept", ("stretching", "rolling"))
    assert case_failures(before, kept) == []


def test_cases_that_lack_an_answer_to_a_new_question_all_get_it(draft):
    draft.cases.create(name="Stopped", safety=["fall"], level="stop")
    question = QuestionFactory(assessment=draft, text="Do you sit a lot?", kind="choice")
    for label in ("No", "Yes"):
        question.choices.create(label=label)
    before = AssessmentDraft(draft)
    lacking = cases_unanswered(before, draft.cases.all(), question.key)

    number = cases_answer(question=question, answer=question.choices.first().key)

    assert [case.name for case in lacking] == ["Stretches"]
    assert number == 1
    stretches = draft.cases.get(name="Stretches")
    assert stretches.answers_by_question[question.key] == question.choices.first().key
    assert cases_now(AssessmentDraft(draft)).different == ()
