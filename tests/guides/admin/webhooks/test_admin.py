"""Webhooks at the desk."""

import re

import pytest
from django.urls import reverse
from standardwebhooks import Webhook

from guides.delivery.webhooks import sending
from guides.delivery.webhooks.services import webhook_reseed, webhook_test
from guides.models import Delivery, WebhookEndpoint
from guides.states import State
from tests.guides.factories import WebhookEndpointFactory

ADD = "/admin/guides/webhookendpoint/add/"
FIELDS = {
    "name": "My list",
    "address": "https://hooks.example.org/x",
    "consents": "on",
    "is_on": "on",
}


@pytest.fixture
def pt_client(client, pt):
    client.force_login(pt)
    return client


@pytest.fixture
def endpoint(db):
    return WebhookEndpointFactory()


def page(endpoint) -> str:
    return reverse("admin:guides_webhookendpoint_activity", args=[endpoint.pk])


def test_therapist_adds_a_webhook_and_sees_its_secret_once(pt_client):
    response = pt_client.post(ADD, FIELDS, follow=True)

    endpoint = WebhookEndpoint.objects.get()
    assert response.redirect_chain[-1][0] == page(endpoint)
    assert "Waits for its key" in response.content.decode()
    shown = pt_client.post(page(endpoint), {"secret": "yes"})
    [secret] = re.findall(r"whsec_[A-Za-z0-9+/=]+", shown.content.decode())
    endpoint.refresh_from_db()
    assert secret == sending.secret(endpoint)
    assert Webhook(secret)
    assert "no-store" in shown["Cache-Control"]
    assert "whsec_" not in pt_client.get(page(endpoint)).content.decode()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"address": "http://hooks.example.org"}, "It has to start with https://."),
        ({"consents": ""}, "Choose at least one thing to tell it."),
        ({"answers": "on"}, "Answers come with a result, so choose results, too."),
    ],
)
def test_what_is_wrong_stands_on_the_form_and_what_was_typed_stays(pt_client, fields, message):
    html = pt_client.post(ADD, {**FIELDS, **fields}).content.decode()

    assert message in html
    assert 'value="My list"' in html
    assert not WebhookEndpoint.objects.exists()


def test_test_waits_for_the_secret(pt_client, endpoint):
    html = pt_client.post(page(endpoint), {"test": "yes"}, follow=True).content.decode()
    assert "Make its key first" in html

    webhook_reseed(endpoint=endpoint)
    pt_client.post(page(endpoint), {"test": "yes"})
    row = Delivery.objects.get()
    assert (row.event, row.masked_email) == ("test", "hooks.example.org")
    assert "<code>test</code>" in pt_client.get(page(endpoint)).content.decode()


def test_failed_events_are_sent_again(pt_client, endpoint):
    webhook_reseed(endpoint=endpoint)
    webhook_test(endpoint=endpoint)
    Delivery.objects.update(state=State.FAILED, reason="The tool refused it (404).")
    assert "The tool refused it (404)." in pt_client.get(page(endpoint)).content.decode()

    html = pt_client.post(page(endpoint), {"again": "yes"}, follow=True).content.decode()

    assert "1 event will be sent again." in html
    assert Delivery.objects.get().state == State.QUEUED


def test_webhook_that_is_gone_is_on_the_first_page_until_it_is_turned_on(pt_client, endpoint):
    WebhookEndpoint.objects.update(is_on=False, gone_at="2026-11-01T00:00:00Z")
    told = "“My list” isn't told anything anymore"
    first = reverse("admin:index")
    assert told in pt_client.get(first).content.decode().replace("&#x27;", "'")

    change = reverse("admin:guides_webhookendpoint_change", args=[endpoint.pk])
    pt_client.post(change, FIELDS)

    endpoint.refresh_from_db()
    assert (endpoint.is_on, endpoint.gone_at) == (True, None)
    assert told not in pt_client.get(first).content.decode().replace("&#x27;", "'")


def test_seed_is_in_no_history(pt_client, endpoint):
    webhook_reseed(endpoint=endpoint)
    seed = WebhookEndpoint.objects.get().seed

    history = reverse("admin:guides_webhookendpoint_history", args=[endpoint.pk])
    assert seed not in pt_client.get(history).content.decode()


@pytest.mark.parametrize("number", [1, 20])
def test_page_takes_the_same_queries_with_one_event_and_many(
    pt_client, endpoint, number, django_assert_max_num_queries
):
    for _ in range(number):
        webhook_test(endpoint=endpoint)
    pt_client.get(page(endpoint))

    with django_assert_max_num_queries(12):
        pt_client.get(page(endpoint))
