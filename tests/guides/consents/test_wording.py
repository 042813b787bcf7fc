"""A consent holds the words that its page showed, in their language, word for word."""

import re
from html import unescape

import pytest
from django.db.models import Value
from django.db.models.functions import Replace

from assessments.models import Edition
from guides import signed_links
from guides.consents import wording
from guides.models import Consent, Contact, Delivery, Guide, GuideEdition
from guides.publishing.services import guide_publish
from runfit.lib import caching

ENGLISH = {"guide": "Send me the guide"}


@pytest.fixture
def in_spanish(guide_edition) -> None:
    """All that is published says that it is in Spanish, and so the interface speaks it."""
    spanish = (Value('"language":"en"'), Value('"language":"es"'))
    GuideEdition.objects.update(content=Replace("content", *spanish))
    Edition.objects.update(definition=Replace("definition", *spanish))
    caching.clear()


@pytest.fixture
def asked(client, submission, in_spanish):
    """The form of the result's own page, filled in and sent, with the box ticked."""
    html = client.get(f"/result/{submission.token}/").content.decode()
    fields = {"email": "runner@example.org", "follow_up": "on", "words": hidden(html, "words")}
    client.post(f"/result/{submission.token}/guide/", fields)
    return html


def hidden(html: str, name: str) -> str:
    return re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', html)[1]


def text_of(html: str, pattern: str) -> str:
    """The text of what the pattern finds, as a browser shows it."""
    found = re.search(pattern, html, re.DOTALL)[1]
    return " ".join(unescape(re.sub(r"<[^>]+>", "", found)).split())


def said(purpose: str, step: str = "asked") -> str:
    return Consent.objects.get(purpose=purpose, step=step).text_version


def test_the_box_and_the_button_of_a_result(asked):
    label = text_of(asked, r'<label class="option"><input[^>]*name="follow_up"[^>]*>(.*?)</label>')
    button = unescape(re.search(r'<input type="submit" name="send" value="([^"]*)"', asked)[1])

    assert said("follow_up") == label
    assert label == "Envíame también un correo dentro de cuatro semanas, para medir otra vez."
    assert said("guide") == button
    assert button == "Envíame la guía"


def test_a_box_that_is_left_empty_records_nothing(client, submission, in_spanish):
    html = client.get(f"/result/{submission.token}/").content.decode()

    fields = {"email": "runner@example.org", "words": hidden(html, "words")}
    client.post(f"/result/{submission.token}/guide/", fields)

    assert [each.purpose for each in Consent.objects.all()] == ["guide"]


def test_a_form_that_comes_back_to_be_mended_shows_the_same_words(client, submission, in_spanish):
    english = Replace("content", Value('"language":"es"'), Value('"language":"en"'))
    GuideEdition.objects.update(content=english)  # the guide, not its self-check
    caching.clear()
    result = client.get(f"/result/{submission.token}/").content.decode()

    again = client.post(f"/result/{submission.token}/guide/", {"email": "nobody"})

    assert again.status_code == 422
    assert hidden(again.content.decode(), "words") == hidden(result, "words")
    assert '<html lang="es" dir="ltr">' in again.content.decode()


def test_the_question_on_the_guide_s_page(client, asked):
    token = signed_links.guide_token(Delivery.objects.get().link)
    html = client.get(f"/guide/{token}/").content.decode()

    client.post(f"/guide/{token}/", {"action": "confirm", "words": hidden(html, "words")})

    section = r'<section class="card">\s*<h2>¿Un correo más.*?</section>'
    shown = text_of(re.search(section, html, re.DOTALL)[0], r"(.*)")
    assert " ".join(said("follow_up", "confirmed").split()) == shown


def test_the_invitation_to_hear_first(client, asked):
    token = signed_links.guide_token(Delivery.objects.get().link)
    html = client.get(f"/guide/{token}/secret/").content.decode()

    client.post(f"/guide/{token}/secret/", {"words": hidden(html, "words")})

    shown = text_of(html, r'<form method="post" class="card"[^>]*>(.*?)</form>')
    assert " ".join(said("secret", "confirmed").split()) == shown


@pytest.mark.parametrize("purpose", ["follow_up", "secret"])
def test_what_one_s_own_page_offers(client, asked, purpose):
    url = f"/preferences/{signed_links.preferences_token(Contact.objects.get())}/"
    html = client.get(url).content.decode()
    [form] = [each for each in html.split("<form")[1:] if f'value="{purpose}"' in each]

    client.post(url, {"purpose": purpose, "action": "give", "words": hidden(form, "words")})

    name, words, button = said(purpose, "confirmed").split("\n")
    assert text_of(form, "<h3>(.*?)</h3>") == name
    assert text_of(form, "“(.*?)”") == words
    assert text_of(form, "<button[^>]*>(.*?)<span").startswith(button)
    assert wording.FOLLOW_UP not in html


def test_words_that_were_published_since_are_not_those_that_were_read(client, asked):
    url = f"/preferences/{signed_links.preferences_token(Contact.objects.get())}/"
    html = client.get(url).content.decode()
    [form] = [each for each in html.split("<form")[1:] if 'value="secret"' in each]
    Guide.objects.update(secret_invitation="Quite another thing.")
    guide_publish(guide=Guide.objects.get(), user=None)

    client.post(url, {"purpose": "secret", "action": "give", "words": hidden(form, "words")})

    assert said("secret", "confirmed").split("\n")[1] == text_of(form, "“(.*?)”")


def test_they_stand_in_the_record_that_the_runner_takes_along_and_at_the_desk(
    client, admin_client, asked
):
    contact = Contact.objects.get()

    record = client.post(f"/preferences/{signed_links.preferences_token(contact)}/data/").json()
    desk = unescape(
        admin_client.get(f"/admin/guides/contact/{contact.pk}/change/").content.decode()
    )

    for each in record["consents"]:
        assert each["text_version"] in desk
    assert said("follow_up") in {each["text_version"] for each in record["consents"]}


@pytest.mark.parametrize("forged", ["", "x", "\0", "Forged words", "é:é"])
def test_words_that_are_not_ours_are_not_recorded(forged):
    assert wording.words_read(forged, shown_now=ENGLISH) == ENGLISH


def test_words_of_one_purpose_are_no_yes_to_another():
    signed = wording.words_sign({"guide": "Envíame la guía", "secret": "News"})

    assert wording.words_read(signed, shown_now=ENGLISH) == {"guide": "Envíame la guía"}
