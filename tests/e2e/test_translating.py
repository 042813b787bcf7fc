"""Translating by keyboard, and publishing both languages together, in a real browser."""

import pytest
from playwright.sync_api import expect

from assessments.models import Assessment
from assessments.publishing.translations import translation_add
from tests.assessments.browser import address

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def browser_context_args(live_server):
    return {"base_url": live_server.url, "viewport": {"width": 1280, "height": 900}}


def test_a_part_is_translated_without_the_mouse_and_goes_live(desk):
    spanish = translation_add(original=Assessment.objects.get(), language="es")
    desk.goto(f"{address('assessment', 'translate', spanish.pk)}?part=why")
    left = desk.locator(".left .here")
    before = int(left.inner_text())
    assert before > 1

    desk.get_by_role("button", name="Next to translate").click()
    for typed in range(1, before + 1):
        desk.keyboard.type("Sí.")
        expect(left).to_have_text(str(before - typed))
        desk.keyboard.press("Control+Enter")

    expect(desk.get_by_text(f"Translated {before} texts.")).to_be_visible()
    expect(desk.locator(".parts [aria-current]")).to_contain_text("What runners ask")
    desk.get_by_role("link", name="Publish together").click()
    expect(desk.get_by_label("Spanish")).to_be_checked()
    desk.get_by_role("button", name="Publish").click()
    expect(desk.get_by_text("Version 1 is live")).to_be_visible()
    assert spanish.editions.count() == 1
