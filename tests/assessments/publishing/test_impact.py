"""A changed rubric is shown by the cases that it changes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.models import Points
from assessments.publishing.impact import MAX_ANSWERS, assessment_impact
from assessments.publishing.services import assessment_load, assessment_publish
from assessments.scoring import score
from assessments.selectors import edition_definition
from tests.assessments.browser import address, change
from tests.assessments.factories import (
    CaseFactory,
    ConditionFactory,
    QuestionFactory,
    SubmissionFactory,
)
from tests.assessments.small import STRETCHES, caring

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(db):
    loose = STRETCHES | {"expect": {"level": "none"}}
    return assessment_load(data=caring(cases=[loose])).assessment


def lines(draft):
    """How the cases change, by name."""
    impact = assessment_impact(assessment=draft).cases
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

    impact = assessment_impact(assessment=draft).cases

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


@pytest.mark.parametrize("kind", ["publish", "impact"])
def test_pages_before_publishing_list_them(admin_client, draft, kind):
    at = address("assessment", kind, draft.pk)
    assert "Cases that come out differently" not in admin_client.get(at).content.decode()
    toes_are_far(draft)

    html = admin_client.get(at).content.decode()

    assert f'<a href="{change(draft.cases.get())}">Stretches</a>' in html
    assert "<li>Result type: “Ready to lift” becomes “Reach first”</li>" in html


def answers(draft, count, **answered):
    """Answers of runners to the live version, with the result that they got."""
    live = draft.editions.order_by("-number").first()
    given = STRETCHES["answers"] | answered
    result = score(edition_definition(live), given, ["none"])
    SubmissionFactory.create_batch(
        count,
        edition=live,
        answers=given,
        safety=["none"],
        profile=result.profile or "",
        safety_level=result.safety_level or "",
    )


def test_who_would_be_stopped_is_told_apart_from_who_would_get_another_type(draft):
    answers(draft, 6, pain=5)
    answers(draft, 2)
    draft.derived_safety.get().conditions.update(at_least=5)
    toes_are_far(draft)

    impact = assessment_impact(assessment=draft)

    assert [(each.after, each.count, each.stopped_after) for each in impact.moved] == [
        ("Get help now", 6, True),
        ("Reach first", 2, False),
    ]
    assert (impact.looked_at, impact.stayed, impact.changed) == (8, 0, 8)


def test_a_result_that_would_wait_for_a_doctor_is_counted(draft):
    answers(draft, 6, pain=5)
    rule = draft.derived_safety.get()
    rule.conditions.update(at_least=5)
    rule.level = draft.safety_levels.get(key="wait")
    rule.save()

    impact = assessment_impact(assessment=draft)

    assert (impact.stayed, impact.ask_first, impact.ask_no_more) == (6, 6, 0)


def test_title_of_a_result_that_the_draft_no_longer_has_comes_from_the_live_version(draft):
    answers(draft, 5)
    draft.profiles.get(key="ready").delete()
    draft.profiles.get(key="stiff").conditions.all().delete()
    draft.profiles.get(key="stiff").conditions.create(kind="always")

    [moved] = assessment_impact(assessment=draft).moved

    assert (moved.before, moved.after) == ("Ready to lift", "Reach first")


def test_what_cannot_be_told_is_no_change(draft):
    answers(draft, 5)
    question = QuestionFactory(assessment=draft, text="Do you sit?")
    question.choices.create(label="Yes")

    impact = assessment_impact(assessment=draft)

    assert (impact.unknown, impact.changed, impact.moved) == (5, 0, ())


def of_answers(captured):
    return [each["sql"] for each in captured if 'FROM "assessments_submission"' in each["sql"]]


def test_newest_answers_are_read_by_index_a_version_at_a_time(draft):
    answers(draft, 3)
    draft.title = "Other"
    draft.save()
    assessment_publish(assessment=draft, user=None)
    with CaptureQueriesContext(connection) as few:
        assert assessment_impact(assessment=draft).looked_at == 3
    answers(draft, MAX_ANSWERS + 1)

    with CaptureQueriesContext(connection) as many:
        assert assessment_impact(assessment=draft).looked_at == MAX_ANSWERS

    assert len(of_answers(few)) == 2
    [asked] = of_answers(many)  # the newer version has enough
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        cursor.execute(f"{explain} {asked}")
        plan = str(cursor.fetchall())
    assert "submission_edition" in plan
    assert "TEMP B-TREE" not in plan
