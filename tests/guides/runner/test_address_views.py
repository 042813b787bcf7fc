"""The page behind a link from the PT, where a runner types the right address for their guide."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from guides import selectors
from guides.models import Consent, Contact, Delivery
from guides.signed_links import ADDRESS_LIFE, address_token
from guides.states import State

RIGHT = "right@example.org"


@pytest.fixture
def wrong(ask, submission) -> Contact:
    """The mistyped address, to which the guide was handed over."""
    return ask(submission, state=State.SENT, attempts=1).contact


@pytest.fixture
def at(wrong, submission) -> str:
    return reverse("guides:change_address", args=[address_token(submission)])


def test_runner_types_the_right_address_once(client, at, wrong, submission):
    page = client.get(at)
    assert (page.status_code, page["Referrer-Policy"]) == (200, "no-referrer")

    sent = client.post(at, {"email": RIGHT}, follow=True)

    assert sent.redirect_chain == [(at, 303)]
    assert f"We're emailing <strong>{RIGHT}</strong>." in sent.content.decode()
    mail = selectors.deliveries_of(submission).first()
    assert (mail.contact.email, mail.state) == (RIGHT, State.QUEUED)
    assert mail.contact.consents.get().text_version == "Send it to this address"
    assert client.post(at, {"email": "third@example.org"}).status_code == 410
    client.cookies.clear()  # another browser
    elsewhere = client.get(at)
    assert (elsewhere.status_code, RIGHT in elsewhere.content.decode()) == (410, False)
    assert Delivery.objects.count() == 2


def test_what_belongs_to_the_old_address_stays_apart(client, at, wrong):
    before = (wrong.email, wrong.deliveries.count(), Consent.objects.filter(contact=wrong).count())

    client.post(at, {"email": RIGHT})
    Delivery.objects.update(state=State.SENT, attempts=1)

    wrong.refresh_from_db()
    assert before == (
        wrong.email, wrong.deliveries.count(), Consent.objects.filter(contact=wrong).count(),
    )  # fmt: skip
    for email in (wrong.email, RIGHT):
        data = selectors.contact_personal_data(Contact.objects.get(email=email))
        assert (data.addresses, data.downloadable) == ((), frozenset())


def test_page_shows_neither_answers_nor_the_old_address(client, at, wrong, submission):
    page = client.get(at).content.decode()

    assert "Where should your guide go?" in page
    for private in (wrong.email, "example.org", submission.token, "Reach first"):
        assert private not in page


def test_link_is_over_after_a_week(client, at, time_machine, wrong):
    made = timezone.now()
    time_machine.move_to(made + ADDRESS_LIFE - timedelta(minutes=1))
    assert client.get(at).status_code == 200
    time_machine.move_to(made + ADDRESS_LIFE + timedelta(minutes=1))
    over = client.get(at)

    assert over.status_code == 410
    assert "This link is used up" in over.content.decode()


def test_link_is_over_once_the_runner_mended_the_address_alone(client, at, ask, submission):
    ask(submission, RIGHT)

    assert client.get(at).status_code == 410


@pytest.mark.parametrize("token", ["1-2.forged", "nonsense", "1-" + "9" * 17 + ".x"])
def test_forged_link_opens_nothing(client, db, token):
    assert client.get(reverse("guides:change_address", args=[token])).status_code == 410


def test_faulty_address_is_asked_for_again(client, at):
    page = client.post(at, {"email": "nobody"})

    assert page.status_code == 422
    assert 'value="nobody"' in page.content.decode()
    assert client.get(at).status_code == 200
