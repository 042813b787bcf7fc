"""The guide's page and its sessions on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.test_pages_a11y import guide_pages, result  # noqa: F401 - fixtures

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = "element => [element.offsetWidth, element.offsetHeight]"
LONGEST = 9500
"""Pixels of the guide's page on a phone, with what's folded folded, and days to pick."""


def test_end_of_a_session_is_reached_once_every_exercise_is_done(page, guide_pages):  # noqa: F811
    page.goto(guide_pages["session"])
    end = page.get_by_role("heading", name="Through with it?")
    buttons = page.locator("[data-check]").all()

    for button in buttons:
        expect(page.locator("#done")).not_to_be_focused()
        page.wait_for_timeout(450)  # a second tap was meant for the move before
        button.click()
    expect(end).to_be_in_viewport()
    expect(page.locator("#done")).to_be_focused()

    page.reload()
    expect(page.locator("[data-check][aria-pressed=true]")).to_have_count(len(buttons))


def test_guide_folds_what_is_background_and_shows_limits(page, guide_pages):  # noqa: F811
    page.goto(guide_pages["guide"])

    assert page.evaluate("document.documentElement.scrollHeight") <= LONGEST
    expect(page.get_by_text("Everything else sits on this layer")).to_be_hidden()
    page.get_by_text("How the three phases build on each other").click()
    expect(page.get_by_text("Everything else sits on this layer")).to_be_visible()
    for limit in ("The pain rule", "Stop at once if you have", "When to see someone"):
        expect(page.get_by_role("heading", name=limit)).to_be_visible()
    first, second = page.locator(".weeks > li").all()[:2]
    expect(first.get_by_text("Hip switches")).to_be_visible()
    expect(second.get_by_text("Bird dog")).to_be_hidden()


def test_without_scripts_a_session_is_whole(browser, browser_context_args, guide_pages):  # noqa: F811
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    page.goto(guide_pages["session"])

    expect(page.get_by_role("heading", name="Today's session is done")).to_be_hidden()
    expect(page.get_by_role("link", name="See the next weeks")).to_be_visible()
    context.close()


def shown(page):
    """What is seen of the first drawing."""
    loop = page.locator(".loop").first
    return [name for name in ("moving", "still") if loop.locator(f".{name}").is_visible()]


def test_drawing_moves_until_a_tap_or_a_key_pauses_it(browser, browser_context_args, guide_pages):  # noqa: F811
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    page.goto(guide_pages["session"])
    loop = page.locator(".loop").first
    width, height = sizes = loop.evaluate(SIZES)
    assert shown(page) == ["moving"]

    loop.click(position={"x": width / 2, "y": height / 2})
    assert (shown(page), loop.evaluate(SIZES)) == (["still"], sizes)

    page.get_by_role("checkbox", name=re.compile("Pause ?: Hip switches")).press("Space")
    assert shown(page) == ["moving"]
    context.close()


def test_drawing_moves_only_on_request_with_reduced_motion_and_never_on_paper(page, guide_pages):  # noqa: F811
    page.emulate_media(reduced_motion="reduce")
    page.goto(guide_pages["session"])
    assert shown(page) == ["still"]

    page.get_by_role("checkbox", name=re.compile("Move ?: Hip switches")).press("Space")
    assert shown(page) == ["moving"]

    page.emulate_media(media="print", reduced_motion="no-preference")
    assert shown(page) == ["still"]
