"""The preferences page, data export, and erasure."""

import json
from html import unescape

import pytest
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Replace
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.models import Submission
from guides import selectors, signed_links
from guides.consents import wording
from guides.consents.services import consent_confirm, contact_unsubscribe
from guides.content.training import Record
from guides.mail import messages
from guides.models import Consent, Contact, Delivery, EmailText, Guide, GuideEdition
from guides.publishing.services import guide_publish
from guides.states import Kind, State
from guides.training.services import training_keep
from runfit.lib import caching

FOLLOW_UP, SECRET = Consent.Purpose.FOLLOW_UP, Consent.Purpose.SECRET


@pytest.fixture
def url(contact):
    return f"/preferences/{signed_links.preferences_token(contact)}/"


def consent_steps(contact) -> list[tuple[str, str, str]]:
    return list(contact.consents.order_by("pk").values_list("purpose", "step", "page"))


def page_text(client, url) -> str:
    return unescape(client.get(url).content.decode())


def test_every_email_links_to_preferences(contact, delivery, url):
    consent_confirm(contact=contact, purpose=FOLLOW_UP, words="x", page="x")

    for row in Delivery.objects.all():
        message = messages.build(row)
        for part in (message.body, message.alternatives[0][0]):
            assert f"http://testserver{url}" in part


def test_preferences_show_neither_full_address_nor_answers(client, url, submission):
    response = client.get(url)

    page = unescape(response.content.decode())
    assert "r•••@example.org" in page
    assert "runner@example.org" not in page
    assert "The guide (you asked for it)." in page
    assert "The guide (waiting)." in page
    assert "Your answers to the self-check, and your result." in page
    assert "Your training" not in page
    secrets = {submission.profile, *map(str, submission.answers.values())} - {"no", "2", "two"}
    assert not [word for word in secrets if word in page]
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex, nofollow"


def test_preferences_name_the_saved_training(client, url, delivery):
    training_keep(link=delivery.link, record=Record(), words="Save")

    assert "Your training, since you saved it with your link" in page_text(client, url)


def test_get_and_head_change_nothing(client, url, contact):
    before = consent_steps(contact)
    for path in (url, f"{url}erase/"):
        for method in (client.get, client.head):
            assert method(path).status_code == 200

    assert client.get(f"{url}data/").status_code == 405
    assert consent_steps(contact) == before
    assert Contact.objects.count() == Delivery.objects.count() == 1


@pytest.mark.parametrize("purpose", [FOLLOW_UP, SECRET])
def test_consent_can_be_given_and_withdrawn(client, url, contact, purpose):
    given = client.post(url, {"action": "give", "purpose": purpose})
    assert (given.status_code, given["Location"]) == (303, url)
    assert selectors.consent_holds(contact, purpose)
    assert "You said yes." in page_text(client, url)

    client.post(url, {"action": "take_back", "purpose": purpose})

    assert not selectors.consent_holds(contact, purpose)
    assert consent_steps(contact)[1:] == [
        (purpose, "confirmed", "guides:preferences"),
        (purpose, "withdrawn", "guides:preferences"),
    ]


def test_consent_stores_the_wording(client, url, contact, guide_edition):
    for purpose in (FOLLOW_UP, SECRET):
        client.post(url, {"action": "give", "purpose": purpose})

    kept = contact.consents.filter(step="confirmed").order_by("pk")
    invitation = selectors.guide_content(guide_edition).secret.invitation
    assert list(kept.values_list("text_version", flat=True)) == [
        f"One email after four weeks to retake the check\n{wording.FOLLOW_UP}\nYes, please",
        f"News before anyone else\n{invitation}\nYes, please",
    ]


def test_follow_up_shows_its_date_and_sets_a_cookie(client, url):
    client.post(url, {"action": "give", "purpose": FOLLOW_UP})

    assert "follow_up" in client.cookies
    assert "We'll send it on" in page_text(client, url)
    client.post(url, {"action": "take_back", "purpose": FOLLOW_UP})
    assert "We'll send it on" not in page_text(client, url)
    assert Delivery.objects.get(kind=Kind.FOLLOW_UP).state == State.CANCELLED


@pytest.mark.parametrize(
    "data", [{}, {"purpose": "guide"}, {"purpose": "x", "action": "give"}, {"action": "give"}]
)
def test_invalid_choice_is_ignored(client, url, contact, data):
    before = consent_steps(contact)

    assert client.post(url, data).status_code == 303
    assert consent_steps(contact) == before


