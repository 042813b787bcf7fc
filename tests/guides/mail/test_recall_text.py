"""The email about a version that was wrong."""

from html import unescape

import pytest

from assessments.models import Edition
from assessments.publishing.recalls import edition_recall
from guides import signed_links
from guides.content.health_words import health_words
from guides.mail.messages import build
from guides.models import Delivery, GuideEdition
from guides.recalls.queue import recalls_queue
from guides.recalls.services import guide_edition_recall
from guides.states import Kind, State
from runfit.lib import caching
from tests.guides.mail.test_messages import received

pytestmark = pytest.mark.django_db
REASON = "We counted a *short* reach as a long one.\nSkip the deep bends."


@pytest.fixture
def mail(request, ask, submission, guide_edition):
    """About the version of the self-check, or of the guide."""
    ask(submission, state=State.SENT)
    if getattr(request, "param", "self-check") == "guide":
        guide_edition_recall(edition=guide_edition, reason=REASON)
    else:
        edition_recall(edition=submission.edition, reason=REASON)
    caching.clear()
    recalls_queue()
    return Delivery.objects.get(kind=Kind.RECALL)


@pytest.mark.parametrize(
    ("mail", "page"), [("self-check", "recalled/"), ("guide", "")], indirect=["mail"]
)
def test_it_says_why_and_what_to_do_and_leads_to_ones_own_page(mail, page):
    message = received(mail)
    text = message.get_body(("plain",)).get_content()
    html = unescape(message.get_body(("html",)).get_content())

    url = f"http://testserver/guide/{signed_links.guide_token(mail.link)}/{page}\n"
    assert url in text
    for part in (text, html):
        assert "*short* reach" in part
        assert "Skip the deep bends." in part
        assert "It's not advertising." in part
        assert "Happy running!" not in part
        assert signed_links.unsubscribe_token(mail.contact) in part
    assert mail.submission is None
    assert mail.link.profile not in text


def test_subject_and_sender_reveal_nothing_about_health(mail):
    message = received(mail)

    assert health_words(message["Subject"]) == []
    assert message["Subject"] == "Please read: a correction to what we sent you"
    assert message["List-Unsubscribe"] is None


def test_every_attempt_builds_the_same_message_under_the_same_id(mail):
    first, second = build(mail), build(Delivery.objects.get(pk=mail.pk))

    assert (first.body, first.alternatives) == (second.body, second.alternatives)
    assert received(mail)["Message-ID"] == mail.message_id


def test_spanish_version_is_corrected_in_spanish(mail):
    text = GuideEdition.objects.values_list("content", flat=True).get()
    GuideEdition.objects.update(content=text.replace('"language":"en"', '"language":"es"'))
    Edition.objects.update(recall_reason="Contamos mal una respuesta.")
    caching.clear()

    message = received(mail)

    assert "corrección" in message["Subject"]
    for part in ("plain", "html"):
        words = unescape(message.get_body((part,)).get_content())
        assert "Contamos mal una respuesta." in words
        assert "No es publicidad." in words
        assert "We" not in words
