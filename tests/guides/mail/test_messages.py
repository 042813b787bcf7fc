from email import message_from_bytes, policy
from html import unescape

import pytest

from guides import signed_links
from guides.mail.messages import CannotBuildError, build


def received(delivery):
    return message_from_bytes(build(delivery).message().as_bytes(), policy=policy.default)


def test_headers_of_the_guide_email(delivery, settings):
    message = received(delivery)

    assert message["Message-ID"] == delivery.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["From"].addresses[0].display_name == "RunFit"
    assert message["To"] == "runner@example.org"


def test_text_and_html_contain_same_link_and_words(delivery):
    message = received(delivery)
    text = message.get_body(("plain",)).get_content()
    page = message.get_body(("html",)).get_content()
    url = f"http://testserver/guide/{signed_links.guide_token(delivery.link)}/"

    for part in (text, page):
        assert url in part
        assert (
            f"http://testserver/unsubscribe/{signed_links.unsubscribe_token(delivery.contact)}/"
            in part
        )
        assert "90" in part
        assert "{" not in part.split("</style>")[-1]
    for paragraph in text.split("\n\n")[:2]:
        assert paragraph in unescape(page)


def test_subject_and_preview_reveal_nothing_about_health(delivery):
    message = received(delivery)

    page = message.get_body(("html",)).get_content()
    preview = page.split('<div class="preview">')[1].split("</div>")[0]

    for words in (message["Subject"].casefold(), preview.casefold()):
        assert words
        assert not any(word in words for word in ("hip", "tight", "pain", "mobility", "glute"))


def test_every_attempt_builds_same_message(delivery):
    first, second = build(delivery), build(delivery)

    assert (first.subject, first.body, first.alternatives) == (
        second.subject,
        second.body,
        second.alternatives,
    )


def test_delivery_without_link_cannot_be_built(delivery):
    delivery.link = None

    with pytest.raises(CannotBuildError):
        build(delivery)
