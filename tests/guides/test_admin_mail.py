"""The email of a draft: a look at it, and a test of it to oneself."""

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.urls import reverse

from tests.assessments.browser import said
from tests.assessments.factories import ProfileFactory
from tests.guides.factories import GuideFactory, PlanStepFactory, SharedRulesFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def guide(db):
    SharedRulesFactory()
    made = GuideFactory(title="Strong hips")
    PlanStepFactory(block__plan__profile=ProfileFactory(assessment=made.assessment))
    return made


@pytest.fixture
def preview(guide):
    return reverse("admin:guides_guide_preview", args=[guide.pk])


def send_test(client, preview, to):
    response = client.post(preview, {"to": to}, follow=True)
    assert response.status_code == 200
    return response


def test_a_fault_in_its_words_is_told_and_nothing_is_sent(admin_client, guide, preview):
    guide.emails.update(subject="Hello {name}")

    response = send_test(admin_client, preview, "pt@example.org")

    assert said(response) == ["Not sent. The draft is not finished."]
    assert "The draft is not finished, so this has to wait." in response.content.decode()
    assert "“{name}” is not one of {practice}, {guide}, {days}." in response.content.decode()
    assert mail.outbox == []
    assert LogEntry.objects.count() == 0


def test_what_stands_beside_the_subject_shows_as_it_was_typed(admin_client, guide, preview):
    guide.emails.update(preview="Here's your <b>guide</b> & more.")

    response = admin_client.get(preview)

    assert response.context["mail"].preview == "Here's your <b>guide</b> & more."
