"""Every path through the self-check on a phone, and one to each kind of page on a desktop, with scripts
off, and with scripts that fail."""

import pytest
from playwright.sync_api import expect

from assessments.models import Submission
from tests.assessments.small import ANSWERS, checkable, edition_of, token_of
from tests.e2e.walk import (
    CHECK,
    HURRY,
    PROFILES,
    SCRIPT,
    USUAL,
    answer,
    button,
    card,
    fill_in,
    pass_safety,
    question,
    step_through,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESKTOP = {"viewport": {"width": 1280, "height": 900}, "has_touch": False, "is_mobile": False}


WAYS = ("phone", "desktop", "no scripts", "script fails")


def on_a_phone_and_once_otherwise(titles):
    """Where an answer leads doesn't depend on the device: each other way goes to one of these."""
    first, *rest = titles
    return [*((way, first) for way in WAYS), *(("phone", title) for title in rest)]


@pytest.fixture(params=WAYS)
def walk(request, browser, browser_context_args, edition, quick):
    """A page, and whether it shows one question at a time."""
    options = browser_context_args | (DESKTOP if request.param == "desktop" else {})
    scripts = request.param != "no scripts"
    context = browser.new_context(**options, java_script_enabled=scripts)
    context.add_init_script(HURRY)
    page = context.new_page()
    if request.param == "script fails":
        page.route(SCRIPT, lambda route: route.abort())
    stepping = request.param in {"phone", "desktop"}
    yield page, stepping
    context.close()


def finish(page, answers, stepping):
    if stepping:
        step_through(page, answers)
        button(page, "Show my result").click()
    else:
        fill_in(page, answers)


@pytest.mark.parametrize(
    ("walk", "title"), on_a_phone_and_once_otherwise(PROFILES), indirect=["walk"]
)
def test_every_result_type_is_reached(walk, title):
    page, stepping = walk

    finish(page, PROFILES[title], stepping)

    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.get_by_label("Your email address")).to_be_visible()
    assert Submission.objects.get().answers == {
        name: int(value) if name == "worst_pain" else value
        for name, value in PROFILES[title].items()
    }


LEVELS = {
    "Get emergency help now": "saddle",
    "This can't wait": "fever",
    "Be seen in 1 to 2 days": "night",
    "Book a visit first": "illness",
    "Check with a doctor or PT first": "hip_replacement",
}


@pytest.mark.parametrize(
    ("walk", "title"), on_a_phone_and_once_otherwise(LEVELS), indirect=["walk"]
)
def test_every_safety_level_is_reached(walk, title):
    page, stepping = walk
    item = LEVELS[title]
    stops = item != "hip_replacement"

    if stepping:
        page.goto(CHECK)
        pass_safety(page, item)
        if not stops:
            answer(page, USUAL)
            button(page, "Show my result").click()
    else:
        fill_in(page, {} if stops else USUAL, safety=item)

    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.get_by_label("Your email address")).to_have_count(0)


def test_pain_that_needs_a_visit_leads_to_its_page_at_once(walk):
    page, stepping = walk
    answers = {"duration": "lt2w", "pattern": "rarely", "load_change": "no", "worst_pain": "7"}

    if stepping:
        step_through(page, answers)
    else:
        fill_in(page, answers)

    expect(page.get_by_role("heading", level=1)).to_have_text("Book a visit first")
    expect(page.get_by_text("From your answers: worst pain of 6 or 7")).to_be_visible()


def test_missing_answer_is_reported_at_its_question(walk):
    page, stepping = walk
    page.goto(CHECK)

    if stepping:
        pass_safety(page)
        button(page, "Next").click()
        expect(page.get_by_role("alert")).to_have_text("Pick an answer first, please.")
        expect(page.locator('input[name="duration"]').first).to_be_focused()
    else:
        card(page, "safety", "none").click()
        button(page, "Show my result").click()
        expect(page.get_by_role("alert")).to_contain_text("Please answer: “How long have")
        expect(card(page, "safety", "none").locator("input")).to_be_checked()
        expect(question(page, "duration").locator(".error")).to_be_visible()


def test_a_script_that_breaks_midway_leaves_the_whole_form(page, edition, quick):
    page.add_init_script("JSON.parse = () => { throw new Error('broken'); }")

    fill_in(page, USUAL)

    expect(page.get_by_role("heading", level=1)).to_have_text("Mobility first")


def test_double_submit_stores_one_submission(page, edition):
    page.goto(CHECK)
    slow = page.context.new_cdp_session(page)
    slow.send("Network.enable")
    slow.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": 400,
            "downloadThroughput": 50_000,
            "uploadThroughput": 50_000,
        },
    )
    pass_safety(page)
    answer(page, USUAL)
    button(page, "Show my result").dblclick()

    expect(page.get_by_role("heading", level=1)).to_have_text("Mobility first", timeout=20_000)
    assert Submission.objects.count() == 1


def test_a_result_opens_on_another_device(page, browser, browser_context_args, edition):
    step_through(page, USUAL)
    button(page, "Show my result").click()
    page.wait_for_url("**/result/**")
    other = browser.new_context(**browser_context_args | DESKTOP).new_page()

    answer = other.goto(page.url)

    expect(other.get_by_role("heading", level=1)).to_have_text("Mobility first")
    assert "no-store" in answer.headers["cache-control"]
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    other.context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_check_is_added_on_the_result(browser, browser_context_args, client, quick, scripts):
    fields = ANSWERS | {"touch": "never", "form_token": token_of(edition_of(checkable()))}
    result = client.post("/check/small/", fields)["Location"]
    context = browser.new_context(**browser_context_args, java_script_enabled=scripts)
    page = context.new_page()
    page.goto(result)

    page.get_by_text("Check it now, about a minute").click()
    page.get_by_text("Add this to my result").click()
    expect(page.get_by_text("Please answer: “How far do you reach?”").last).to_be_visible()
    card(page, "touch", "toes").click()
    page.get_by_text("Add this to my result").click()

    expect(page.get_by_role("heading", name="What changed")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ready to lift")
    page.get_by_role("link", name="See your first result").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Reach first")
    context.close()
