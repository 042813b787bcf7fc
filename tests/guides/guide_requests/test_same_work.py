"""Pages that take an address run the same statements, whether it's known, unknown, or unsubscribed.

That's what their time depends on: `python -m benchmarks.attacks` measures it.
"""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from guides.consents.services import contact_unsubscribe
from guides.models import Contact, Delivery
from guides.signed_links import address_token
from guides.states import State

ADDRESSES = ("known@example.org", "unknown@example.org", "unsubscribed@example.org")
VALUES = re.compile(r"NULL|'(?:[^']|'')*'|\b\d+\b|\"s\d+_x\d+\"")
UNDONE = re.compile(r"^ROLLBACK TO SAVEPOINT")
"""The only difference allowed: the rows of a refused request are taken back."""


@pytest.fixture
def addresses(ask, submit):
    for email in (ADDRESSES[0], ADDRESSES[2]):
        ask(submit(), email, state=State.SENT)
    contact_unsubscribe(contact=Contact.objects.get(email=ADDRESSES[2]))
    Delivery.objects.update(queued_at=timezone.now() - timedelta(days=3))
    return ADDRESSES


@pytest.fixture(autouse=True)
def _limits_never_settle(settings, no_expiry):
    """It's a query for each twentieth of a limit, whoever asks then."""
    settings.GUIDE_LIMIT_HOUR = settings.GUIDE_LIMIT_NETWORK_HOUR = 1_000_000


def statements(send):
    """What was executed, without values and names of savepoints."""
    with CaptureQueriesContext(connection) as captured:
        response = send()
    assert response.status_code < 400
    shapes = [VALUES.sub("?", query["sql"]) for query in captured]
    return [shape for shape in shapes if not UNDONE.match(shape)]


def assert_same(send, *, stores=True):
    """Returns what was executed."""
    send("warm@example.org")  # fills the caches
    known, unknown, unsubscribed = (
        statements(lambda email=email: send(email)) for email in ADDRESSES
    )
    assert any("INSERT" in statement for statement in known) == stores
    assert unknown == known
    assert unsubscribed == known
    return known


@pytest.mark.parametrize(("boxes", "number"), [({}, 7), ({"follow_up": "on", "series": "on"}, 8)])
def test_request_of_the_guide(client, addresses, submit, boxes, number):
    """Queries: answers, inbox, earlier requests with suppressions, contact, consents, link, and
    delivery. A box asks whether its email waits already."""
    results = {email: submit() for email in (*addresses, "warm@example.org")}

    def send(email):
        return client.post(f"/result/{results[email].token}/guide/", {"email": email, **boxes})

    queries = [shape for shape in assert_same(send) if "SAVEPOINT" not in shape]

    lock = connection.vendor == "postgresql"  # SQLite locks out all others as it is
    assert len(queries) == number + lock


@pytest.mark.parametrize("page", ["secret", "phone"])
def test_link_sent_again(client, addresses, page):
    assert_same(lambda email: client.post(f"/guide/strength-guide/{page}/", {"email": email}))


def test_corrected_address(client, addresses, submit):
    results = {email: submit() for email in (*addresses, "warm@example.org")}
    tokens = {email: address_token(result) for email, result in results.items()}

    assert_same(lambda email: client.post(f"/guide/{tokens[email]}/address/", {"email": email}))


def test_page_after_the_request(client, addresses, submit):
    results = {email: submit() for email in (*addresses, "warm@example.org")}
    for email, result in results.items():
        client.post(f"/result/{result.token}/guide/", {"email": email})

    assert_same(
        lambda email: client.get(f"/result/{results[email].token}/on-its-way/"), stores=False
    )


def test_addresses_of_today_alike(client, ask, submit):
    """Somebody who asked today for another result is refused, and takes as long."""
    ask(submit(), "known@example.org", state=State.SENT)
    ask(submit(), "unsubscribed@example.org", state=State.SENT)
    contact_unsubscribe(contact=Contact.objects.get(email="unsubscribed@example.org"))
    results = {email: submit() for email in (*ADDRESSES, "warm@example.org")}

    assert_same(
        lambda email: client.post(f"/result/{results[email].token}/guide/", {"email": email})
    )
