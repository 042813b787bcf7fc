"""The plan after the runner's own, on phones: begun, left again, and on two devices."""

import json
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from guides.content.training import read_record
from guides.models import GuideEdition, Training
from runfit.lib import caching
from tests.e2e.test_pages_a11y import guide_pages, result  # noqa: F401 - fixtures
from tests.e2e.test_training import (  # noqa: F401 - fixtures, too
    FIRST,
    at,
    browser_context_args,
    finish,
    go,
    new_phone,
    phone,
    pick,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def stored():
    return read_record(Training.objects.get().record)


def test_plan_begun_after_todays_session_shows_its_first_day_at_once(phone, guide_pages):  # noqa: F811
    candle = f"{guide_pages['guide']}plan/strength_gap/"
    go(phone, guide_pages["guide"], FIRST)
    pick(phone, "Tue", "Thu")
    finish(phone, guide_pages["session"], 1)
    phone.goto(candle)
    card = phone.locator("#today")
    expect(card.get_by_text("Your plan right now: Bake the cake")).to_be_visible()

    card.get_by_role("button", name="Start this plan").click()
    expect(card.get_by_role("heading", name="Next session: Thursday, December 3")).to_be_visible()
    expect(card.get_by_text("Today's session is done")).to_be_visible()
    expect(card.locator(".dots")).to_contain_text("This week: 0 of 2")
    expect(card.get_by_text("Your plan right now")).to_be_hidden()
    phone.wait_for_timeout(500)
    card.get_by_role("button", name="Go back to Bake the cake").click()

    expect(card.get_by_text("Your plan right now: Bake the cake")).to_be_visible()
    expect(card.get_by_role("button", name="Start this plan")).to_be_visible()
    phone.wait_for_timeout(500)
    card.get_by_role("button", name="I didn't do it").click()
    expect(card.get_by_text("Today's session is done")).to_be_hidden()


def test_double_tap_leads_back_one_plan(phone, guide_pages):  # noqa: F811
    content = json.loads(GuideEdition.objects.get().content)
    plans = {profile["key"]: profile["plan"] for profile in content["profiles"]}
    plans["strength_gap"]["next_plan"] = "ready_maintain"
    GuideEdition.objects.update(content=json.dumps(content))
    caching.clear()
    go(phone, guide_pages["guide"], FIRST)
    pick(phone, "Tue", "Thu")
    for plan in ("strength_gap", "ready_maintain"):
        phone.goto(f"{guide_pages['guide']}plan/{plan}/")
        phone.get_by_role("button", name="Start this plan").click()
    phone.wait_for_timeout(500)

    back = phone.get_by_role("button", name="Go back to Add the candle")
    back.evaluate("button => { button.click(); button.click(); }")

    expect(phone.get_by_text("Your plan right now: Add the candle")).to_be_visible()
    expect(phone.get_by_role("button", name="Go back to Bake the cake")).to_be_visible()


def test_what_was_done_offline_in_the_plan_before_stays_in_that_plan(
    phone,  # noqa: F811
    new_phone,  # noqa: F811
    guide_pages,  # noqa: F811
):
    """One device goes on to the next plan while the other is offline."""
    go(phone, guide_pages["guide"], FIRST)
    pick(phone, "Tue", "Thu")
    phone.get_by_role("button", name="Save with my link").click()
    expect(phone.get_by_text("Saved with your link")).to_be_visible()
    other = new_phone()
    other.clock.install(time=at(FIRST))
    other.goto(guide_pages["guide"])
    other.goto(guide_pages["session"])
    other.context.set_offline(True)
    pains = other.locator(".pains")
    pains.get_by_role("button", name="1", exact=True).click()
    expect(other.get_by_text("You're offline.")).to_be_visible()

    thursday, tuesday = FIRST + timedelta(days=2), FIRST + timedelta(days=7)
    go(phone, f"{guide_pages['guide']}plan/strength_gap/", thursday)
    with phone.expect_response("**/training/"):
        phone.get_by_role("button", name="Start this plan").click()
    phone.goto(f"{guide_pages['guide']}plan/strength_gap/session/1/")
    with phone.expect_response("**/training/"):
        phone.locator(".pains").get_by_role("button", name="3", exact=True).click()
    other.clock.set_fixed_time(at(tuesday))
    other.clock.run_for(1500)
    pains.get_by_role("button", name="2", exact=True).click()
    with other.expect_response("**/training/"):
        other.context.set_offline(False)

    assert [(each.on, each.plan) for each in stored().done] == [
        ("2026-12-01", "mobility_first"),
        ("2026-12-03", "strength_gap"),
        ("2026-12-08", "mobility_first"),
    ]
    for device in (other, phone):
        go(device, guide_pages["guide"], tuesday)
        expect(device.get_by_text("Your plan: Add the candle")).to_be_visible()
        expect(device.get_by_text("Today's session is done")).to_be_visible()
        expect(device.locator("#today .dots")).to_contain_text("This week: 1 of 2")
