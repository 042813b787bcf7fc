"""Twelve weeks of one runner, on a phone and on a computer without scripts, with a new version of the
self-check in between."""

import json
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from django.utils.formats import date_format
from playwright.sync_api import expect

from assessments.models import Submission
from runfit.lib import caching
from tests.assessments.small import edition_of
from tests.e2e.walk import FINISH, USUAL, answer, button, fill_in, pass_safety

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAIN = "What was your worst hip or thigh pain in the last 7 days?"
REACH = "How far down do your fingertips get?"


@pytest.fixture
def computer(browser, live_server, quick):
    """The runner's other device, which has never been here."""
    context = browser.new_context(
        base_url=live_server.url,
        java_script_enabled=False,
        viewport={"width": 1280, "height": 800},
    )
    yield context.new_page()
    context.close()


def publish_new_words(edition):
    """A version that asks about the reach in other words."""
    data = json.loads(edition.definition)
    [reach] = [each for each in data["questions"] if each["key"] == "reach"]
    reach["text"] = REACH
    edition_of(data, edition.number + 1)
    caching.clear()


def calendar_link(page):
    """The link in the calendar file of the page for who comes too early."""
    with page.expect_download() as download:
        page.get_by_role("link", name="Add it to my calendar").click()
    lines = download.value.path().read_bytes().decode().replace("\r\n ", "").splitlines()
    [link] = [line.partition("/check/")[2] for line in lines if line.startswith("URL:")]
    return f"/check/{link}"


def test_twelve_weeks_on_two_devices(page, computer, edition, time_machine):
    start = timezone.now()
    fill_in(computer, USUAL | {"worst_pain": "4"})
    result = computer.url
    assert "/result/" in result

    time_machine.move_to(start + timedelta(days=13))  # in the second week
    page.goto(result)
    page.get_by_role("link", name="Retake the check").click()
    day = timezone.localdate(start) + timedelta(days=14)
    expect(page.get_by_text(f"Come back on {day:%A}, {date_format(day)}")).to_be_visible()
    link = calendar_link(page)

    time_machine.move_to(start + timedelta(weeks=4))
    fill_in(computer, USUAL | {"worst_pain": "2"}, path=link)
    expect(computer.get_by_role("heading", level=1)).to_have_text("Better than before")
    expect(computer.get_by_text("4 weeks apart")).to_be_visible()
    expect(computer.locator("#moved")).to_contain_text("That's a real change")
    assert computer.locator("#line").count() == 0

    publish_new_words(edition)
    time_machine.move_to(start + timedelta(weeks=6))
    page.goto(result)
    page.get_by_role("link", name="Retake the check").click()
    pass_safety(page)
    answer(page, USUAL | {"worst_pain": "5"})
    button(page, FINISH).click()
    # Since the beginning, that's too small a change to tell. Since the last visit, it isn't.
    expect(page.get_by_role("heading", level=1)).to_have_text("About the same as before")
    expect(page.get_by_role("heading", name="First, the safety list")).to_be_visible()
    expect(page.locator("#editions")).to_contain_text(REACH)
    expect(page.get_by_role("img", name=PAIN)).to_be_visible()
    page.get_by_role("link", name="Go through the safety list").click()
    expect(page.get_by_text("Go through the safety list first.")).to_be_visible()

    time_machine.move_to(start + timedelta(weeks=12))
    fill_in(computer, USUAL | {"worst_pain": "1"}, path=link)
    expect(computer.get_by_text("12 weeks apart")).to_be_visible()
    expect(computer.locator("#line tbody tr")).to_have_count(4)
    computer.get_by_role("link", name="PT sheet").click()
    button(computer, "Make a link").click()
    page.goto(urlsplit(computer.locator("#link .link a").inner_text()).path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    runners = {each.runner_pk for each in Submission.objects.all()}
    assert (Submission.objects.count(), len(runners)) == (4, 1)
