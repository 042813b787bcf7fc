"""A consent records the exact wording that its page showed, in its language."""

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
    """All published content is marked as Spanish, so that the interface is in Spanish."""
    spanish = (Value('"language":"en"'), Value('"language":"es"'))
    GuideEdition.objects.update(content=Replace("content", *spanish))
    Edition.objects.update(definition=Replace("definition", *spanish))
    caching.clear()


@pytest.fixture
def asked(client, submission, in_spanish):
    """The result page, whose form was sent with the box checked."""
    html = client.get(f"/result/{submission.token}/").content.decode()
    fields = {"email": "runner@example.org", "follow_up": "on", "words": hidden(html, "words")}
    client.post(f"/result/{submission.token}/guide/", fields)
    return html


def hidden(html: str, name: str) -> str:
    return re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', html)[1]


def text_of(html: str, pattern: str) -> str:
    """The text of the pattern's match, as a browser shows it."""
    match = re.search(pattern, html, re.DOTALL)[1]
    return " ".join(unescape(re.sub(r"<[^>]+>", "", match)).split())


def recorded(purpose: str, step: str = "asked") -> str:
    return Consent.objects.get(purpose=purpose, step=step).text_version


def test_result_page_records_checkbox_and_button_wording(asked):
    label = text_of(asked, r'<label class="option"><input[^>]*name="follow_up"[^>]*>(.*?)</label>')
    button = unescape(re.search(r'<input type="submit" name="send" value="([^"]*)"', asked)[1])

    assert recorded("follow_up") == label
    assert label == "Envíame un correo en cuatro semanas para repetir la autoevaluación."
    assert recorded("guide") == button
    assert button == "Envíame la guía"


def test_unchecked_box_records_nothing(client, submission, in_spanish):
    html = client.get(f"/result/{submission.token}/").content.decode()

    fields = {"email": "runner@example.org", "words": hidden(html, "words")}
    client.post(f"/result/{submission.token}/guide/", fields)

    assert [consent.purpose for consent in Consent.objects.all()] == ["guide"]


def test_form_with_errors_shows_same_wording(client, submission, in_spanish):
    english = Replace("content", Value('"language":"es"'), Value('"language":"en"'))
    GuideEdition.objects.update(content=english)  # the guide, not its self-check
    caching.clear()
    result = client.get(f"/result/{submission.token}/").content.decode()

    again = client.post(f"/result/{submission.token}/guide/", {"email": "nobody"})

    assert again.status_code == 422
    assert hidden(again.content.decode(), "words") == hidden(result, "words")
    assert '<html lang="es" dir="ltr">' in again.content.decode()


def test_guide_page_records_question_wording(client, asked):
    token = signed_links.guide_token(Delivery.objects.get().link)
    html = client.get(f"/guide/{token}/").content.decode()

    client.post(f"/guide/{token}/", {"action": "confirm", "words": hidden(html, "words")})

    section = r'<section class="card">\s*<h2>¿Un correo más.*?</section>'
    shown = text_of(re.search(section, html, re.DOTALL)[0], r"(.*)")
    assert " ".join(recorded("follow_up", "confirmed").split()) == shown


def test_newsletter_invitation_records_its_wording(client, asked):
    token = signed_links.guide_token(Delivery.objects.get().link)
    html = client.get(f"/guide/{token}/secret/").content.decode()

    client.post(f"/guide/{token}/secret/", {"words": hidden(html, "words")})

    shown = text_of(html, r'<form method="post" class="card"[^>]*>(.*?)</form>')
    assert " ".join(recorded("secret", "confirmed").split()) == shown


@pytest.mark.parametrize("purpose", ["follow_up", "secret"])
def test_preferences_page_records_its_wording(client, asked, purpose):
    url = f"/preferences/{signed_links.preferences_token(Contact.objects.get())}/"
    html = client.get(url).content.decode()
    [form] = [part for part in html.split("<form")[1:] if f'value="{purpose}"' in part]

    client.post(url, {"purpose": purpose, "action": "give", "words": hidden(form, "words")})

    name, words, button = recorded(purpose, "confirmed").split("\n")
    assert text_of(form, "<h3>(.*?)</h3>") == name
    assert text_of(form, "“(.*?)”") == words
    assert text_of(form, "<button[^>]*>(.*?)<span").startswith(button)
    assert wording.FOLLOW_UP not in html


def test_wording_published_later_is_not_recorded(client, asked):
    url = f"/preferences/{signed_links.preferences_token(Contact.objects.get())}/"
    html = client.get(url).content.decode()
    [form] = [part for part in html.split("<form")[1:] if 'value="secret"' in part]
    Guide.objects.update(secret_invitation="Quite another thing.")
    guide_publish(guide=Guide.objects.get(), user=None)

    client.post(url, {"purpose": "secret", "action": "give", "words": hidden(form, "words")})

    assert recorded("secret", "confirmed").split("\n")[1] == text_of(form, "“(.*?)”")


def test_wording_appears_in_personal_data_and_admin(client, admin_client, asked):
    contact = Contact.objects.get()

    data = client.post(f"/preferences/{signed_links.preferences_token(contact)}/data/").json()
    page = unescape(
        admin_client.get(f"/admin/guides/contact/{contact.pk}/change/").content.decode()
    )

    for consent in data["consents"]:
        assert consent["text_version"] in page
    assert recorded("follow_up") in {consent["text_version"] for consent in data["consents"]}


@pytest.mark.parametrize("forged", ["", "x", "\0", "Forged words", "é:é"])
def test_forged_wording_is_not_recorded(forged):
    assert wording.words_read(forged, shown_now=ENGLISH) == ENGLISH


def test_wording_of_one_purpose_does_not_apply_to_another():
    signed = wording.words_sign({"guide": "Envíame la guía", "secret": "News"})

    assert wording.words_read(signed, shown_now=ENGLISH) == {"guide": "Envíame la guía"}
