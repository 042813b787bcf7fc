"""News emails at the desk: written, tested, sent to whoever's yes allows it, and stopped."""

import pytest
from django.contrib.auth.models import Permission, User
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guides.admin.emails.news import fingerprint
from guides.consents.services import contact_unsubscribe
from guides.delivery.worker import drain
from guides.models import Delivery, NewsEmail
from tests.assessments.browser import frames, open_page, said
from tests.assessments.desk.test_previews import hashes, styles_let_through
from tests.guides.factories import ConsentFactory

pytestmark = pytest.mark.django_db

WORDS = "Want to hear first?\nTell me first"
OTHER = "My course: one email.\nTell me first"


@pytest.fixture(autouse=True)
def _sends(settings):
    settings.EMAIL_KEPT_LOCALLY = False
    settings.NEWS_LIMIT_HOUR = 0  # no pace


@pytest.fixture
def readers(db):
    return ConsentFactory.create_batch(3, text_version=WORDS)


def page(name, *arguments):
    return reverse(f"admin:guides_newsemail_{name}", args=arguments)


def write(client, **words):
    """Writes one on its page, and returns it."""
    fields = open_page(client, page("add")).fields
    fields |= {"subject": "It's ready", "preview": "As promised", "body": "Hi!\n- **one**", **words}
    response = client.post(page("add"), fields)
    assert response.status_code == 302, response.content.decode()
    return NewsEmail.objects.latest("pk")


def send(client, news, **more):
    fields = open_page(client, page("send", news.pk)).fields
    return client.post(page("send", news.pk), {**fields, **more}, follow=True)


def test_it_is_written_tested_and_sent_once(admin_client, readers):
    news = write(admin_client)
    assert news.wordings == [WORDS]  # the only ones: checked from the start
    at = page("send", news.pk)
    assert "Send yourself a test of these words first." in admin_client.get(at).content.decode()

    tested = admin_client.post(at, {"to": "pt@example.org", "test": "yes"}, follow=True)
    assert said(tested) == ["The test email was sent to pt@example.org."]
    shown = admin_client.get(at).content.decode()
    assert "<strong>3 people get it.</strong>" in shown
    fields = open_page(admin_client, at).fields
    first, second = (admin_client.post(at, fields, follow=True) for _ in range(2))
    drain()
    drain()

    assert said(first) == ["It's on its way. You can stop it here."]
    assert said(second) == ["It's on its way already. Nobody gets it twice."]
    addresses = sorted(message.to[0] for message in mail.outbox[1:])
    assert addresses == sorted(consent.contact.email for consent in readers)
    history = admin_client.get(page("history", news.pk)).content.decode()
    assert "Sent to everyone whose yes allows it." in history
    assert "It's gone out to everyone." in admin_client.get(at).content.decode()


def test_both_parts_say_why_and_how_to_stop(admin_client, readers):
    news = write(admin_client, button="See it", link="https://example.org/it")
    NewsEmail.objects.update(tested=news.fingerprint)
    send(admin_client, news)
    drain()

    message = mail.outbox[0]
    html = message.alternatives[0][0]
    for part in (message.body, html):
        assert "you asked to hear this news first" in " ".join(part.split()).replace("&#x27;", "'")
        assert "https://example.org/it" in part
        assert "/unsubscribe/" in part
    assert "- one" in message.body
    assert "<strong>one</strong>" in html
    assert message.extra_headers["List-Id"].startswith("<news.")
    assert "List-Unsubscribe" in message.extra_headers


def test_who_is_left_out_is_counted_by_reason(admin_client, readers):
    ConsentFactory.create_batch(2, text_version=OTHER)
    for reader in readers[:2]:
        contact_unsubscribe(contact=reader.contact)
    news = write(admin_client, wordings=[fingerprint(WORDS)])

    shown = admin_client.get(page("send", news.pk)).content.decode()

    assert "<strong>1 person gets it.</strong>" in shown
    assert "<li>2: said yes to other words than those you checked</li>" in shown
    assert "<li>2: took it back: “Stop all emails”</li>" in shown


def test_nothing_goes_out_to_words_that_were_not_checked(admin_client, readers):
    ConsentFactory(text_version=OTHER)
    news = write(admin_client)
    assert news.wordings == []  # there are several: she picks
    NewsEmail.objects.update(tested=news.fingerprint)

    assert "Nobody would get it." in admin_client.get(page("send", news.pk)).content.decode()
    send(admin_client, news, send="yes")
    drain()

    assert not Delivery.objects.exists()


