"""Translating a self-check at the desk: side by side, kept to the original's rules."""

import pytest
from django.contrib.auth.models import Permission, User

from assessments.models import Assessment, Choice, Points, Question
from assessments.publishing.serialize import serialize_draft
from assessments.publishing.services import assessment_load
from assessments.publishing.translations import translation_add, translation_save
from tests.assessments.browser import address, open_page, post, queries, said
from tests.assessments.factories import AssessmentFactory
from tests.assessments.small import small

pytestmark = pytest.mark.django_db
TITLE, BODY = "title", "safety/levels/stop/body"


def page_of(translation, part="home"):
    return f"{address('assessment', 'translate', translation.pk)}?part={part}"


def texts_at(client, translation, part):
    """The rows of a part by path, and the page."""
    response = client.get(page_of(translation, part))
    return {
        row.text.path: row.text for _, rows in response.context["groups"] for row in rows
    }, response


@pytest.fixture
def spanish(draft):
    return translation_add(original=draft, language="es")


def test_adds_a_language_with_keys_and_rules_of_the_original(admin_client, draft):
    at = address("assessment", "translations", draft.pk)
    page = open_page(admin_client, at)

    response = post(admin_client, at, page, language="es")

    translation = Assessment.objects.get(slug="small-es")
    own = {"slug": "small-es", "language": "es"}
    assert serialize_draft(translation) == {**serialize_draft(draft), **own}
    assert translation.translation_of == draft
    assert response.redirect_chain[-1][0] == address("assessment", "translate", translation.pk)
    total = len(response.context["translation"].texts)
    assert f"{total} texts to translate" in response.content.decode()
    assert not page.blocked


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("en", "“Small check” has this language already."),
        ("", "This field is required."),
        ("xx", "Select a valid choice. xx is not one of the available choices."),
    ],
)
def test_language_that_cannot_be_added(admin_client, draft, language, message):
    at = address("assessment", "translations", draft.pk)

    response = post(admin_client, at, open_page(admin_client, at), language=language)

    assert response.context["form"].errors == {"language": [message]}
    assert Assessment.objects.count() == 1


def test_parts_are_named_in_the_language_of_the_desk(admin_client, spanish):
    for language, name in (("en", "Safety list"), ("es", "Lista de seguridad")):
        admin_client.cookies["django_language"] = language
        assert f"{name} (" in admin_client.get(page_of(spanish)).content.decode()


def test_words_are_saved_and_counted(admin_client, spanish):
    missing = texts_at(admin_client, spanish, "levels")[1].context["translation"].missing
    page = open_page(admin_client, page_of(spanish, "levels"))

    response = post(
        admin_client, page_of(spanish, "levels"), page, **{BODY: "Llama a alguien, por favor."}
    )

    assert said(response) == ["Translated 1 text. Runners won't see it until you publish."]
    assert serialize_draft(spanish)["safety"]["levels"]["stop"]["body"].startswith("Llama")
    assert response.context["translation"].missing == missing - 1
    assert not page.blocked


def test_rules_points_and_order_follow_the_original(admin_client, draft, spanish):
    translation_save(translation=spanish, typed={TITLE: "Prueba"}, seen=[TITLE])
    Points.objects.filter(choice__key="knee", choice__question__assessment=draft).update(value=3)
    Choice.objects.filter(key="toes", question__assessment=draft).delete()
    page = open_page(admin_client, page_of(spanish))

    post(admin_client, page_of(spanish), page)

    same = {**serialize_draft(draft), "slug": "small-es", "language": "es", "title": "Prueba"}
    assert serialize_draft(spanish) == same


def test_change_in_the_original_is_marked_until_it_is_translated_or_found_right(
    admin_client, draft, spanish
):
    translation_save(translation=spanish, typed={TITLE: "Prueba"}, seen=[TITLE])
    Assessment.objects.filter(pk=draft.pk).update(title="Short check")

    rows, response = texts_at(admin_client, spanish, "home")
    assert rows[TITLE].changed
    assert "<mark>Short</mark> check" in response.content.decode()
    assert "1 changed in the original" in response.content.decode()

    post(
        admin_client,
        page_of(spanish),
        open_page(admin_client, page_of(spanish)),
        **{f"right {TITLE}": "on"},
    )

    assert not texts_at(admin_client, spanish, "home")[0][TITLE].changed
    spanish.refresh_from_db()
    assert spanish.title == "Prueba"


def test_original_that_changed_under_her_hands_is_marked(admin_client, draft, spanish):
    page = open_page(admin_client, page_of(spanish))
    Assessment.objects.filter(pk=draft.pk).update(title="Short check")

    post(admin_client, page_of(spanish), page, **{TITLE: "Prueba pequeña"})

    row = texts_at(admin_client, spanish, "home")[0][TITLE]
    assert (row.words, row.changed) == ("Prueba pequeña", True)


