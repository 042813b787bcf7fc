"""Sending answers: canceled, lost, arrived."""

import pytest
from playwright.sync_api import expect

from tests.assessments.small import SMALL, edition_of
from tests.e2e.walk import START, button, card, pass_safety, question

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CHECK = "/check/small/"
RESULT = "Show my result"


@pytest.fixture
def edition(live_server, quick):
    return edition_of(SMALL)


def answer(page):
    page.goto(CHECK)
    pass_safety(page)
    card(page, "touch", "never").click()
    card(page, "pain", "1").click()
    expect(button(page, RESULT)).to_be_visible()


@pytest.fixture
def answered(page, edition):
    """All questions are answered but not sent. The page's clock is paused."""
    page.clock.install(time=0)
    page.goto(CHECK)
    page.clock.pause_at(60_000)
    pass_safety(page)
    for name, value in {"touch": "never", "pain": "1"}.items():
        page.clock.run_for(420)  # past the early-tap guard
        card(page, name, value).click()
        page.clock.run_for(220)
    page.clock.run_for(420)
    expect(button(page, RESULT)).to_be_visible()
    return page


def test_back_cancels_a_send(answered):
    page, posts = answered, []
    page.on("request", lambda request: posts.append(request.method))
    button(page, RESULT).click()

    button(page, "Back").click()
    expect(question(page, "pain")).to_be_visible()
    page.clock.fast_forward(2500)

    expect(button(page, "Next")).to_be_enabled()
    assert posts == []


def test_answers_are_saved_until_the_result_arrives(page, edition):
    answer(page)
    page.route(f"**{CHECK}", lambda route: route.fulfill(status=500, body="Out of reach"))
    button(page, RESULT).click()
    expect(page.get_by_text("Out of reach")).to_be_visible()
    page.unroute_all()

    page.goto(CHECK)
    expect(button(page, RESULT)).to_be_visible()
    assert page.locator(":checked").count() == 3
    button(page, RESULT).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Reach first")
    page.wait_for_load_state()  # its script marks the answers as arrived

    page.goto(CHECK)
    expect(button(page, START)).to_be_visible()
    assert page.locator(":checked").count() == 0
