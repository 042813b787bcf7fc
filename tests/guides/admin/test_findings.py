"""Findings about a guide, in the PT's words and with a page to mend them."""

import pytest

from assessments.checker import Finding
from guides.admin.findings import placed
from guides.models import Guide, Plan, PlanBlock
from guides.publishing.services import guide_overview
from tests.assessments.factories import ProfileFactory
from tests.guides.factories import (
    EmailTextFactory,
    GuideFactory,
    PlanStepFactory,
    ReferenceFactory,
    SharedRulesFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def guide() -> Guide:
    SharedRulesFactory.create()
    guide = GuideFactory.create(title="Strong hips")
    profile = ProfileFactory.create(assessment=guide.assessment, key="stiff", title="Stiff")
    PlanStepFactory.create(block__plan__profile=profile, exercise__name="Rock")
    ReferenceFactory.create(guide=guide)
    return guide


@pytest.mark.parametrize(
    ("where", "name"),
    [
        ("guide", "Guide “Strong hips”"),
        ("secret.text", "Guide “Strong hips”, the secret"),
        ("introduction[1]", "Guide “Strong hips”, introduction, line 2"),
        ("references[0].url", "Guide “Strong hips”, source 1, address"),
        ("phases[1].text", "Guide “Strong hips”, phase 2, text"),
        ("emails.guide.body[2]", "Guide “Strong hips”, the email that brings the guide, body, line 3"),
        ("exercises[0].steps[1]", "Exercise “Rock”, steps, line 2"),
        ("exercises[0].dose.rest_seconds", "Exercise “Rock”, rest, in seconds"),
        ("profiles[0].plan", "Plan “Two weeks”"),
        ("profiles[0].plan.running", "Plan “Two weeks”, running during the plan"),
        ("profiles[0].plan.blocks[0].goal", "Plan “Two weeks”, weeks 1 to 2, goal"),
        ("profiles[0].plan.blocks[0].exercises", "Plan “Two weeks”, weeks 1 to 2, exercises"),
        (
            "profiles[0].plan.blocks[0].exercises[0].dose",
            "Plan “Two weeks”, weeks 1 to 2, “Rock”, how much",
        ),
        ("shared_rules.progress.mobility", "Rules for all exercises, harder mobility"),
    ],
)  # fmt: skip
def test_places_are_named_as_their_pages_name_them(guide: Guide, where: str, name: str) -> None:
    [found] = placed(guide, [Finding("error", "incomplete", where, "must not be empty.")])

    assert found.name == name


def test_weeks_lead_to_their_own_page(guide: Guide) -> None:
    where = "profiles[0].plan.blocks[0].exercises"
    [found] = placed(guide, [Finding("error", "incomplete", where, "must not be empty.")])

    weeks = PlanBlock.objects.get()
    assert found.address == f"/admin/guides/planblock/{weeks.pk}/change/"


@pytest.mark.parametrize(
    ("weeks", "said"),
    [
        (2, []),
        (3, ["It says 3 weeks, but there's nothing to do in week 3. "]),
        (5, ["It says 5 weeks, but there's nothing to do in weeks 3, 4 and 5. "]),
    ],
)
def test_weeks_without_anything_to_do_are_a_warning(
    guide: Guide, weeks: int, said: list[str]
) -> None:
    Plan.objects.update(weeks=weeks)
    EmailTextFactory.create(guide=guide, kind="follow_up")

    findings = [
        finding.message
        for finding in guide_overview(guide=guide)[1]
        if finding.code == "weeks_left_open"
    ]

    how = "Add what's missing, or change its number of weeks."
    assert findings == [f"{line}{how}" for line in said]
