"""The parts of a self-check's page as tabs."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assessments.models import Assessment

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def browser_context_args(live_server):
    return {"base_url": live_server.url, "viewport": {"width": 1280, "height": 900}}


def test_tabs_by_keyboard_keep_their_address_and_open_at_an_error(desk):
    address = reverse("admin:assessments_assessment_change", args=[Assessment.objects.get().pk])
    desk.goto(f"{address}#profiles-group")
    expect(desk.get_by_role("tab", name="Result types")).to_have_attribute("aria-selected", "true")
    expect(desk.locator("#profiles-group")).to_be_in_viewport()
    expect(desk.locator("#questions-group")).to_be_hidden()
    desk.goto(address)
    words = desk.get_by_role("tab", name="Its words")
    expect(desk.get_by_role("tabpanel", name="Its words")).to_be_visible()

    words.focus()
    desk.keyboard.press("ArrowLeft")
    desk.keyboard.press("Home")
    desk.keyboard.press("ArrowRight")

    questions = desk.get_by_role("tab", name="Questions")
    expect(questions).to_be_focused()
    expect(desk.get_by_role("tabpanel", name="Questions")).to_be_visible()
    assert desk.url.endswith("#part-questions")
    expect(desk.locator("[role='tab'][tabindex='0']")).to_have_text("Questions 12")
    desk.reload()
    expect(desk.get_by_role("tabpanel", name="Questions")).to_be_visible()
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.set_viewport_size({"width": 1280, "height": 900})
    words.click()
    desk.get_by_label("Title:").fill("")
    questions.click()
    desk.get_by_role("button", name="Save and continue editing").click()

    expect(desk.get_by_label("Title:")).to_be_focused()
    expect(words).to_have_class("faulty")