def test_untouched_text_stays_in_the_words_of_the_original(admin_client, draft, spanish):
    Assessment.objects.filter(pk=draft.pk).update(title="Short check")

    translation_save(translation=spanish)

    spanish.refresh_from_db()
    assert spanish.title == "Short check"
    assert texts_at(admin_client, spanish, "home")[0][TITLE].missing


def test_same_words_in_both_languages_count_as_translated(admin_client, spanish):
    page = open_page(admin_client, page_of(spanish))

    post(admin_client, page_of(spanish), page, **{TITLE: "Small check"})

    row = texts_at(admin_client, spanish, "home")[0][TITLE]
    assert (row.words, row.missing) == ("Small check", False)


def test_words_on_its_own_pages_count_as_translated(admin_client, spanish):
    Question.objects.filter(assessment=spanish, key="touch").update(text="¿Hasta dónde llegas?")

    row = texts_at(admin_client, spanish, "questions")[0]["questions/touch/text"]

    assert row.words == "¿Hasta dónde llegas?"


def test_two_windows_collide_only_in_the_same_text(admin_client, spanish):
    page = open_page(admin_client, page_of(spanish))
    translation_save(translation=spanish, typed={TITLE: "Theirs"}, seen=[TITLE])

    response = post(admin_client, page_of(spanish), page, **{TITLE: "Mine"})

    assert [*response.context["form"].errors] == [TITLE]
    assert response.context["form"][TITLE].value() == "Mine"
    spanish.refresh_from_db()
    assert spanish.title == "Theirs"

    again = {**page.fields, TITLE: "Mine", "take_theirs": TITLE}
    admin_client.post(page_of(spanish), again)
    spanish.refresh_from_db()
    assert spanish.title == "Theirs"


def test_what_is_repeated_is_typed_once(admin_client, draft):
    draft.safety_levels.update(body="Please wait.", title="Please wait.")
    spanish = translation_add(original=draft, language="es")
    page = open_page(admin_client, page_of(spanish, "levels"))

    response = post(admin_client, page_of(spanish, "levels"), page, **{BODY: "Espera, por favor."})

    assert said(response)[0].startswith("Translated 2 texts.")
    levels = serialize_draft(spanish)["safety"]["levels"]
    assert {level["body"] for level in levels.values()} == {"Espera, por favor."}
    assert {level["title"] for level in levels.values()} == {"Please wait."}


def test_variable_stays_as_it_is(admin_client, draft):
    draft.safety_levels.filter(key="stop").update(body="Call {emergency} now.")
    spanish = translation_add(original=draft, language="es")
    page = open_page(admin_client, page_of(spanish, "levels"))

    response = post(
        admin_client, page_of(spanish, "levels"), page, **{BODY: "Llama a {emergencia}."}
    )

    [message] = response.context["form"].errors[BODY]
    assert message == "Keep {emergency} as the original has it."
    assert response.context["form"][BODY].value() == "Llama a {emergencia}."


def test_one_with_rules_of_its_own_takes_them_over_only_if_asked(admin_client, draft):
    other = assessment_load(data=small(slug="own", language="es", title="Propia")).assessment
    other.translation_of = draft
    other.save()
    Points.objects.filter(choice__key="knee", choice__question__assessment=other).update(value=1)
    at = address("assessment", "translate", other.pk)

    page = open_page(admin_client, at)
    before = serialize_draft(other)
    response = admin_client.get(at)
    assert [str(change) for change in response.context["preview"].changes]
    assert serialize_draft(other) == before

    post(admin_client, at, page)

    own = {"slug": "own", "language": "es", "title": "Propia"}
    assert serialize_draft(other) == {**serialize_draft(draft), **own}


@pytest.mark.parametrize("part", ["nothing", "faq"])
def test_part_that_is_not_there_is_not_found(admin_client, spanish, part):
    spanish.translation_of.faq.all().delete()
    assert admin_client.get(page_of(spanish, part)).status_code == 404


def test_original_leads_to_its_languages(admin_client):
    draft = AssessmentFactory.create()
    response = admin_client.get(address("assessment", "translate", draft.pk))
    assert response["Location"] == address("assessment", "translations", draft.pk)


def test_language_without_an_interface_says_so(admin_client, draft):
    danish = translation_add(original=draft, language="da")
    said_here = "RunFit doesn't speak Danish yet"
    assert said_here in admin_client.get(page_of(danish)).content.decode()
    spanish = translation_add(original=draft, language="es")
    assert "doesn't speak" not in admin_client.get(page_of(spanish)).content.decode()


