"""A new password by email, which tells nobody who has an account."""

import re

import pytest
from auditlog.models import LogEntry
from django.test import Client

from guides.delivery.worker import drain
from runfit.accounts.models import AccountEmail
from tests.runfit.accounts.conftest import sign_in

pytestmark = pytest.mark.django_db
RESET = "/admin/account/reset/"
NEW = {"new_password1": "Lantern-ferry-31", "new_password2": "Lantern-ferry-31"}


def link_in(sink):
    (message,) = sink.messages
    return re.search(r"http://testserver(/\S+)", message.get_content())[1], message


def ask(client, email="ana@example.org", **more):
    return client.post(RESET, {"email": email}, **more)


def test_a_link_by_email_sets_a_new_password_once(client, ana, sink):
    asked = ask(client, " Ana@Example.org ")
    drain()
    link, message = link_in(sink)
    form = client.get(link, follow=True)
    saved = client.post(form.redirect_chain[0][0], NEW)

    assert "is on its way" in client.get(asked["Location"]).content.decode()
    assert message["To"] == "ana@example.org"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "account “pt”" in message.get_content()
    assert saved["Location"] == "/admin/login/"
    assert sign_in(client, password=NEW["new_password1"]).status_code == 302
    assert "no longer works" in Client().get(link, follow=True).content.decode()
    assert LogEntry.objects.filter(changes__has_key="password").count() == 1
    assert not AccountEmail.objects.exists()


def test_known_and_unknown_addresses_get_the_same_answer_for_the_same_work(
    client, ana, sink, django_assert_num_queries
):
    answers = []
    for email in ("ana@example.org", "nobody@example.org"):
        with django_assert_num_queries(5):
            response = ask(client, email)
        answers.append((response.status_code, response["Location"], response.content))
    drain()

    assert answers[0] == answers[1]
    assert [message["To"] for message in sink.messages] == ["ana@example.org"]


def test_a_reset_does_not_bypass_the_second_factor(client, ana, app, sink):
    ask(client)
    drain()
    form = client.get(link_in(sink)[0], follow=True)
    client.post(form.redirect_chain[0][0], NEW)

    sign_in(client, password=NEW["new_password1"])

    assert client.get("/admin/")["Location"].startswith("/admin/account/second-factor/")


def test_a_new_password_ends_every_session(client, ana, sink):
    thief = Client()
    sign_in(thief)
    ask(client)
    drain()
    form = client.get(link_in(sink)[0], follow=True)

    client.post(form.redirect_chain[0][0], NEW)

    assert thief.get("/admin/").status_code == 302


def test_an_inbox_gets_few_and_a_network_asks_for_few(client, ana, sink):
    answers = [ask(client, REMOTE_ADDR=f"192.0.2.{number}").status_code for number in range(6)]
    drain()

    assert answers == [302] * 6
    assert len(sink.messages) == 3
    many = [ask(client, f"a{number}@example.org").status_code for number in range(51)]
    assert many[-1] == 429


@pytest.mark.parametrize("field", ["is_active", "is_staff"])
def test_accounts_that_may_not_sign_in_get_none(client, ana, sink, field):
    setattr(ana, field, False)
    ana.save()

    ask(client)
    drain()

    assert sink.messages == []


def test_mail_that_fails_is_sent_later_and_given_up_after_an_hour(client, ana, sink, clock):
    sink.refuse["ana@example.org"] = "451 Later"
    ask(client)
    drain()
    assert AccountEmail.objects.exists()

    sink.refuse.clear()
    clock.shift(61)
    drain()
    assert len(sink.messages) == 1

    ask(client)
    clock.shift(3601)
    drain()
    assert (len(sink.messages), AccountEmail.objects.count()) == (1, 0)


def test_a_typo_is_said_beside_the_field(client):
    page = ask(client, "ana@").content.decode()

    assert "errorlist" in page
    assert 'value="ana@"' in page
