"""Assistants are invited by email, in one of three roles."""

import re

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client

from assessments.permissions import CURATES, GROUP, READS
from guides.delivery.worker import drain
from runfit.accounts.invitations.services import InvitationClosedError, invitation_accept
from runfit.accounts.models import Invitation
from tests.runfit.accounts.conftest import sign_in

pytestmark = pytest.mark.django_db
PAGE = "/admin/accounts/invitation/"
ACCOUNT = {"username": "sam", "password1": "Lantern-ferry-31", "password2": "Lantern-ferry-31"}


@pytest.fixture
def desk(client, pt):
    client.force_login(pt)
    return client


def invite(desk, role=READS, email="sam@example.org"):
    return desk.post(PAGE, {"email": email, "role": role}, follow=True)


def links(sink):
    drain()
    texts = [message.get_content() for message in sink.messages]
    return [re.search(r"http://testserver(/\S+)", text)[1] for text in texts]


@pytest.mark.parametrize(
    ("role", "opens", "closed"),
    [
        (READS, "assessments/submission", "assessments/question/add"),
        (CURATES, "assessments/question/add", "guides/contact"),
        (GROUP, "guides/contact/export", "auth/user"),
    ],
)
def test_a_link_makes_an_account_with_the_rights_of_its_role(desk, sink, role, opens, closed):
    page = invite(desk, role).content.decode()
    (link,) = links(sink)
    helper = Client()
    made = helper.post(link, ACCOUNT)

    assert "sam@example.org" in page
    assert made["Location"] == "/admin/account/"
    assert helper.get(f"/admin/{opens}/").status_code == 200
    assert helper.get(f"/admin/{closed}/").status_code == 403
    assert "is over" in Client().get(link).content.decode()
    assert User.objects.get(username="sam").email == "sam@example.org"
    assert LogEntry.objects.filter(changes__has_key="invitation").count() == 2


def test_the_second_factor_comes_first_on_a_public_site(desk, sink, required):
    assert invite(desk).redirect_chain == [("/admin/account/", 302)]


def test_sending_again_ends_the_first_link_and_withdrawing_ends_all(desk, sink):
    invite(desk)
    pk = Invitation.objects.get().pk
    links(sink)
    desk.post(PAGE, {"again": pk})
    first, second = links(sink)

    assert "is over" in desk.get(first).content.decode()
    assert "Make my account" in desk.get(second).content.decode()
    desk.post(PAGE, {"withdraw": pk})
    assert "is over" in desk.get(second).content.decode()
    assert "sam@example.org" not in desk.get(PAGE).content.decode()


@pytest.mark.parametrize("action", ["again", "withdraw"])
def test_an_accepted_invitation_is_neither_sent_again_nor_withdrawn(desk, sink, action):
    invite(desk)
    (link,) = links(sink)
    Client().post(link, ACCOUNT)

    page = desk.post(PAGE, {action: Invitation.objects.get().pk}, follow=True).content.decode()

    assert "its link was used, or it was withdrawn" in page
    assert Invitation.objects.get().withdrawn_at is None
    drain()
    assert len(sink.messages) == 1


@pytest.mark.parametrize("number", ["²", "x", "9" * 5000])
def test_a_number_that_names_no_invitation_is_not_found(desk, number):
    assert desk.post(PAGE, {"again": number}).status_code == 404


def test_two_who_accept_at_once_make_one_account(desk):
    invite(desk)
    seen_by_both = Invitation.objects.get()
    invitation_accept(invitation=seen_by_both, username="sam", password="Lantern-ferry-31")

    with pytest.raises(InvitationClosedError):
        invitation_accept(invitation=seen_by_both, username="eve", password="Lantern-ferry-31")

    assert not User.objects.filter(username="eve").exists()


def test_a_link_expires_and_cannot_be_made_up(desk, sink, clock):
    invite(desk)
    (link,) = links(sink)

    assert "is over" in desk.get(f"{link[:-5]}aaaa/").content.decode()
    clock.shift(8 * 24 * 3600)
    assert "is over" in Client().get(link).content.decode()


def test_what_was_typed_stays_beside_its_error(desk, sink):
    invite(desk)
    (link,) = links(sink)

    page = Client().post(link, ACCOUNT | {"password2": "other"}).content.decode()

    assert 'value="sam"' in page
    assert "errorlist" in page
    assert not User.objects.filter(username="sam").exists()


@pytest.mark.parametrize("role", [READS, CURATES])
def test_assistants_invite_nobody(desk, sink, role):
    invite(desk, role)
    (link,) = links(sink)
    helper = Client()
    helper.post(link, ACCOUNT)

    assert helper.get(PAGE).status_code == 403
    assert helper.post(PAGE, {"email": "x@example.org", "role": GROUP}).status_code == 403
    assert PAGE not in helper.get("/admin/").content.decode()


def test_new_accounts_sign_in_with_their_own_password(desk, sink):
    invite(desk)
    (link,) = links(sink)
    helper = Client()
    helper.post(link, ACCOUNT)
    helper.logout()

    assert sign_in(helper, "sam", ACCOUNT["password1"]).status_code == 302
