"""Publishing a self-check together with its translations."""

import pytest

from assessments.models import Assessment, Points
from assessments.publishing.translations import translation_add, translation_save
from assessments.selectors import edition_definition, edition_live, translations
from tests.assessments.browser import address, open_page, post, said

pytestmark = pytest.mark.django_db
TITLE = "title"


@pytest.fixture
def spanish(draft):
    translation = translation_add(original=draft, language="es")
    translation_save(translation=translation, typed={TITLE: "Prueba"}, seen=[TITLE])
    return translation


def publish_page(draft):
    return address("assessment", "publish", draft.pk)


def publish(client, draft, *languages):
    page = open_page(client, publish_page(draft))
    return post(client, publish_page(draft), page, languages=[each.pk for each in languages])


def test_both_languages_go_live_together_with_a_switch(admin_client, client, draft, spanish):
    Assessment.objects.filter(pk=draft.pk).update(minutes=3)
    Points.objects.filter(choice__key="knee", choice__question__assessment=draft).update(value=3)

    response = publish(admin_client, draft, spanish)

    assert said(response)[0].startswith("“Small check”: Version 2 is live")
    assert said(response)[1].startswith("“Prueba”: Version 1 is live. It's not signed")
    definition = edition_definition(edition_live("small-es"))
    assert (definition.title, definition.minutes) == ("Prueba", 3)
    assert definition.questions[0].choices[0].points["reach"] == 3
    assert [*translations(edition_live("small"))] == ["en", "es"]


def test_unfinished_one_is_offered_with_what_runners_will_see(admin_client, draft, spanish):
    page = admin_client.get(publish_page(draft))

    [(_, offer)] = page.context["form"].fields["languages"].choices
    assert offer.startswith("Spanish: 59 texts to translate (Home page 5, Safety list 7, ")
    assert offer.endswith("). Runners see them in English.")
    assert page.context["form"].initial["languages"] == []


def test_one_that_is_left_out_stays_as_it_is(admin_client, draft, spanish):
    publish(admin_client, draft, spanish)
    Assessment.objects.filter(pk=draft.pk).update(minutes=9)

    publish(admin_client, draft)

    assert edition_definition(edition_live("small")).minutes == 9
    assert edition_definition(edition_live("small-es")).minutes == 2


def test_new_words_alone_leave_the_original_as_it_is(admin_client, draft, spanish):
    number = edition_live("small").number
    publish(admin_client, draft, spanish)
    translation_save(translation=spanish, typed={TITLE: "La prueba"}, seen=[TITLE])

    publish(admin_client, draft, spanish)

    assert edition_live("small").number == number
    assert edition_live("small-es").number == 2


def test_nothing_goes_live_if_a_translation_has_a_fault(admin_client, draft, spanish):
    Assessment.objects.filter(pk=draft.pk).update(minutes=9)
    Assessment.objects.filter(pk=spanish.pk).update(title="Prueba\x07")

    response = publish(admin_client, draft, spanish)

    assert said(response)[0] == "Not published."
    assert "Spanish: " in said(response)[1]
    assert edition_definition(edition_live("small")).minutes == 2


def test_page_of_the_translation_leads_to_its_original(admin_client, draft, spanish):
    response = admin_client.get(publish_page(spanish), follow=True)

    assert response.redirect_chain[-1][0] == f"{publish_page(draft)}?with={spanish.pk}"
    assert response.context["form"].initial["languages"] == [str(spanish.pk)]
    assert said(response) == ["Spanish is published with its original: check it below."]


def test_page_of_the_translation_says_where_its_rules_come_from(admin_client, spanish):
    page = admin_client.get(address("assessment", "change", spanish.pk)).content.decode()
    assert "This is the Spanish of" in page
