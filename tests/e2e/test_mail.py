"""Emails as mail programs show them: on phones and desktops, light and dark, without style sheets."""

import re
from base64 import b64encode
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from assessments.selectors import practice
from guides import selectors
from guides.mail.messages import email_samples
from guides.models import GuideEdition
from runfit.lib import caching
from tests.e2e.axe import found_by_axe
from tests.support import pictures

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = (360, 600)
PADDING = 24
SHEET = re.compile(r"<style>.*?</style>", re.DOTALL)
STYLES = re.compile(r' (?:style|class)="[^"]*"')
OVERFLOW = "document.documentElement.scrollWidth - innerWidth"


@pytest.fixture
def browser_context_args():
    return {"color_scheme": "light"}


@pytest.fixture
def mails(default_content):
    """The pages of both emails, with their pictures in them."""
    row = practice()
    row.credentials, row.photo_alt, row.shown = "Ana Ruiz, PT, DPT", "Ana in running shoes", True
    row.photo.save("ana.jpg", ContentFile(pictures.from_phone("JPEG", 6)), save=False)
    row.save()
    caching.clear()
    content = selectors.guide_content(GuideEdition.objects.get())
    return {kind: shown(mail) for kind, mail in email_samples(content, to="a@b.org").items()}


def shown(mail):
    html = mail.alternatives[0][0]
    for part in mail.attachments:
        data = b64encode(part.get_content()).decode()
        cid = part["Content-ID"].strip("<>")
        html = html.replace(f"cid:{cid}", f"data:{part.get_content_type()};base64,{data}")
    return html


def pixel(page, x, y):
    image = Image.open(BytesIO(page.screenshot())).convert("RGB")
    return image.getpixel((x, y))


@pytest.mark.parametrize("kind", ["guide", "follow_up"])
def test_email_reads_well_in_light_and_dark(page, mails, kind):
    html = mails[kind]
    for scheme, shown_as in (("light", html), ("dark", html), ("light", SHEET.sub("", html))):
        page.emulate_media(color_scheme=scheme)
        page.set_content(shown_as)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 700})
            card = page.locator(".card").bounding_box()
            link = page.locator(".button a").bounding_box()
            assert page.evaluate(OVERFLOW) <= 0
            assert link["height"] >= 44
            assert link["width"] == card["width"] - 2 * PADDING
        assert found_by_axe(page) == []
        assert (max(pixel(page, 3, 3)) < 60) == (scheme == "dark")
    assert page.locator("img").evaluate_all("all => all.every(each => each.naturalWidth > 0)")


@pytest.mark.parametrize("kind", ["guide", "follow_up"])
def test_email_without_any_styles_is_in_order(page, mails, kind):
    page.set_viewport_size({"width": 360, "height": 700})
    page.set_content(STYLES.sub("", SHEET.sub("", mails[kind])))

    assert page.evaluate(OVERFLOW) <= 0
    sizes = page.locator("img").evaluate_all("all => all.map(each => [each.width, each.height])")
    assert sizes == [[56, 56], [320, 150]][: len(sizes)]
    tops = [page.get_by_text(words).first.bounding_box()["y"] for words in ORDER[kind]]
    assert tops == sorted(tops)


ORDER = {
    "guide": [
        "Ana Ruiz, PT, DPT", "Here's your guide", "Your plan:", "Your first move:",
        "Open your guide", "Before your first session", "Happy running!", "Unsubscribe",
    ],
    "follow_up": [
        "Ana Ruiz, PT, DPT", "Four weeks ago", "Retake the check", "You'll get the same questions",
        "Happy running!", "Unsubscribe",
    ],
}  # fmt: skip
