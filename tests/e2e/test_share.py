"""Sharing a self-check, from the desk to the number that it's counted by."""

import pytest
from playwright.sync_api import expect

from tests.e2e.axe import found_by_axe
from tests.e2e.desk import DESK

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


def test_named_link_is_copied_and_its_code_drawn(desk, edition):
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.goto(f"{DESK}assessments/assessment/{edition.assessment_id}/share/")
    desk.get_by_label("Where will you put it?").fill("Clinic wall")
    desk.get_by_role("button", name="Make this link").click()
    desk.get_by_role("button", name="Copy the address").click()

    expect(desk.get_by_role("button", name="Copied the address")).to_be_visible()
    copied = desk.evaluate("navigator.clipboard.readText()")
    assert copied.endswith("/check/tight-hips/?utm_source=clinic-wall")
    code = desk.get_by_role("img", name="QR code that opens")
    assert code.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")
    assert desk.evaluate("document.documentElement.scrollWidth") <= 390
    assert found_by_axe(desk) == []
