"""An exercise on the phone beside its form."""

import pytest
from auditlog.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessments.desk.phone import FAULTY
from guides.models import Exercise, ExercisePicture
from tests.assessments.browser import open_page
from tests.guides.factories import ExercisePictureFactory, PlanStepFactory
from tests.support import clips

pytestmark = pytest.mark.django_db


@pytest.fixture
def exercise(db):
    step = PlanStepFactory(
        exercise__name="Bridge", dose="3 x 7", block__plan__title="Bake the cake"
    )
    ExercisePictureFactory(exercise=step.exercise, alt="A runner rocks.", order=1)
    ExercisePictureFactory(exercise=step.exercise, alt="From the side.", order=2)
    return step.exercise


def page(exercise, name):
    return reverse(f"admin:guides_exercise_{name}", args=[exercise.pk])


def typed(client, exercise, **changes):
    fields = open_page(client, page(exercise, "change")).fields
    return client.post(page(exercise, "phone"), {**fields, **changes})


def test_exercise_is_shown_in_a_session_in_its_plan_and_as_a_card(admin_client, exercise):
    shown = admin_client.get(page(exercise, "phone")).content.decode()

    session, plan, card = shown.split('class="eyebrow"')[1:]
    assert "3 x 7" in session
    assert session.count("<figure>") == 2
    assert "Bake the cake" in plan
    assert "<strong>Bridge: 3 x 7</strong>" in plan
    assert 'alt="A runner rocks."' in card
    assert "From the side." not in card


def test_what_is_typed_is_shown_and_nothing_is_written(admin_client, exercise):
    entries = LogEntry.objects.count()

    shown = typed(
        admin_client,
        exercise,
        **{
            "name": "Bridge up",
            "cues": "",
            "pictures-0-order": "3",
            "pictures-1-caption": "Look at the knee",
            "pictures-TOTAL_FORMS": "3",
            "pictures-2-picture": SimpleUploadedFile("a.mov", clips.video()),
        },
    ).content.decode()

    assert "Bridge up" in shown
    assert "Think of:" not in shown
    assert shown.index("From the side.") < shown.index("Look at the knee")
    assert shown.index("Look at the knee") < shown.index("A runner rocks.")
    assert Exercise.objects.get().name == "Bridge"
    assert ExercisePicture.objects.count() == 2
    assert LogEntry.objects.count() == entries


def test_picture_that_is_to_be_deleted_is_left_out(admin_client, exercise):
    shown = typed(admin_client, exercise, **{"pictures-0-DELETE": "on"}).content.decode()

    assert "A runner rocks." not in shown
    assert "From the side." in shown


@pytest.mark.parametrize("change", [{"name": ""}, {"pictures-0-alt": ""}, {"sets": ""}])
def test_faults_are_told(admin_client, exercise, change):
    response = typed(admin_client, exercise, **change)

    assert response.status_code == 422
    assert str(FAULTY) in response.content.decode()


def test_exercise_in_no_plan_says_so(admin_client):
    exercise = ExercisePictureFactory().exercise

    shown = admin_client.get(page(exercise, "phone")).content.decode()

    assert "No plan has it yet" in shown


def test_a_new_exercise_is_shown_as_typed(admin_client, db):
    add = reverse("admin:guides_exercise_add")
    fields = open_page(admin_client, add).fields

    shown = admin_client.post(f"{add}phone/", {**fields, "name": "Clam"}).content.decode()

    assert shown.count("Clam") > 1
    assert "No plan has it yet" in shown
    assert not Exercise.objects.exists()
