import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

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
def test_a_key_is_made_from_words(words: str, key: str) -> None:
    assert new_key(words, taken={"bridge", "bridge-2"}, fallback="exercise") == key


def test_keys_are_made_once_and_kept() -> None:
    exercise, guide = ExerciseFactory.create(name="Bridge"), GuideFactory.create(title="My guide")
    exercise.name = guide.title = "Renamed"
    exercise.save()
    guide.save()

    assert (Exercise.objects.get().key, Guide.objects.get().slug) == ("bridge", "my-guide")


def test_rows_are_called_by_their_words() -> None:
    step = PlanStepFactory.create(exercise__name="Bridge", dose="2 x 8")
    block, plan = step.block, step.block.plan
    guide = GuideFactory.create(title="My guide")

    names = [
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

    assert [str(each) for each in names] == [
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


def test_text_that_cannot_be_printed_is_refused_where_it_is_typed() -> None:
    exercise = ExerciseFactory.build(name="Bridge\x0b", cues="Fine\r\nlines")

    with pytest.raises(ValidationError) as caught:
        exercise.clean()

    assert list(caught.value.message_dict) == ["name"]


def test_a_result_type_has_one_plan() -> None:
    plan = PlanFactory.create()

    with pytest.raises(IntegrityError):
        PlanFactory.create(profile=plan.profile)


def test_weeks_cannot_run_backwards() -> None:
    with pytest.raises(IntegrityError):
        PlanBlockFactory.create(first_week=3, last_week=2)


def test_a_guide_has_one_text_for_each_phase_and_mail() -> None:
    guide = GuideFactory.create()

    with pytest.raises(ValidationError):
        GuidePhaseFactory.build(guide=guide, number=1).full_clean()
    with pytest.raises(ValidationError):
        EmailTextFactory.build(guide=guide).full_clean()


def test_versions_are_numbered_once() -> None:
    edition = GuideEditionFactory.create()

    with pytest.raises(IntegrityError):
        GuideEditionFactory.create(guide=edition.guide, number=edition.number)
