"""Taking the check again in a real browser, from the result to then and now."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from assessments.models import Submission
from guides import signed_links
from guides.models import DownloadLink
from tests.assessments.small import token_of
from tests.e2e.axe import found_by_axe, open_details
from tests.e2e.walk import CHECK, PROFILES, USUAL, answer, button, pass_safety

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def first(client, edition):
    """The address of a result of eight weeks ago, with one of the extra checks."""
    answers = USUAL | {"safety": "none", "worst_pain": "4", "bridge_check": "back"}
    result = client.post(CHECK, answers | {"form_token": token_of(edition)})["Location"]
    Submission.objects.update(created_at=timezone.now() - timedelta(days=56))
    return result


def retake(page, result, answers):
    page.goto(result)
    page.get_by_role("link", name="Retake the check").click()
    expect(page.get_by_text("we'll show you what changed since")).to_be_visible()
    pass_safety(page)
    answer(page, answers)
    button(page, "Show my result").click()
    expect(page).to_have_url(re.compile(r"/then-and-now/\?since="))


def faults(page):
    open_details(page)
    seen = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        seen[scheme] = found_by_axe(page, "best-practice")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return wide, {scheme: found for scheme, found in seen.items() if found}


def test_a_runner_takes_the_check_again_and_again(page, first):
    page.set_viewport_size({"width": 320, "height": 700})
    retake(page, first, USUAL | {"worst_pain": "1"})
    expect(page.get_by_role("heading", name="Better than before")).to_be_visible()
    expect(page.locator("#areas")).to_contain_text("Not checked this time")
    assert faults(page) == (0, {})
    page.get_by_role("link", name="See my new result").click()
    page.get_by_role("link", name="Retake the check").click()
    expect(page.get_by_role("heading", name="It's a little early")).to_be_visible()
    assert faults(page) == (0, {})

    later = Submission.objects.exclude(retest_of=None)
    later.update(created_at=timezone.now() - timedelta(days=28))
    retake(page, first, USUAL | {"worst_pain": "5", "reach": "above_knee"})

    expect(page.get_by_role("heading", name="First, the safety list")).to_be_visible()
    expect(page.get_by_role("img", name="What was your worst")).to_be_visible()
    assert faults(page) == (0, {})


def test_better_result_leads_to_the_next_plan_by_this_browsers_own_link(page, client, first):
    client.post(f"{first}guide/", {"email": "runner@example.org"})
    guide = f"/guide/{signed_links.guide_token(DownloadLink.objects.get())}/"
    page.goto(guide)
    retake(page, first, PROFILES["Get strong"])
    assert faults(page) == (0, {})

    page.get_by_role("link", name="Go on with “Add the candle").click()

    page.wait_for_url(f"**{guide}plan/strength_gap/")
    expect(page.get_by_text("Your plan: Add the candle")).to_be_visible()