def test_follow_up_without_text_is_not_offered(client, url, contact):
    EmailText.objects.filter(kind="follow_up").delete()
    guide_publish(guide=Guide.objects.get(), user=None)

    client.post(url, {"action": "give", "purpose": FOLLOW_UP})

    assert 'value="follow_up"' not in page_text(client, url)
    assert not selectors.consent_holds(contact, FOLLOW_UP)


def test_preferences_of_unsubscribed_contact_link_to_undo(client, url, contact, token):
    contact_unsubscribe(contact=contact)
    unsubscribe = f"/unsubscribe/{signed_links.unsubscribe_token(contact)}/"

    page = page_text(client, url)
    assert "We've stopped all emails to this address" in page
    assert 'value="give"' not in page
    assert f'href="{unsubscribe}"' in page
    assert f'href="{url}"' in page_text(client, unsubscribe)
    secret = page_text(client, f"/guide/{token}/secret/")
    assert f'href="{url}"' in secret
    assert "Tell me first" not in secret


@pytest.fixture
def token(delivery):
    return signed_links.guide_token(delivery.link)


def test_data_export_is_complete(client, url, submission, contact):
    client.post(url, {"action": "give", "purpose": SECRET})

    response = client.post(f"{url}data/")

    exported = json.loads(response.content)
    assert response["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert "no-store" in response["Cache-Control"]
    assert exported["address"] == "runner@example.org"
    assert [(consent["purpose"], consent["step"]) for consent in exported["consents"]] == [
        ("secret", "confirmed"),
        ("guide", "asked"),
    ]
    assert [answers["answers"] for answers in exported["answers"]] == [submission.answers]
    assert [answers["result"] for answers in exported["answers"]] == [submission.result]
    assert [email["state"] for email in exported["emails"]] == ["queued"]
    assert [guide["result_type"] for guide in exported["guides"]] == [submission.profile]


def test_mistyped_address_sees_no_answers(client, ask, submission):
    mistyped = ask(submission, "wrong@example.org").contact
    ask(submission, "right@example.org")
    url = f"/preferences/{signed_links.preferences_token(mistyped)}/"

    assert json.loads(client.post(f"{url}data/").content)["answers"] == []
    assert "Your answers to the self-check" not in page_text(client, url)


def test_erasing_asks_for_confirmation_and_is_idempotent(client, url):
    asked = page_text(client, f"{url}erase/")
    assert "r•••@example.org" in asked
    assert "runner@example.org" not in asked

    done = client.post(f"{url}erase/")
    again = client.post(f"{url}erase/")

    assert [done.status_code, again.status_code, client.get(url).status_code] == [200, 410, 410]
    assert "Everything about you is erased" in again.content.decode()
    assert [model.objects.count() for model in (Contact, Consent, Delivery, Submission)] == [0] * 4
    assert selectors.address_suppressed("runner@example.org")
    assert client.post(f"{url}data/").status_code == 404


@pytest.mark.parametrize("tail", ["", "data/", "erase/"])
def test_invalid_preferences_tokens_are_not_found(client, url, contact, token, tail):
    own = signed_links.preferences_token(contact)
    others = [signed_links.unsubscribe_token(contact), token, own[:-1], f"0{own}", "x"]

    for other in others:
        assert client.post(f"/preferences/{other}/{tail}").status_code == 404
    assert client.get(f"/unsubscribe/{own}/").status_code == 404


def test_preferences_require_csrf_token(client_with_csrf, url, contact):
    for tail in ("", "data/", "erase/"):
        assert client_with_csrf.post(f"{url}{tail}").status_code == 403
    assert Contact.objects.count() == 1


@pytest.fixture
def client_with_csrf(client):
    client.handler.enforce_csrf_checks = True
    return client


def test_preferences_query_count_is_constant(client, url, contact, submission):
    client.get(url)
    counts = []
    for rows in (1, 6):
        for number in range(rows):
            Consent.objects.create(contact=contact, purpose=SECRET, step="asked", page="x")
            Delivery.objects.create(
                contact=contact, submission=submission, dedupe_key=f"{rows}-{number}"
            )
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 13


def test_preferences_use_the_guide_language(client, url):
    GuideEdition.objects.update(
        content=Replace("content", Value('"language":"en"'), Value('"language":"es"'))
    )
    caching.clear()

    assert "Tus correos y tus datos" in page_text(client, url)
    assert "¿Borrar todo sobre ti?" in page_text(client, f"{url}erase/")
    assert "Todo sobre ti está borrado" in client.post(f"{url}erase/").content.decode()
    assert reverse("guides:preferences", args=["x"]) == "/preferences/x/"
