"""A changed rubric is shown by the cases that it changes."""

import pytest

from assessments.models import Points
from assessments.publishing.impact import assessment_impact, case_impact
from assessments.publishing.services import assessment_load
from tests.assessments.browser import address, change
from tests.assessments.factories import CaseFactory, ConditionFactory, QuestionFactory
from tests.assessments.small import STRETCHES, caring

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(db):
    loose = STRETCHES | {"expect": {"level": "none"}}
    return assessment_load(data=caring(cases=[loose])).assessment


def lines(draft):
    """How the cases change, by name."""
    impact = case_impact(assessment=draft)
    return {str(changed.case): changed.lines for changed in impact.changed}


def toes_are_far(draft):
    Points.objects.filter(choice__key="toes").update(value=4)


def test_unchanged_draft_changes_no_case(draft):
    assert lines(draft) == {}


def test_other_result_type_is_told_even_if_the_case_still_holds(draft):
    toes_are_far(draft)

    assert lines(draft) == {"Stretches": ("Result type: “Ready to lift” becomes “Reach first”",)}


def test_other_level_is_told_without_the_scores_that_it_takes_away(draft):
    rule = draft.derived_safety.get().conditions
    rule.update(at_least=2)

    assert lines(draft) == {
        "Stretches": (
            "Safety level: none becomes “Get help now”",
            "Result type: “Ready to lift” becomes none",
        )
    }


def test_areas_and_advice_are_told(draft):
    Points.objects.filter(choice__key="toes").update(value=None)
    draft.notices.get(key="sore").conditions.update(at_least=4)
    draft.notices.get(key="easy").conditions.update(at_least=3)

    assert lines(draft) == {
        "Stretches": (
            "Result type: “Ready to lift” becomes “Reach first”",
            "Not measured anymore: “Reach”",
            "Advice gone: “Mind the pain.”",
            "New advice: “Only short runs.”",
        )
    }


def test_other_words_change_no_case(draft):
    draft.profiles.update(title="Other")
    draft.notices.update(text="Other")

    assert lines(draft) == {}


def test_new_question_does_not_hide_what_changes(draft):
    question = QuestionFactory(assessment=draft, text="One more?", optional=True)
    question.choices.create(label="Yes")
    toes_are_far(draft)

    assert list(lines(draft)) == ["Stretches"]


def test_case_that_the_live_version_cannot_score_is_named(draft):
    CaseFactory(assessment=draft, name="Says little", safety=["none"], answers=[["pain", 3]])

    impact = case_impact(assessment=draft)

    assert [str(case) for case in impact.unknown] == ["Says little"]


def test_case_about_what_only_the_draft_asks_is_scored_with_both(draft):
    question = QuestionFactory(assessment=draft, text="Do you sit?")
    yes = question.choices.create(label="Yes")
    condition = ConditionFactory(
        profile=None,
        notice=draft.notices.get(key="easy"),
        kind="in",
        question=question,
        alternative=2,
    )
    condition.picks.create(choice=yes)
    case = draft.cases.get()
    case.answers = [*case.answers, [question.key, yes.key]]
    case.save()

    assert lines(draft) == {"Stretches": ("New advice: “Only short runs.”",)}


def test_nothing_to_compare_without_a_live_version_or_a_finished_draft(draft):
    QuestionFactory(assessment=draft, text="No answers yet")
    assert case_impact(assessment=draft) is None

    draft.questions.get(text="No answers yet").delete()
    assert assessment_impact(assessment=draft).cases.changed == ()


@pytest.mark.parametrize("kind", ["publish", "impact"])
def test_pages_before_publishing_list_them(admin_client, draft, kind):
    at = address("assessment", kind, draft.pk)
    assert "Cases that come out differently" not in admin_client.get(at).content.decode()
    toes_are_far(draft)

    html = admin_client.get(at).content.decode()

    assert f'<a href="{change(draft.cases.get())}">Stretches</a>' in html
    assert "<li>Result type: “Ready to lift” becomes “Reach first”</li>" in html
