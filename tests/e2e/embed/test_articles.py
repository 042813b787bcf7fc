"""The self-check in articles on another site, which is 127.0.0.1 to our localhost."""

import re

import pytest
from playwright.sync_api import expect

from assessments.models import Submission
from guides.models import Delivery
from tests.e2e.embed.articles import link, shown, sites_listed
from tests.e2e.walk import USUAL, answer, button, card, pass_safety, question

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STORES = (
    """() => { try { return Boolean(sessionStorage); } catch (error) { return error.name; } }"""
)


def overflow(frame):
    """How much doesn't fit: nothing scrolls inside."""
    frame.wait_for_timeout(400)
    return frame.evaluate("document.documentElement.scrollHeight - innerHeight")


def test_reader_answers_in_the_article_and_asks_for_the_guide(page, blog, code, faults):
    page.goto(blog.article(code(), before=3000))
    expect(page.locator("iframe")).to_have_count(0)
    link(page).scroll_into_view_if_needed()
    frame = shown(page)
    assert abs(overflow(frame)) <= 1

    pass_safety(frame)
    answer(frame, USUAL)
    assert abs(overflow(frame)) <= 1
    button(frame, "Show my result").click()

    expect(frame.get_by_role("heading", level=1)).to_have_text("Mobility first")
    assert abs(overflow(frame)) <= 1
    top = page.locator("iframe").evaluate("frame => frame.getBoundingClientRect().top")
    assert -1 <= top < 844
    frame.get_by_label("Email").first.fill("runner@example.org")
    frame.get_by_role("button", name="Send me the guide").click()
    expect(frame.get_by_role("heading", level=1)).to_have_text("Your guide is on its way")
    assert Delivery.objects.count() == 1
    assert page.context.cookies() == []
    assert page.url.startswith(f"http://{blog.site}/")
    assert faults == []


def test_back_and_keys_stay_with_the_questions(page, blog, code):
    page.goto(blog.article("<p>Elsewhere</p>"))
    page.goto(blog.article(code()))
    frame = shown(page)
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    pass_safety(frame)
    first, second = list(USUAL)[:2]
    card(frame, first, USUAL[first]).click()
    expect(frame.locator(f'[data-key="{second}"]')).to_be_visible()
    frame.locator(f'[data-key="{second}"] legend').press("1")
    expect(frame.locator(f'[data-key="{second}"]')).to_be_hidden()

    page.evaluate("history.back()")
    expect(frame.locator(f'[data-key="{second}"]')).to_be_visible()
    page.evaluate("history.back()")
    expect(frame.locator(f'[data-key="{first}"]')).to_be_visible()
    assert page.url.startswith(f"http://{blog.site}/")


def test_two_of_them_with_storage_blocked_keep_apart(blocking, blog, code):
    page = blocking.new_page()
    page.goto(blog.article(code() + "<p>And once more:</p>" + code(in_tab=True)))
    one, two = shown(page), shown(page, 1)

    assert one.evaluate(STORES) == "SecurityError"
    page.locator("iframe").nth(1).scroll_into_view_if_needed()
    pass_safety(two)
    answer(two, USUAL)
    expect(one.locator(".screening")).to_be_visible()
    with blocking.expect_page() as opened:
        button(two, "Show my result").click()

    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Mobility first")
    assert re.search(r"^http://localhost:\d+/result/", opened.value.url)
    expect(opened.value.locator("header")).to_be_visible()
    assert opened.value.evaluate(STORES) is True
    expect(button(two, "Show my result")).to_be_enabled()
    assert Submission.objects.count() == 1


def test_first_question_alone_comes_before_the_safety_list(page, blog, code):
    first, *others = USUAL
    page.goto(blog.article(code(first_only=True)))
    frame = shown(page)
    expect(question(frame, first)).to_be_visible()
    expect(frame.locator(".screen").first).to_be_hidden()

    card(frame, first, USUAL[first]).click()

    expect(frame.locator(".progress p")).to_have_text("Safety check 1 of 6")
    expect(frame.locator(".safety .help")).to_be_visible()
    expect(question(frame, first)).to_be_hidden()
    button(frame, "Back").click()
    expect(frame.locator(f'input[name="{first}"][value="{USUAL[first]}"]')).to_be_checked()
    button(frame, "Next").click()
    pass_safety(frame)
    expect(frame.locator(".progress p")).to_have_text(re.compile("^Question 2 of"))
    answer(frame, {name: USUAL[name] for name in others})
    button(frame, "Show my result").click()
    expect(frame.get_by_role("heading", level=1)).to_have_text("Mobility first")
    assert Submission.objects.get().answers[first] == USUAL[first]
    assert Submission.objects.get().safety == ["none"]
    share = frame.locator('[data-tool="share"]').get_attribute("data-page")
    assert share == "/check/tight-hips/results/mobility_first/"
    private = frame.locator('[data-tool="copy"]').get_attribute("data-page")
    assert private == f"/result/{Submission.objects.get().token}/"


@pytest.mark.parametrize(
    ("style", "background"),
    [
        ("background: #111", "rgb(19, 26, 24)"),
        ("", "rgb(250, 245, 238)"),
        ("background: rgb(0 0 0 / 5%)", "rgb(250, 245, 238)"),
    ],
)
def test_theme_follows_the_article(page, blog, code, style, background):
    page.emulate_media(color_scheme="light" if "#111" in style else "dark")
    page.goto(blog.article(code(), style=style))

    body = shown(page).locator("body")
    assert body.evaluate("body => getComputedStyle(body).backgroundColor") == background


@pytest.mark.parametrize("why", ["not listed", "scripts blocked", "frames blocked"])
def test_link_stays_where_it_cannot_be_shown(page, blog, code, why):
    page.add_init_script(
        "const later = setTimeout; window.setTimeout = (work) => later(work, 300);"
    )
    headers = {
        "scripts blocked": {"Content_Security_Policy": "script-src 'self'"},
        "frames blocked": {"Content_Security_Policy": "frame-src 'self'"},
    }.get(why, {})
    if why == "not listed":
        sites_listed("other.example")
    page.goto(blog.article(code(), **headers), wait_until="networkidle")

    expect(page.locator("iframe")).to_have_count(0)
    expect(link(page)).to_be_visible()
    link(page).click()
    expect(page).to_have_url(re.compile(r"^http://localhost:\d+/check/tight-hips/$"))
