"""The self-check in an article on another site, in the engines of iPhones and of Firefox."""

import pytest
from django.conf import settings

from assessments.desk.share.embed import EmbedCode
from assessments.models import Submission
from tests.e2e.embed.articles import blog_served, sites_listed
from tests.e2e.engines import steps
from tests.e2e.engines.conftest import ENGINES, STRICT
from tests.e2e.engines.firefox import StrictFirefox
from tests.e2e.engines.webkit import WebKit
from tests.e2e.walk import USUAL, card_css

TALL = 3000
"""In WebKit, a frame of another site can't scroll the article, as a finger does."""

AS_TALL = "Math.abs(document.documentElement.scrollHeight - innerHeight) <= 1"
pytestmark = [pytest.mark.engines, pytest.mark.django_db(transaction=True)]

HIDDEN = """getComputedStyle(document.querySelector("a[data-runfit]")).display === "none" """
STORES = (
    """(() => { try { return Boolean(localStorage); } catch (error) { return error.name; } })()"""
)


@pytest.mark.parametrize("phone", [*ENGINES, *STRICT], indirect=True)
def test_reader_answers_in_the_article(phone, edition, quick, monkeypatch):
    monkeypatch.setattr(settings, "SITE_URL", phone.site)
    code = EmbedCode("tight-hips", "Take the check", first_only=True, in_tab=False).script_html
    if isinstance(phone.engine, WebKit):
        phone.engine.resize(390, TALL)
    with blog_served() as blog:
        sites_listed(blog.site)
        phone.engine.open(blog.article(code, Content_Security_Policy="script-src 'none'"))
        assert phone.sees("a[data-runfit]")
        assert phone.run("document.querySelectorAll('iframe').length") == 0
        phone.engine.open(blog.article(code))
        phone.until(lambda: phone.run(HIDDEN), "the self-check in place of the link")
        assert phone.run("document.documentElement.scrollWidth") <= 390
        phone.enter_frame()
        phone.wait(steps.READY)
        assert phone.run(STORES) == (
            "SecurityError" if isinstance(phone.engine, StrictFirefox) else True
        )
        first, *others = USUAL
        phone.tap(card_css(first, USUAL[first]))
        phone.wait(steps.GO_ON)
        phone.run("history.back()")
        phone.wait(f'[data-key="{first}"]')
        assert steps.checked(phone) == {first: USUAL[first]}
        phone.press("Next")
        phone.wait(steps.GO_ON)
        steps.pass_safety(phone)
        steps.answer(phone, {name: USUAL[name] for name in others})
        steps.finish(phone)

        assert phone.text("h1") == "Mobility first"
        phone.until(lambda: phone.run(AS_TALL), "frame as tall as the result")
    assert Submission.objects.get().answers[first] == USUAL[first]
