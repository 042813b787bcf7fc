"""Emails as a server receives them, byte by byte."""

import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import parseaddr
from html import unescape
from html.parser import HTMLParser
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from hypothesis import HealthCheck, assume, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image

from assessments.selectors import practice
from guides import selectors, signed_links
from guides.consents.services import consent_confirm
from guides.delivery.worker import drain
from guides.email_addresses import address_ascii
from guides.mail import compose, messages
from guides.models import Consent, Delivery
from guides.models.delivery import mail_domain
from guides.states import Kind, State
from runfit.lib import caching

LIST_HEADERS = ("List-Unsubscribe", "List-Unsubscribe-Post", "List-Id")
CID = re.compile(r'src="cid:([^"]+)"')
COPY = "If the button doesn't work, copy this link:"


@pytest.fixture(params=[Kind.GUIDE, Kind.FOLLOW_UP], ids=lambda kind: kind.name)
def due(request, ask, submission, settings):
    """A due delivery of this kind."""
    settings.SITE_URL = "https://run.example.org"
    delivery = ask(submission, follow_up=True)
    if request.param == Kind.GUIDE:
        return delivery
    Delivery.objects.update(state=State.SENT)
    consent_confirm(
        contact=delivery.contact, purpose=Consent.Purpose.FOLLOW_UP, words="x", page="x"
    )
    follow_up = Delivery.objects.get(kind=Kind.FOLLOW_UP)
    Delivery.objects.filter(pk=follow_up.pk).update(due_at=delivery.due_at)
    return follow_up


def received(sink):
    drain()
    [raw] = sink.raw
    return raw, message_from_bytes(raw, policy=policy.default)


def sender(raw):
    """Name and address. Python's newer parser leaves a space inside a long folded name."""
    folded = str(message_from_bytes(raw)["From"])
    name, address = parseaddr(re.sub(r"\r?\n(?=\s)", "", folded))
    return str(make_header(decode_header(name))), address


