"""Guides in another language: own words, with the plans and exercises of the original."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from assessments.models import Profile
from assessments.publishing.services import assessment_copy
from assessments.publishing.translations import translation_add
from guides import selectors
from guides.models import Exercise, Guide, GuideEdition, Plan
from guides.publishing.copying import plans_copy
from guides.publishing.draft_data import guide_data
from guides.publishing.restore import guide_edition_restore
from guides.publishing.services import guide_publish
from guides.publishing.translations import (
    guide_translation,
    guide_translation_add,
    guide_translation_save,
)
from tests.assessments.browser import open_page, post, queries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("default_content")]
NAME = "exercises/m1_switch/name"


@pytest.fixture
def original() -> Guide:
    return Guide.objects.get()


@pytest.fixture
def spanish(original: Guide) -> Guide:
    translation_add(original=original.assessment, language="es")
    return guide_translation_add(original=original, language="es")


def say(guide: Guide, **words: str) -> None:
    guide_translation_save(translation=guide, typed=words, seen=words)


def exercise(data: dict[str, Any]) -> dict[str, Any]:
    return next(each for each in data["exercises"] if each["id"] == "m1_switch")


def test_it_needs_the_self_check_in_that_language(original: Guide) -> None:
    with pytest.raises(ValidationError, match="First translate its self-check into Spanish"):
        guide_translation_add(original=original, language="es")


def test_it_is_the_original_until_something_is_translated(original: Guide, spanish: Guide) -> None:
    own = {"slug": spanish.slug, "language": "es"}
    expected = {key: value for key, value in guide_data(guide=original).items() if key != "why"}
    assert guide_data(guide=spanish) == {**expected, **own}
    assert not Plan.objects.filter(profile__assessment=spanish.assessment).exists()


def test_copy_of_a_translation_gets_the_plans_that_it_has(original: Guide, spanish: Guide) -> None:
    copy = assessment_copy(assessment=spanish.assessment, slug="other", title="Otra", language="es")
    plans = Plan.objects.filter(profile__assessment=original.assessment).count()

    assert plans_copy(guide=spanish, to=copy) == plans > 0
    assert Plan.objects.filter(profile__assessment=copy).count() == plans


def test_words_for_exercises_and_plans_are_its_own(original: Guide, spanish: Guide) -> None:
    before = guide_data(guide=original)
    paths = guide_translation(guide=spanish).texts
    goal = next(path for path in paths if path.endswith("/goal"))

    say(spanish, **{"title": "La guía", NAME: "Cambio de cadera", goal: "Mover más"})

    data = guide_data(guide=Guide.objects.get(pk=spanish.pk))
    assert (data["title"], exercise(data)["name"]) == ("La guía", "Cambio de cadera")
    assert data["profiles"][0]["plan"]["blocks"][0]["goal"] == "Mover más"
    assert guide_data(guide=original) == before


def test_plans_and_untranslated_words_follow_the_original(spanish: Guide) -> None:
    say(spanish, **{NAME: "Cambio de cadera"})
    Exercise.objects.filter(key="m1_switch").update(name="Hip switch", sets="9", target="Hips")

    data = exercise(guide_data(guide=spanish))
    text = guide_translation(guide=spanish).texts[NAME]

    assert (data["name"], data["dose"]["sets"], data["target"]) == ("Cambio de cadera", "9", "Hips")
    assert (text.changed, text.original) == (True, "Hip switch")


def test_result_types_have_the_words_of_its_self_check(spanish: Guide) -> None:
    rows = Profile.objects.filter(assessment=spanish.assessment, key="mobility_first")
    rows.update(title="Móvil")

    titles = {each["key"]: each["title"] for each in guide_data(guide=spanish)["profiles"]}

    assert titles["mobility_first"] == "Móvil"


def test_words_that_are_too_long_are_refused_beside_their_field(
    admin_client: Client, spanish: Guide
) -> None:
    at = f"{reverse('admin:guides_guide_translate', args=[spanish.pk])}?part=guide"
    page = open_page(admin_client, at)

    response = post(admin_client, at, page, title="x" * 5000)

    assert [*response.context["form"].errors] == ["title"]
    assert response.context["form"]["title"].value() == "x" * 5000
    spanish.refresh_from_db()
    assert spanish.title != "x" * 5000


def test_guide_that_its_self_check_has_already_is_taken(original: Guide) -> None:
    assessment = translation_add(original=original.assessment, language="es")
    own = Guide.objects.create(assessment=assessment, slug="own", title="Propia", language="es")

    guide = guide_translation_add(original=original, language="es")

    assert guide == own
    guide.refresh_from_db()
    assert (guide.translation_of, guide.follows) == (original, None)


def test_version_in_spanish_goes_live_and_comes_back(spanish: Guide) -> None:
    say(spanish, **{NAME: "Cambio de cadera"})
    english = Exercise.objects.get(key="m1_switch").name

    edition = guide_publish(guide=spanish, user=None)

    content = selectors.guide_content(edition)
    names = {each.id: each.name for each in content.exercises}
    assert (names["m1_switch"], content.language) == ("Cambio de cadera", "es")

    say(spanish, **{NAME: "Otra cosa"})
    guide_edition_restore(edition=GuideEdition.objects.get(pk=edition.pk))

    draft = Guide.objects.get(pk=spanish.pk)
    assert exercise(guide_data(guide=draft))["name"] == "Cambio de cadera"
    assert Exercise.objects.get(key="m1_switch").name == english


def test_queries_do_not_grow_with_words(admin_client: Client, spanish: Guide) -> None:
    at = f"{reverse('admin:guides_guide_translate', args=[spanish.pk])}?part=exercises"
    few = queries(admin_client, at)
    texts = guide_translation(guide=spanish).texts
    say(spanish, **{path: "sí" for path, text in texts.items() if "{" not in text.original})

    assert queries(admin_client, at) == few


def test_first_page_takes_as_many_queries_for_two_translations_as_for_one(
    admin_client: Client, original: Guide, spanish: Guide
) -> None:
    page = reverse("admin:index")
    one = queries(admin_client, page)

    translation_add(original=original.assessment, language="fr")
    guide_translation_add(original=original, language="fr")

    assert admin_client.get(page).content.decode().count("texts to translate") == 4
    assert queries(admin_client, page) == one