def test_queries_do_not_grow_with_questions(admin_client, draft, spanish, tight_hips):
    large = translation_add(original=tight_hips, language="es")
    few, many = (queries(admin_client, page_of(each, "questions")) for each in (spanish, large))
    assert few == many


def test_first_page_counts_what_is_to_translate(admin_client, draft, spanish):
    texts = texts_at(admin_client, spanish, "home")[1].context["translation"].texts
    typed = {path: "sí" for path in texts if path != TITLE}
    translation_save(translation=spanish, typed=typed, seen=typed)

    assert "Spanish: 1 text to translate" in admin_client.get("/admin/").content.decode()

    translation_save(translation=spanish, typed={TITLE: "Prueba"}, seen=[TITLE])
    assert "Spanish:" not in admin_client.get("/admin/").content.decode()


def test_first_page_tells_of_translations_beside_one_cut_off_from_its_original(
    admin_client, draft, spanish
):
    french = translation_add(original=draft, language="fr")
    Assessment.objects.filter(pk=spanish.pk).update(translation_of=None)

    page = admin_client.get("/admin/").content.decode()

    assert address("assessment", "translate", french.pk) in page
    assert address("assessment", "translate", spanish.pk) not in page


def test_save_goes_on_at_the_next_text_that_is_left(admin_client, spanish):
    page = open_page(admin_client, page_of(spanish, "levels"))
    rows = [*texts_at(admin_client, spanish, "levels")[0]]
    after = rows[rows.index(BODY) + 1]

    response = admin_client.post(page_of(spanish, "levels"), {**page.fields, BODY: "Espera."})

    assert response["Location"] == f"{page_of(spanish, 'levels')}#id_{after}"


def test_save_of_a_finished_part_stays_at_what_was_typed(admin_client, spanish):
    rows = texts_at(admin_client, spanish, "levels")[0]
    translation_save(translation=spanish, typed=dict.fromkeys(rows, "Sí."), seen=rows)
    page = open_page(admin_client, page_of(spanish, "levels"))

    response = admin_client.post(page_of(spanish, "levels"), {**page.fields, BODY: "Espera."})

    assert response["Location"] == f"{page_of(spanish, 'levels')}#id_{BODY}"


def test_goes_on_in_the_next_part_with_something_to_do(admin_client, spanish):
    safety = texts_at(admin_client, spanish, "safety")[0]
    translation_save(translation=spanish, typed=dict.fromkeys(safety, "Sí."), seen=safety)
    response = admin_client.get(page_of(spanish))
    assert "Save and go on: Safety pages" in response.content.decode()
    page = open_page(admin_client, page_of(spanish))

    response = admin_client.post(page_of(spanish), {**page.fields, "go-on": ""})

    assert response["Location"] == page_of(spanish, "levels")


def test_save_without_new_words_says_so(admin_client, spanish):
    page = open_page(admin_client, page_of(spanish))
    assert said(post(admin_client, page_of(spanish), page)) == ["There was nothing new to save."]


def test_text_with_marks_says_to_keep_them(admin_client, draft):
    draft.safety_levels.filter(key="stop").update(body="Call **now**.")
    spanish = translation_add(original=draft, language="es")

    form = texts_at(admin_client, spanish, "levels")[1].context["form"]

    assert form.fields[BODY].help_text.startswith("Keep its stars, dashes, and links")
    assert not form.fields["safety/levels/stop/title"].help_text


def test_page_leads_those_who_may_to_publishing_together(admin_client, client, spanish):
    link = f'href="{address("assessment", "publish", spanish.pk)}">Publish together</a>'
    assert link in admin_client.get(page_of(spanish)).content.decode()

    writer = User.objects.create_user("writer", is_staff=True)
    names = ("view_assessment", "change_assessment")
    writer.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(writer)
    assert "Publish together" not in client.get(page_of(spanish)).content.decode()


def test_languages_are_offered_by_name_ours_first(admin_client, draft):
    Assessment.objects.filter(pk=draft.pk).update(language="es-MX")

    page = admin_client.get(address("assessment", "change", draft.pk))

    field = page.context["adminform"].form.fields["language"]
    [(ours, first), (_, others)] = field.choices
    assert (str(ours), dict(first)["es"]) == ("RunFit speaks these", "Spanish")
    assert [each for each in others if each[0] == "es-MX"] == [("es-MX", "Mexican Spanish")]
    assert [name for _, name in others] == sorted(name for _, name in others)


def test_self_check_is_not_offered_to_translate_itself_or_a_translation(admin_client, draft):
    other = AssessmentFactory.create(title="Other")
    translation_add(original=other, language="es")

    page = admin_client.get(address("assessment", "change", draft.pk))

    offered = page.context["adminform"].form.fields["translation_of"].queryset
    assert [*offered] == [other]
