"""Copying a self-check at the desk."""

import pytest
from django.urls import reverse

from assessments.models import Assessment, Edition
from assessments.publishing.serialize import serialize_draft
from tests.assessments.browser import address, open_page, post, queries, said
from tests.assessments.factories import AssessmentFactory, QuestionFactory, SubmissionFactory

pytestmark = pytest.mark.django_db


def copy_page(assessment):
    return address("assessment", "copy", assessment.pk)


def test_copy_has_every_part_and_nothing_of_runners(admin_client, draft):
    original = serialize_draft(draft)
    SubmissionFactory.create(edition=draft.editions.get())
    page = open_page(admin_client, copy_page(draft))

    response = post(
        admin_client, copy_page(draft), page, title="Cranky Achilles", language="es", slug=""
    )

    copy = Assessment.objects.get(slug="cranky-achilles")
    own = {"slug": "cranky-achilles", "title": "Cranky Achilles", "language": "es"}
    assert serialize_draft(copy) == {**original, **own}
    assert serialize_draft(draft) == original
    assert copy.translation_of is None
    assert not Edition.objects.filter(assessment=copy).exists()
    assert response.redirect_chain[-1][0] == address("assessment", "change", copy.pk)
    assert "This is your copy. Runners won't see it until you publish." in said(response)


def test_copying_is_in_both_histories_once(admin_client, draft):
    page = open_page(admin_client, copy_page(draft))
    post(admin_client, copy_page(draft), page, title="Achilles")

    def told(of):
        page = admin_client.get(reverse("admin:assessments_assessment_history", args=[of.pk]))
        return [line.what for line in page.context["lines"]]

    assert told(Assessment.objects.get(slug="achilles")) == ["Copied from “Small check”."]
    assert told(draft)[0] == "Made a copy of it: “Achilles”."


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"title": ""}, "title", "Give the copy a title."),
        ({"title": "A\u2028B"}, "title", "This holds a character that can't be printed."),
        ({"language": "Spanish!"}, "language", "Select a valid choice."),
        ({"slug": "Small"}, "slug", "“Small check” has this address. Pick another one."),
        ({"slug": "¿?"}, "slug", "Use letters from a to z, digits, and dashes."),
        ({"slug": "x" * 65}, "slug", "Ensure this value has at most 64 characters"),
    ],
)
def test_mistake_has_its_error_beside_the_field(admin_client, draft, changes, field, message):
    page = open_page(admin_client, copy_page(draft))

    response = post(admin_client, copy_page(draft), page, **{"title": "Achilles", **changes})

    form = response.context["form"]
    assert [*form.errors] == [field]
    assert form.errors[field][0].startswith(message)
    assert form["title"].value() == changes.get("title", "Achilles")
    assert Assessment.objects.count() == 1


def test_unfinished_draft_can_be_copied(admin_client):
    draft = AssessmentFactory.create(title="Begun")
    QuestionFactory.create(assessment=draft, text="And?")

    page = open_page(admin_client, copy_page(draft))
    post(admin_client, copy_page(draft), page, title="Begun")

    copy = Assessment.objects.get(slug="begun-2")
    assert [question.text for question in copy.questions.all()] == ["And?"]


def test_copying_needs_permission_to_add(client, draft, django_user_model):
    user = django_user_model.objects.create_user("reader", is_staff=True)
    client.force_login(user)

    assert client.get(copy_page(draft)).status_code == 403


def test_page_query_count_is_constant(admin_client, draft):
    few = queries(admin_client, copy_page(draft))
    AssessmentFactory.create_batch(5)

    assert queries(admin_client, copy_page(draft)) == few