class TextAndLinks(HTMLParser):
    """Collects the visible text of an HTML page and its link targets."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self.links, self.hidden = "", [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        if tag in {"style", "title"} or named.get("class") == "preview":
            self.hidden.append(tag)
        if tag == "a":
            self.links.append(named["href"])

    def handle_endtag(self, tag):
        if self.hidden and self.hidden[-1] == tag:
            self.hidden.pop()

    def handle_data(self, data):
        if not self.hidden:
            self.words += data


def test_both_kinds_identify_the_sender(due, sink):
    _, message = received(sink)

    assert message["Message-ID"] == due.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["To"] == "runner@example.org"


def test_text_comes_first_and_pictures_belong_to_the_page(due, sink):
    raw, message = received(sink)

    page = (
        ["text/html"]
        if due.kind == Kind.FOLLOW_UP
        else ["multipart/related", "text/html", "image/png"]
    )
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative", "text/plain", *page,
    ]  # fmt: skip
    html = message.get_body(("html",)).get_content()
    parts = [part for part in message.walk() if part.get_content_maintype() == "image"]
    assert CID.findall(html) == [part["Content-ID"].strip("<>") for part in parts]
    for part in parts:
        assert part.get_content_disposition() == "inline"
        assert Image.open(BytesIO(part.get_content())).width == 960
    assert len(raw) < 60_000


def test_nothing_in_the_page_is_fetched(due, sink):
    """No picture, style sheet, font, or pixel from anywhere."""
    _, message = received(sink)
    html = message.get_body(("html",)).get_content()

    assert re.findall(r'\bsrc="(?!cid:)|\bbackground="|url\(|@import|<link|<script', html) == []
    assert {link.split("/")[2] for link in TextAndLinks(html).links} == {"run.example.org"}


def test_page_needs_no_style_sheet(due, sink):
    """What remains of it is for dark mode. Gmail's app drops it for other providers' addresses."""
    _, message = received(sink)
    html = message.get_body(("html",)).get_content()

    [sheet] = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert re.fullmatch(r"@media \(prefers-color-scheme: dark\) \{.*\}\s*", sheet, re.DOTALL)
    [button] = re.findall(r'<a href="[^"]*" style="([^"]*)">(?!https)', html.split("</table>")[1])
    assert "color:#ffffff" in button
    assert re.search(r'<td style="[^"]*background-color:#b5401a', html)
    assert len(html.encode()) < 10_000


def test_page_has_one_button_and_the_link_to_copy(due, sink):
    _, message = received(sink)
    html = message.get_body(("html",)).get_content()
    text = message.get_body(("plain",)).get_content()

    [url] = re.findall(r" here:\s+(https://\S+)", text)
    assert html.count('class="button"') == 1
    assert html.count(f'href="{url}"') == 2
    assert f">{url}</a>" in html
    assert "button" not in text.lower()


def test_only_follow_up_has_one_click_unsubscribe(due, sink):
    raw, message = received(sink)

    if due.kind == Kind.GUIDE:
        assert [message[name] for name in LIST_HEADERS] == [None] * 3
        return
    url = f"https://run.example.org/unsubscribe/{signed_links.unsubscribe_token(due.contact)}/"
    assert message["List-Unsubscribe"].strip() == (
        f"<{url}>, <mailto:runfit@testserver?subject=unsubscribe>"
    )
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"] == "<follow-up.testserver>"
    assert raw.count(b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n") == 1


def test_one_click_unsubscribe_requires_https(due, settings):
    settings.SITE_URL = "http://localhost:8000"

    assert b"List-Unsubscribe-Post" not in messages.build(due).message().as_bytes()


@pytest.mark.parametrize("form", ["urlencoded", "multipart"])
def test_one_click_post_needs_only_its_url(due, form):
    url = f"/unsubscribe/{signed_links.unsubscribe_token(due.contact)}/"
    client, data = Client(enforce_csrf_checks=True), {"List-Unsubscribe": "One-Click"}
    for method in (client.get, client.head):
        assert method(url).status_code == 200
    assert not selectors.address_suppressed(due.contact.email)

    if form == "multipart":
        response = client.post(url, data)
    else:
        body = "List-Unsubscribe=One-Click"
        response = client.post(url, body, content_type="application/x-www-form-urlencoded")

    assert response.status_code == 200
    assert response.cookies == {}
    assert selectors.address_suppressed(due.contact.email)
    assert "no-store" in response["Cache-Control"]


def test_text_says_what_the_page_says_in_its_own_words(due, sink):
    _, message = received(sink)
    text = message.get_body(("plain",)).get_content()
    page = TextAndLinks(message.get_body(("html",)).get_content())

    def words(part: str) -> list[str]:
        bare = re.sub(r"https://\S+", "", part.replace(COPY, "").replace(" here:", ""))
        return [word for word in re.findall(r"[^\s:,]+", bare) if word != "--"]

    practice_name, *read = words(unescape(page.words))
    assert practice_name == "RunFit"  # above the page's first line
    assert words(text) == read
    assert sorted(set(re.findall(r"https://\S+", text))) == sorted(set(page.links))


def test_lines_are_short_and_ascii(due, sink):
    long = "Größe 🏃 " * 200
    row = practice()
    row.sign_off, row.postal_address = long, "x" * 3000
    row.sender_name = row.name = "Ž" * 200
    row.save()
    caching.clear()

    raw, message = received(sink)

    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert long.strip() in message.get_body(("plain",)).get_content()
    assert sender(raw) == ("Ž" * 200, "runfit@testserver")


@pytest.mark.parametrize(
    ("typed", "spelled"),
    [("müller@straße.de", "müller@straße.de"), ("praxis@straße.de", "praxis@xn--strae-oqa.de"), ("a@b.org", "a@b.org")],
)  # fmt: skip
def test_address_ascii(typed, spelled):
    assert address_ascii(typed) == spelled


def test_practice_addresses_are_idna_encoded(due, sink):
    row = practice()
    row.sender_address, row.reply_to = "praxis@straße.de", "antwort@bücher.example"
    row.save()
    caching.clear()

    _, message = received(sink)

    assert message["From"].addresses[0].addr_spec == "praxis@xn--strae-oqa.de"
    assert message["Reply-To"] == "antwort@xn--bcher-kva.example"
    if due.kind == Kind.FOLLOW_UP:
        assert "<mailto:antwort@xn--bcher-kva.example?subject=" in message["List-Unsubscribe"]


def test_site_domain_may_be_international(settings):
    settings.DEFAULT_FROM_EMAIL = "runfit@bücher.example"

    assert mail_domain() == "xn--bcher-kva.example"


def test_international_address_is_encoded_by_idna_2008(ask, submission, client, sink):
    client.post(f"/result/{submission.token}/guide/", {"email": "läufer@straße.de"})
    assert Delivery.objects.count() == 0
    client.post(f"/result/{submission.token}/guide/", {"email": "laeufer@straße.de"})

    _, message = received(sink)

    assert message["To"] == "laeufer@xn--strae-oqa.de"


NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=200)


@example('Ana "Fast" O\'Neil, PT; <x@y.org>')
@example("Ана 跑步 العداء 🏃‍♀️")
@example("back\\slash\x0b\x85\u2028line")
@given(name=NAMES)
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_practice_name_survives_encoding(guide_edition, name):
    row = practice()
    row.name = row.sender_name = name
    try:
        row.clean_fields()
    except ValidationError:
        return
    assume("=?" not in name)  # would look like an encoded word
    content = selectors.guide_content(guide_edition)

    message: EmailMultiAlternatives = messages.email_samples(content, to="runner@example.org")[
        "guide"
    ]
    assume(practice() is row)  # unless the cache let go of it meanwhile
    raw = message.message().as_bytes(linesep="\r\n")
    parsed = message_from_bytes(raw, policy=policy.default)

    shown = " ".join(compose.CONTROL.sub(" ", name).split())
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert raw.isascii()
    assert len(parsed["From"].addresses) == 1
    assert sender(raw) == (shown, "runfit@testserver")
    assert parsed["Subject"].strip() == f"Your guide from {shown}".strip()
    assert {"Bcc", "Cc"} & set(parsed.keys()) == set()
