"""The desk's code on pages that treat it as site builders do.

`wordpress.json` holds what WordPress's own filters made of it: `wp_kses_post`, by which it saves what
authors without the right to unfiltered HTML wrote; `wptexturize` and `wpautop`, by which it shows a
classic post; and `wp_filter_oembed_result`, by which it shows a pasted address.
"""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from assessments.desk.share.embed import SANDBOX
from assessments.desk.share.links import SharedLink
from tests.e2e.embed.articles import shown

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDPRESS = Path("tests/data/embed/wordpress.json")
PLAIN = re.compile(r"^http://localhost:\d+/check/tight-hips/$")
LATER = """<div id="block"></div><script>
document.getElementById("block").innerHTML = {code};
for (const old of document.querySelectorAll("#block script")) {{
  const script = document.createElement("script");
  for (const {{ name, value }} of old.attributes) script.setAttribute(name, value);
  old.replaceWith(script);
}}</script>"""
"""As Squarespace does where it loads pages without reloading the site."""
NO_SCRIPTS = {"Content_Security_Policy": "script-src 'none'; frame-src 'none'"}


@pytest.fixture
def wordpress(live_server):
    def made(code, use, kind):
        before, after = json.loads(WORDPRESS.read_text())[use][kind]
        assert code.replace(live_server.url, "http://SITE") == before, "record it again"
        return after.replace("http://SITE", live_server.url)

    return made


def sandboxed(blog, code, tokens, site=None):
    address = blog.article(code).replace(blog.site, site or blog.site)
    return f'<iframe sandbox="{tokens}" src="{address}" width="380" height="800"></iframe>'


def test_it_shows_where_builders_keep_the_script(page, blog, embed, wordpress, faults):
    code = embed().script_html
    names_us = f"script-src {settings.SITE_URL}; frame-src {settings.SITE_URL}; style-src 'self'"
    for article in (
        blog.article(wordpress(code, "shown", "script")),
        blog.article(f"<!--kg-card-begin: html-->\n{code}\n<!--kg-card-end: html-->"),
        blog.article(LATER.format(code=json.dumps(code).replace("</", "<\\/"))),
        blog.article(code, Content_Security_Policy=names_us),
    ):
        page.goto(article)
        expect(shown(page).locator(".screening .check")).to_be_visible()
    assert [fault for fault in faults if "style" not in fault] == []


def test_it_shows_in_frames_of_builders_with_these_permissions(page, blog, embed, wordpress):
    code = embed().script_html
    page.goto(blog.article(sandboxed(blog, code, SANDBOX)))
    inner = page.frame_locator("iframe").frame_locator("iframe")
    expect(inner.locator(".screening .check")).to_be_visible()

    page.goto(blog.article(wordpress(embed().frame_html, "shown", "frame")))
    expect(page.frame_locator("iframe").locator(".screening .check")).to_be_visible()

    without_forms = SANDBOX.replace("allow-forms ", "")
    bare = embed().frame_html.replace("<iframe", f'<iframe sandbox="{without_forms}"')
    page.goto(blog.article(bare))
    frame = page.frame_locator("iframe")
    expect(frame.locator(".check")).to_be_hidden()
    with page.expect_popup() as opened:
        frame.get_by_role("link", name="Open the self-check").click()
    expect(opened.value).to_have_url(PLAIN)
    expect(opened.value.locator(".screening .check")).to_be_visible()


def test_elsewhere_the_link_works(page, blog, embed, wordpress):
    code = embed().script_html
    shared = SharedLink("Take it", "/check/tight-hips/", "", "#b5401a")
    saved = wordpress(code, "saved", "script")
    assert "<script" not in saved
    assert wordpress(embed().frame_html, "saved", "frame") == ""
    for article, headers in (
        (saved, {}),  # WordPress
        (code, NO_SCRIPTS),  # AMP, and sites with a strict policy
        (shared.link_html, NO_SCRIPTS),  # newsletters
        (shared.button_html, NO_SCRIPTS),
    ):
        page.goto(blog.article(article, **headers))
        expect(page.locator("iframe")).to_have_count(0)
        page.get_by_role("link").click()
        expect(page).to_have_url(PLAIN)
        expect(page.locator(".screening .check")).to_be_visible()


@pytest.mark.parametrize("builder", ["sandboxed", "on a site of its own"])
def test_link_in_a_frame_of_a_builder_opens_a_tab(page, blog, embed, builder):
    code, elsewhere = embed().script_html, blog.site.replace("127.0.0.1", "builder.localhost")
    inner = {
        "sandboxed": (SANDBOX.replace("allow-same-origin ", ""), None),
        "on a site of its own": (SANDBOX, elsewhere),
    }[builder]
    page.goto(blog.article(sandboxed(blog, code, *inner)))
    with page.expect_popup() as opened:
        page.frame_locator("iframe").get_by_role("link", name="Take the tight-hips").click()
    expect(opened.value).to_have_url(PLAIN)


def test_pasted_address_is_a_link_in_wordpress(page, blog, embed, client, wordpress):
    address = f"{settings.SITE_URL}{reverse('assessments:check', args=[embed().slug])}"
    answer = client.get("/oembed/", {"url": address}).json()

    page.goto(blog.article(wordpress(answer["html"], "shown", "pasted address")))

    expect(page.get_by_role("link", name="Tight hips self-check")).to_be_visible()
    assert page.locator("iframe").evaluate("frame => getComputedStyle(frame).clip") == (
        "rect(1px, 1px, 1px, 1px)"
    )
