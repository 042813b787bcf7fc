"""Previews of pages and emails: escaped correctly, with their styles allowed by the CSP."""

from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from assessments.models import Practice
from guides.models import SharedRules
from tests.assessments.browser import address, change, frames
from tests.guides.factories import GuideFactory, PlanStepFactory, SharedRulesFactory

pytestmark = pytest.mark.django_db

NAME = """Ana "Fast" O'Neil <b>&amp; Co</b>"""


class Inside(HTMLParser):
    """Parses a page into its text, its style sheets, and its `style` attributes."""

    def __init__(self, html):
        super().__init__()
        self.text = ""
        self.sheets, self.attributes, self.tags = [], [], set()
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes += [value for name, value in attributes if name == "style"]

    def handle_data(self, data):
        if self.cdata_elem == "style":
            self.sheets.append(data)
        else:
            self.text += data


@pytest.fixture
def guide(draft):
    """A guide with a mail to preview."""
    SharedRulesFactory()
    PlanStepFactory(block__plan__profile=draft.profiles.first())
    return GuideFactory(assessment=draft)


def styles_let_through(response):
    directives = response["Content-Security-Policy"].split("; ")
    style_src = next(value for value in directives if value.startswith("style-src "))
    return set(style_src.split()[1:])


def hashes(pages):
    inside = [Inside(page) for page in pages]
    styles = {style for page in inside for style in (*page.sheets, *page.attributes)}
    digests = [b64encode(sha256(style.encode()).digest()).decode() for style in styles]
    return {f"'sha256-{digest}'" for digest in digests}


def test_practice_page_allows_only_its_previews_styles(admin_client, guide):
    response = admin_client.get(address("practice", "change"))

    [home, mail] = frames(response.content.decode()).values()
    assert [len(Inside(page).sheets) for page in (home, mail)] == [0, 1]
    assert [len(Inside(page).attributes) > 10 for page in (home, mail)] == [False, True]
    assert styles_let_through(response) == {"'self'", "'unsafe-hashes'", *hashes([mail])}


def test_guide_preview_allows_light_and_dark_mail_styles(admin_client, guide):
    response = admin_client.get(reverse("admin:guides_guide_preview", args=[guide.pk]))

    looks = frames(response.content.decode())
    assert looks.keys() == {
        f"Your guide from RunFit: {look}" for look in ("Phone", "Phone, dark", "Desktop")
    }
    assert len({sheet for look in looks.values() for sheet in Inside(look).sheets}) == 2
    assert styles_let_through(response) == {"'self'", "'unsafe-hashes'", *hashes(looks.values())}


def test_other_pages_allow_no_inline_styles(admin_client, draft):
    assert styles_let_through(admin_client.get(change(draft))) == {"'self'"}


def test_name_with_html_is_escaped(admin_client, guide):
    Practice(name=NAME, sender_name=NAME).save()

    response = admin_client.get(address("practice", "change"))

    looks = frames(response.content.decode())
    assert [title.partition(",")[0] for title in looks] == ["Home page", "The email"]
    assert [NAME in Inside(page).text for page in looks.values()] == [True, True]
    assert ["b" in Inside(page).tags for page in looks.values()] == [False, False]


def test_practice_page_opens_with_an_unfinished_guide(admin_client, guide):
    SharedRules.objects.all().delete()

    response = admin_client.get(address("practice", "change"))

    assert frames(response.content.decode()).keys() == {"Home page"}
