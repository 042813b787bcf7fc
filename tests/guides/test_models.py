import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import translation

from guides.models import Exercise, Guide
from guides.models.base import new_key
from tests.guides.factories import (
    EmailTextFactory,
    ExerciseFactory,
    GuideEditionFactory,
    GuideFactory,
    GuidePhaseFactory,
    PlanBlockFactory,
    PlanFactory,
    PlanStepFactory,
    ReferenceFactory,
    SharedRulesFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("Heels-close bridge!", "heels-close-bridge"),
        ("Bridge", "bridge-3"),
        ("中文", "exercise"),
        ("a" * 80, "a" * 50),
    ],
)
def test_key_is_made_from_label(words: str, key: str) -> None:
    assert new_key(words, taken={"bridge", "bridge-2"}, fallback="exercise") == key


def test_keys_do_not_change_with_label() -> None:
    exercise, guide = ExerciseFactory.create(name="Bridge"), GuideFactory.create(title="My guide")
    exercise.name = guide.title = "Renamed"
    exercise.save()
    guide.save()

    assert (Exercise.objects.get().key, Guide.objects.get().slug) == ("bridge", "my-guide")


def test_str_is_the_label() -> None:
    step = PlanStepFactory.create(exercise__name="Bridge", dose="2 x 8")
    block, plan = step.block, step.block.plan
    guide = GuideFactory.create(title="My guide")

    rows = [
        step,
        block,
        PlanBlockFactory.create(first_week=3, last_week=3),
        plan,
        SharedRulesFactory.create(),
        guide,
        guide.phases.first(),
        guide.emails.first(),
        ReferenceFactory.create(text="Someone 2015"),
        GuideEditionFactory.create(guide=guide, number=2),
    ]

    assert [str(row) for row in rows] == [
        "Bridge: 2 x 8",
        "Weeks 1 to 2",
        "Week 3",
        "Two weeks",
        "Rules for all exercises",
        "My guide",
        "Move",
        "brings the guide",
        "Someone 2015",
        "My guide, version 2",
    ]


def test_unprintable_text_is_rejected_by_validation() -> None:
    exercise = ExerciseFactory.build(name="Bridge\x0b", cues="Fine\r\nlines")

    with pytest.raises(ValidationError) as caught:
        exercise.clean()

    assert list(caught.value.message_dict) == ["name"]


def test_profile_has_one_plan() -> None:
    plan = PlanFactory.create()

    with pytest.raises(IntegrityError):
        PlanFactory.create(profile=plan.profile)


def test_last_week_must_not_precede_first() -> None:
    with pytest.raises(IntegrityError):
        PlanBlockFactory.create(first_week=3, last_week=2)


def test_guide_has_one_text_per_phase_and_email() -> None:
    guide = GuideFactory.create()

    with pytest.raises(ValidationError):
        GuidePhaseFactory.build(guide=guide, number=1).full_clean()
    with pytest.raises(ValidationError):
        EmailTextFactory.build(guide=guide).full_clean()


def test_edition_numbers_are_unique() -> None:
    edition = GuideEditionFactory.create()

    with pytest.raises(IntegrityError):
        GuideEditionFactory.create(guide=edition.guide, number=edition.number)


def test_names_that_django_makes_of_a_fields_own_are_translated():
    """Django's own Spanish has this one."""
    name = Exercise._meta.get_field("name")
    assert str(name.verbose_name) == "name"
    with translation.override("es"):
        assert str(name.verbose_name) == "nombre"