def test_words_changed_after_the_test_or_the_page_send_nothing(admin_client, readers):
    news = write(admin_client)
    NewsEmail.objects.update(tested=news.fingerprint)
    fields = open_page(admin_client, page("send", news.pk)).fields
    NewsEmail.objects.update(body="Something else")

    response = admin_client.post(page("send", news.pk), fields, follow=True)

    assert said(response)[0].startswith("Nothing was sent.")
    assert NewsEmail.objects.get().is_draft


def test_what_was_sent_cannot_be_changed_or_deleted(admin_client, readers):
    news = write(admin_client)
    NewsEmail.objects.update(tested=news.fingerprint)
    fields = open_page(admin_client, page("change", news.pk)).fields
    send(admin_client, news)

    saved = admin_client.post(page("change", news.pk), {**fields, "subject": "No"}, follow=True)

    assert said(saved) == ["This email was sent, so its words can't be changed anymore."]
    assert NewsEmail.objects.get().subject == "It's ready"
    assert admin_client.post(page("delete", news.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("key", ["²", "x", "9" * 25])
def test_a_page_of_no_email_leads_to_the_first_page(admin_client, key):
    assert admin_client.get(page("change", key))["Location"] == "/admin/"


def test_it_can_be_stopped_while_it_goes_out(admin_client, readers, settings):
    settings.NEWS_LIMIT_HOUR = 1
    news = write(admin_client)
    NewsEmail.objects.update(tested=news.fingerprint)
    send(admin_client, news)
    drain()

    first, second = (
        admin_client.post(page("send", news.pk), {"stop": "yes"}, follow=True) for _ in range(2)
    )

    assert said(first) == ["Stopped. 2 emails that were waiting won't go out."]
    assert said(second) == ["It isn't going out, so there's nothing to stop."]
    assert len(mail.outbox) == 1
    shown = admin_client.get(page("send", news.pk)).content.decode()
    assert "<dt>Not sent</dt><dd>2: You stopped it.</dd>" in shown


def test_a_button_needs_its_words_and_where_it_leads(admin_client, readers):
    fields = open_page(admin_client, page("add")).fields
    fields |= {"subject": "Hi", "preview": "Hi", "body": "Hi {days}", "button": "See"}

    shown = admin_client.post(page("add"), fields).content.decode()
    assert "{days} doesn&#x27;t work here. Use {practice}." in shown
    shown = admin_client.post(page("add"), {**fields, "body": "Hi"}).content.decode()
    assert "A button needs its words and where it leads, or leave out both." in shown


def test_the_phone_beside_shows_what_is_typed(admin_client, readers):
    news = write(admin_client)
    fields = open_page(admin_client, page("change", news.pk)).fields

    shown = admin_client.post(page("phone", news.pk), {**fields, "body": "**Now**"})

    assert "<strong>Now</strong>" in frames(shown.content.decode())["How it arrives: Light"]
    assert NewsEmail.objects.get().body == news.body


def test_a_new_one_arrives_on_the_phone_as_it_is_typed(admin_client, readers):
    form = admin_client.get(page("add"))
    typed = {**open_page(admin_client, page("add")).fields, "body": "- **Now**"}

    shown = admin_client.post(page("add-phone"), typed).content.decode()

    assert "<strong>Now</strong>" in frames(shown)["How it arrives: Light"]
    assert hashes(frames(shown).values()) < styles_let_through(form)


def test_sending_takes_a_permission_of_its_own(admin_client, client, readers):
    news = write(admin_client)
    NewsEmail.objects.update(tested=news.fingerprint)
    helper = User.objects.create_user("helper", is_staff=True)
    names = ["view_newsemail", "change_newsemail"]
    helper.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(helper)
    at = page("send", news.pk)

    assert "Your account can't send it." in client.get(at).content.decode().replace("&#x27;", "'")
    assert client.post(at, {"send": "yes"}).status_code == 403
    assert client.post(at, {"stop": "yes"}).status_code == 403
    helper.user_permissions.clear()
    client.force_login(User.objects.get(pk=helper.pk))
    assert client.get(at).status_code == 403


def test_pages_cost_the_same_for_many_readers(admin_client, readers, django_assert_max_num_queries):
    news = write(admin_client)
    admin_client.get(page("send", news.pk))
    with CaptureQueriesContext(connection) as few:
        admin_client.get(page("send", news.pk))
    ConsentFactory.create_batch(30, text_version=WORDS)

    with django_assert_max_num_queries(len(few)):
        admin_client.get(page("send", news.pk))
