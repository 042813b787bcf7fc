"""The result page on a phone: how much there is to read before the form, and in all."""

import json

import pytest
from playwright.sync_api import expect

from assessments.models import Edition, Submission
from assessments.publishing.services import assessment_load
from assessments.selectors import edition_definition
from assessments.submissions.services import submission_clear, submission_create
from runfit.lib import caching
from tests.assessments.small import small
from tests.e2e.walk import button

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCREEN = 844
TALLEST = 2600
TALLEST_OF_ANY = 3300
MOST_WORDS = 350
READER = {
    "duration": "gt12m",
    "pattern": "most_days",
    "load_change": "no",
    "worst_pain": 2,
    "hamstring_feel": "most_days",
    "reach": "knee",
    "strength_days": "none",
    "relief": "few_hours",
    "tried": ["stretching"],
}
"""The article's typical reader, without the extra checks."""

# The height of the page, where the form ends, and how many words can be read until there.
MEASURE = """() => {
    const form = document.querySelector("#guide form");
    const before = document.createRange();
    before.setStart(document.body, 0);
    before.setEndAfter(form);
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let words = 0;
    while (texts.nextNode()) {
        const text = texts.currentNode;
        const shown = text.parentElement.checkVisibility({ contentVisibilityAuto: true })
            && !text.parentElement.closest("script, svg, .vh, .trap, .skip");
        if (shown && before.comparePoint(text, 0) <= 0) words += text.data.split(/\\s+/).filter(Boolean).length;
    }
    return {
        words,
        height: document.documentElement.scrollHeight,
        width: document.documentElement.scrollWidth,
        form: form.getBoundingClientRect().bottom + scrollY,
    };
}"""


@pytest.fixture
def result(edition):
    """Returns the path of a result."""

    def result(answers, safety="none"):
        nonce = f"{sorted(answers.items())} {safety}"
        made = submission_create(
            edition=edition, answers=dict(answers), safety=[safety], nonce=nonce
        )
        submission = Submission.objects.select_related("edition__assessment").get(token=made.token)
        if submission.awaits_clearance:
            submission_clear(submission=submission)
        return submission.get_absolute_url()

    return result


def measured(page, path):
    page.goto(path)
    return page.evaluate(MEASURE)


def test_readers_form_ends_within_two_screens(page, result):
    sizes = measured(page, result(READER))

    assert sizes["height"] <= TALLEST, sizes
    assert sizes["form"] <= 2 * SCREEN, sizes
    assert 50 < sizes["words"] <= MOST_WORDS, sizes


def test_offer_of_another_self_check_makes_the_result_no_longer(page, result, edition):
    assessment_load(
        data=small(slug="calves", title="Calves", benefit="Find out about your calves.")
    )
    content = json.loads(edition.definition) | {"next_check": "calves"}
    Edition.objects.filter(pk=edition.pk).update(definition=json.dumps(content))
    caching.clear()

    assert measured(page, result(READER))["height"] <= TALLEST

    page.get_by_text("What you may be wondering").click()
    expect(page.get_by_role("link", name="Calves")).to_be_visible()


def test_no_case_has_a_long_result(page, result, edition):
    cases = [
        (case.name, result(case.answers, safety))
        for case in edition_definition(edition).cases
        for safety in case.safety
        if case.expect.profile not in {"", "none"}
        and safety in {"none", "hip_replacement", "pregnant"}
    ]

    sizes = {name: measured(page, path) for name, path in cases}

    assert len(sizes) > 10
    assert {name: each for name, each in sizes.items() if each["height"] > TALLEST_OF_ANY} == {}
    assert {name: each for name, each in sizes.items() if each["form"] > 2 * SCREEN} == {}
    assert {name: each for name, each in sizes.items() if each["words"] > MOST_WORDS} == {}


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_result_does_not_overflow(page, result, width):
    page.set_viewport_size({"width": width, "height": SCREEN})

    assert measured(page, result(READER))["width"] == width


def test_buttons_lead_to_the_form_and_to_the_first_move(page, result):
    page.goto(result(READER))

    page.get_by_role("link", name="Get my 6-week plan").click()
    expect(page.get_by_label("Your email address")).to_be_in_viewport()
    page.get_by_role("link", name="Try the first move").click()
    expect(page.get_by_role("heading", name="Hip switches")).to_be_in_viewport()
    page.get_by_text("Show me how").click()
    expect(page.get_by_text("Let both knees drop slowly to the right")).to_be_visible()


def test_first_move_of_the_cleared_is_one_that_they_may_do(page, result):
    page.goto(result(READER, "hip_replacement"))

    expect(page.get_by_role("heading", name="Lunge and reach")).to_be_visible()
    expect(page.get_by_role("heading", name="Hip switches")).to_have_count(0)


def test_missing_check_is_one_tap_away(page, result):
    page.goto(result(READER))

    page.get_by_text("Check it now, about a minute").last.click()

    expect(page.get_by_role("button", name="Add this to my result").last).to_be_visible()


def test_limit_of_running_is_seen_without_a_tap(page, result):
    page.goto(result(READER))

    expect(page.get_by_text("Yes, if pain in a run stays at 2 out of 10 or less")).to_be_visible()
    expect(page.get_by_text("See someone if", exact=True)).to_be_visible()
    expect(page.get_by_text("That's worth a visit to a PT")).to_be_visible()
    expect(page.get_by_text("In one lab study")).to_be_hidden()


SHARE = "navigator.share = ({ url }) => { window.shared = url; return Promise.resolve(); };"
COPY = (
    "navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); };"
)


def test_what_is_shared_holds_no_answers(page, result):
    page.add_init_script(SHARE)
    page.goto(result(READER))

    button(page, "Share my result type").click()

    assert page.evaluate("shared").endswith("/check/tight-hips/results/mobility_first/")


def test_private_link_is_copied_apart(page, result):
    page.add_init_script(
        f"Object.defineProperty(navigator, 'share', {{ value: undefined }}); {COPY}"
    )
    page.goto(result(READER))

    button(page, "Copy my private link").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("copied") == page.url

    button(page, "Share my result type").click()
    assert page.evaluate("copied").endswith("/results/mobility_first/")


SHIFT = """new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.shift = (window.shift ?? 0) + entry.value;
}).observe({ type: "layout-shift", buffered: true })"""


def test_result_is_revealed_quickly_and_moves_nothing(page, result):
    page.add_init_script(SHIFT)
    page.add_init_script(
        """addEventListener("DOMContentLoaded", () => {
            window.moving = document.getAnimations()
                .filter((each) => each.animationName !== "just-come")
                .map((each) => each.effect.getComputedTiming().endTime);
        })"""
    )
    path = result(READER)

    page.goto(path)
    assert 0 < max(page.evaluate("moving")) <= 300
    assert page.evaluate("window.shift ?? 0") == 0

    page.emulate_media(reduced_motion="reduce")
    page.goto(path)
    assert page.evaluate("moving") == []
