"""Uploading the words of a guide at the desk."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from guides.models import Guide, Plan
from guides.publishing.services import guide_export
from tests.assessments.browser import Page, open_page, post
from tests.assessments.factories import ProfileFactory
from tests.guides import samples
from tests.guides.factories import GuideFactory, PlanStepFactory, SharedRulesFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def guide() -> Guide:
    SharedRulesFactory.create()
    guide = GuideFactory.create(title="Strong hips")
    profile = ProfileFactory.create(assessment=guide.assessment, key="stiff", title="Stiff")
    PlanStepFactory.create(block__plan__profile=profile)
    return guide


def page_of(guide: Guide, name: str) -> str:
    return reverse(f"admin:guides_guide_{name}", args=[guide.pk])


def choose(client: Client, guide: Guide, data: Any) -> Any:
    file = SimpleUploadedFile("guide.json", json.dumps(data).encode())
    response = client.post(page_of(guide, "upload-words"), {"file": file})
    assert response.status_code == 200
    return response


def test_words_of_a_guide_are_replaced_and_put_back(admin_client: Client, guide: Guide) -> None:
    before = guide_export(slug=guide.slug)

    shown = choose(admin_client, guide, samples.guide())
    post(admin_client, page_of(guide, "upload-words"), Page(shown.content.decode()))

    own = {"slug": guide.slug, "assessment": guide.assessment.slug}
    assert json.loads(guide_export(slug=guide.slug)) == {**samples.guide(), **own}
    assert Plan.objects.filter(profile__assessment=guide.assessment).count() == 1

    put_back = page_of(guide, "put-back")
    post(admin_client, put_back, open_page(admin_client, put_back))

    assert guide_export(slug=guide.slug) == before


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"language": "es-MX"}, "Language: Two or three small letters, such as en."),
        ({"title": ""}, "Title: must not be empty."),
    ],
)
def test_faults_of_a_guide_are_told_in_words(
    admin_client: Client, guide: Guide, changes: dict[str, str], message: str
) -> None:
    response = choose(admin_client, guide, samples.guide() | changes)

    assert [*response.context["form"].errors["file"]][1:] == [message]
