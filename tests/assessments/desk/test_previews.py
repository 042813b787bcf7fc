"""Pages and mails in the frames of the desk: shown as they are, with their styles let through."""

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
    """What a browser finds in a page: its words, and its style sheets."""

    def __init__(self, html):
        super().__init__()
        self.text = ""
        self.sheets = []
        self.feed(html)

    def handle_data(self, data):
        if self.cdata_elem == "style":
            self.sheets.append(data)
        else:
            self.text += data


@pytest.fixture
def guide(draft):
    """With a mail to look at."""
    SharedRulesFactory()
    PlanStepFactory(block__plan__profile=draft.profiles.first())
    return GuideFactory(assessment=draft)


def styles_let_through(response):
    directives = response["Content-Security-Policy"].split("; ")
    return set(next(each for each in directives if each.startswith("style-src ")).split()[1:])


def hashes(pages):
    sheets = {sheet for page in pages for sheet in Inside(page).sheets}
    return {f"'sha256-{b64encode(sha256(each.encode()).digest()).decode()}'" for each in sheets}


def test_the_practice_lets_through_the_styles_of_its_mail_and_no_others(admin_client, guide):
    response = admin_client.get(address("practice", "change"))

    [home, mail] = frames(response.content.decode()).values()
    assert [len(Inside(page).sheets) for page in (home, mail)] == [0, 1]
    assert styles_let_through(response) == {"'self'", *hashes([mail])}


def test_the_preview_of_a_guide_lets_through_its_mail_in_light_and_in_dark(admin_client, guide):
    response = admin_client.get(reverse("admin:guides_guide_preview", args=[guide.pk]))

    looks = frames(response.content.decode())
    assert looks.keys() == {
        f"Your guide from RunFit: {look}" for look in ("Phone", "Phone, dark", "Desktop")
    }
    assert len(hashes(looks.values())) == 2
    assert styles_let_through(response) == {"'self'", *hashes(looks.values())}


def test_other_pages_let_through_no_styles_of_their_own(admin_client, draft):
    assert styles_let_through(admin_client.get(change(draft))) == {"'self'"}


def test_a_name_with_marks_of_html_shows_as_it_was_typed(admin_client, guide):
    Practice(name=NAME, sender_name=NAME).save()

    response = admin_client.get(address("practice", "change"))

    looks = frames(response.content.decode())
    assert [title.partition(",")[0] for title in looks] == ["The first page", "The email"]
    assert [NAME in Inside(page).text for page in looks.values()] == [True, True]
    assert ["<b>" in page for page in looks.values()] == [False, False]


def test_the_practice_opens_while_the_guide_is_unfinished(admin_client, guide):
    SharedRules.objects.all().delete()

    response = admin_client.get(address("practice", "change"))

    assert frames(response.content.decode()).keys() == {"The first page"}
