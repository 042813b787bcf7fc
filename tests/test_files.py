"""Content downloads in the desk: self-check, guide, and exercises."""

import pytest
from auditlog.models import LogEntry
from django.core.management import call_command
from django.urls import reverse

from assessments.models import Assessment
from guides.models import Exercise, Guide
from guides.publishing.services import content_export

pytestmark = pytest.mark.usefixtures("default_content")


@pytest.fixture
def desk(client, pt):
    client.force_login(pt)
    return client


@pytest.fixture
def pages():
    """File names, download URLs, and the objects whose history records them."""
    check, guide = Assessment.objects.get(), Guide.objects.get()
    return [
        (check.slug, reverse("admin:assessments_assessment_export", args=[check.pk]), check),
        (guide.slug, reverse("admin:guides_guide_export", args=[guide.pk]), guide),
        ("exercises", reverse("admin:guides_guide_exercises", args=[guide.pk]), guide),
    ]


def test_they_are_what_the_command_writes_and_the_history_tells_of_them(desk, pages):
    first_page = desk.get(reverse("admin:index")).content.decode()
    for name, at, draft in pages:
        assert f'<a href="{at}">Download' in first_page

        response = desk.get(at)

        assert response.content.decode() == content_export(slug=name)
        assert response["Content-Type"] == "application/json"
        assert response["Content-Disposition"] == f'attachment; filename="{name}.json"'
        history = f"admin:{draft._meta.app_label}_{draft._meta.model_name}_history"
        line = desk.get(reverse(history, args=[draft.pk])).context["lines"][0]
        assert (line.who, line.what) == ("pt", f"Downloaded: {name}.json, the words of “{draft}”")


def test_a_draft_that_is_not_finished_says_what_to_mend(desk, pages):
    Assessment.objects.get().profiles.all().delete()
    Guide.objects.get().phases.all().delete()
    Exercise.objects.update(name="")

    for _name, at, _draft in pages:
        assert "Fix this first" in desk.get(at).content.decode()
    assert not LogEntry.objects.filter(object_pk="export")


def test_the_command_says_so_in_the_log(caplog):
    caplog.set_level("INFO")
    call_command("content_export", "tight-hips")

    assert caplog.messages[-1] == "Export by command: the words of “tight-hips”."
