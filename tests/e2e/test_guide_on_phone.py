"""The guide's page and its sessions on a phone."""

import pytest
from playwright.sync_api import expect

from tests.e2e.test_pages_a11y import guide_pages, result  # noqa: F401 - fixtures

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONGEST = 9000
"""Pixels of the guide's page on a phone, with what's folded folded."""


def test_end_of_a_session_is_reached_once_every_exercise_is_done(page, guide_pages):  # noqa: F811
    page.goto(guide_pages["session"])
    end = page.get_by_role("heading", name="Done for today")
    buttons = page.locator("[aria-pressed]").all()

    for button in buttons:
        expect(end).to_be_hidden()
        button.click()
    expect(end).to_be_in_viewport()
    expect(page.locator("#done")).to_be_focused()

    page.reload()
    expect(end).to_be_visible()
    buttons[0].click()
    expect(end).to_be_hidden()


def test_end_of_a_session_does_not_move_with_reduced_motion(page, guide_pages):  # noqa: F811
    page.emulate_media(reduced_motion="reduce")
    page.goto(guide_pages["session"])

    expect(page.locator("#done")).to_have_css("animation-name", "none")


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


def test_without_scripts_a_session_claims_no_end(browser, browser_context_args, guide_pages):  # noqa: F811
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    page.goto(guide_pages["session"])

    expect(page.get_by_role("heading", name="Done for today")).to_be_hidden()
    expect(page.get_by_role("link", name="See the next weeks")).to_be_visible()
    context.close()
