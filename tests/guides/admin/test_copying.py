"""Copying guides and plans at the desk."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assessments.models import Assessment
from guides.models import Guide, GuideEdition, Plan
from guides.publishing import row_mapping
from guides.publishing.services import guide_export
from tests.assessments.browser import open_page, post, said
from tests.assessments.factories import ProfileFactory
from tests.guides.factories import GuideEditionFactory, GuideFactory, PlanStepFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def guide() -> Guide:
    """A guide with a version, and one plan."""
    guide = GuideFactory.create(title="Strong hips", upload="own.pdf")
    GuideEditionFactory.create(guide=guide)
    profile = ProfileFactory.create(assessment=guide.assessment, key="stiff", title="Stiff")
    PlanStepFactory.create(block__plan__profile=profile)
    return guide


def copy_page(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_copy", args=[row.pk])


def copied(client: Client, row: Any, **values: str) -> Any:
    return post(client, copy_page(row), open_page(client, copy_page(row)), **values)


def plan_of(assessment: Assessment) -> Any:
    return row_mapping.plan_data(Plan.objects.get(profile__assessment=assessment))


def test_guide_and_plans_come_along_with_a_self_check(admin_client: Client, guide: Guide) -> None:
    original = guide.assessment

    response = copied(
        admin_client, original, title="Achilles", language="es-mx", guide_title="Strong calves"
    )

    copy = Assessment.objects.get(slug="achilles")
    its_guide = Guide.objects.get(assessment=copy)
    expected = guide_export(slug=guide.slug)
    for old, new in [
        ("Strong hips", "Strong calves"),
        (guide.slug, "strong-calves"),
        ('"en"', '"es"'),
        (f'"assessment": "{original.slug}"', '"assessment": "achilles"'),
    ]:
        expected = expected.replace(old, new)
    assert guide_export(slug="strong-calves") == expected
    assert (its_guide.upload.name, GuideEdition.objects.filter(guide=its_guide).count()) == ("", 0)
    assert plan_of(copy) == plan_of(original)
    assert "Its guide came along, with 1 plan" in said(response)[1]


def test_guide_stays_behind_if_unticked(admin_client: Client, guide: Guide) -> None:
    page = open_page(admin_client, copy_page(guide.assessment))
    del page.fields["bring_guide"]

    post(admin_client, copy_page(guide.assessment), page, title="Achilles")

    copy = Assessment.objects.get(slug="achilles")
    assert not Guide.objects.filter(assessment=copy).exists()
    assert not Plan.objects.filter(profile__assessment=copy).exists()


def test_new_guide_is_called_like_the_copy_unless_it_gets_a_title(
    admin_client: Client, guide: Guide
) -> None:
    copied(admin_client, guide.assessment, title="Achilles")

    assert Guide.objects.get(assessment__slug="achilles").title == "Achilles"


def test_guide_is_copied_for_another_self_check(admin_client: Client, guide: Guide) -> None:
    other = ProfileFactory.create(key="stiff").assessment

    copied(admin_client, guide, title="Strong calves", assessment=str(other.pk))

    assert Guide.objects.get(slug="strong-calves").assessment == other
    assert plan_of(other) == plan_of(guide.assessment)


def test_copied_plans_lead_to_the_copies(admin_client: Client, guide: Guide) -> None:
    strong = ProfileFactory.create(assessment=guide.assessment, key="strong")
    plan = PlanStepFactory.create(block__plan__profile=strong).block.plan
    Plan.objects.filter(profile__key="stiff").update(next_plan=plan)

    copied(admin_client, guide.assessment, title="Achilles")

    copies = Plan.objects.filter(profile__assessment__slug="achilles")
    stiff, its_next = (copies.get(profile__key=key) for key in ("stiff", "strong"))
    assert stiff.next_plan == its_next != plan


def test_plan_is_copied_for_a_result_type_without_one(admin_client: Client, guide: Guide) -> None:
    plan = Plan.objects.get()
    free = ProfileFactory.create(assessment=guide.assessment, title="Weak")
    page = admin_client.get(copy_page(plan))
    choices = [label for _, label in page.context["form"].fields["profile"].choices]
    assert choices == ["None yet: set it aside", f"{guide.assessment}: Weak"]

    copied(admin_client, plan, title="Get strong", profile=str(free.pk))
    copied(admin_client, plan, title="For later")

    twin, aside = Plan.objects.exclude(pk=plan.pk)
    assert (twin.title, twin.profile, aside.profile) == ("Get strong", free, None)
    expected = {**row_mapping.plan_data(plan), "title": "Get strong"}
    assert row_mapping.plan_data(twin) == expected


def test_plan_page_names_each_result_types_self_check(admin_client: Client, guide: Guide) -> None:
    page = admin_client.get(reverse("admin:guides_plan_change", args=[Plan.objects.get().pk]))

    assert f"{guide.assessment}: Stiff" in page.content.decode()
    assert copy_page(Plan.objects.get()) in page.content.decode()
