"""Forms sent without network or server: nothing is lost, and nothing is stored twice."""

import re

import pytest
from django.core.signals import request_started
from django.urls import reverse
from playwright.sync_api import expect

from assessments.models import RequestCount, Submission
from assessments.submissions import request_limits
from guides.models import Contact, Delivery
from guides.signed_links import address_token
from tests.e2e.test_pages_a11y import guide_pages, result  # noqa: F401 - fixtures
from tests.e2e.walk import CHECK, USUAL, button, pass_safety, step_through

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SAFE = "You're offline. Your answers are safe. Keep this page open, and we'll send them as soon as you're back online."
AWAY = "We can't reach the site right now. Your answers are safe, and we'll keep trying."


@pytest.fixture
def posts(live_server):
    """The paths of the posts that the server gets."""
    paths = []

    def note(environ, **_):
        if environ["REQUEST_METHOD"] == "POST":
            paths.append(environ["PATH_INFO"])

    request_started.connect(note)
    yield paths
    request_started.disconnect(note)


def said(page):
    return page.get_by_role("status").filter(has_text=re.compile("kept|safe"))


def test_answers_are_sent_automatically_once_online(page, context, edition):
    step_through(page, USUAL)
    expect(button(page, "Show my result")).to_be_visible()
    context.set_offline(True)
    button(page, "Show my result").click()
    expect(said(page)).to_have_text(SAFE)
    expect(button(page, "One moment…")).to_be_disabled()
    assert Submission.objects.count() == 0

    button(page, "Back").click()  # cancels the send
    expect(said(page)).to_have_count(0)
    page.go_forward()
    button(page, "Show my result").click()
    expect(said(page)).to_have_text(SAFE)
    context.set_offline(False)

    expect(page.get_by_role("heading", level=1)).to_have_text("Mobility first")
    assert Submission.objects.count() == 1
    page.go_back()
    expect(button(page, "Show my result")).to_be_enabled()
    assert page.locator(":checked").count() == len(USUAL) + 1


def test_emergency_advice_is_shown_while_offline(page, context, edition):
    page.goto(CHECK)
    page.wait_for_selector("body.ready")
    context.set_offline(True)
    pass_safety(page, "chest")

    expect(said(page)).to_contain_text("You're offline.")
    expect(said(page)).to_contain_text("In an emergency, call 911")
    context.set_offline(False)
    expect(page.get_by_role("heading", level=1)).to_have_text("Get emergency help now")


def test_lost_response_is_retried(page, edition):
    step_through(page, USUAL)
    posts = []

    def lose(route):
        if route.request.method != "POST":
            return route.continue_()
        posts.append(route.request.post_data)
        if len(posts) == 1:
            route.fetch(max_redirects=0)  # the request arrives, the response is lost
            return route.abort("connectionreset")
        if len(posts) == 2:
            return route.fulfill(status=502, body="Bad gateway")
        return route.continue_()

    page.route(f"**{CHECK}", lose)
    button(page, "Show my result").click()
    expect(said(page)).to_have_text(AWAY)
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_timeout(100)
    page.evaluate("dispatchEvent(new Event('online'))")

    expect(page.get_by_role("heading", level=1)).to_have_text("Mobility first")
    assert len(posts) == 3
    assert len(set(posts)) == 1
    assert Submission.objects.count() == 1


def test_address_and_follow_up_wait_for_the_network(page, context, result):  # noqa: F811
    page.goto(result("a result"))
    context.set_offline(True)
    page.get_by_label("Your email address").fill("ana@gmial.com")
    for _ in range(2):
        button(page, "Send me the guide").click()
    expect(said(page)).to_contain_text("Your address is safe")
    context.set_offline(False)

    expect(page.get_by_role("heading", level=1)).to_have_text("Did you mean ana@gmail.com?")
    context.set_offline(True)
    button(page, "Yes, use ana@gmail.com").click()
    expect(said(page)).to_contain_text("Your address is safe")
    context.set_offline(False)

    expect(page.get_by_role("heading", level=1)).to_have_text("Your guide is on its way")
    expect(page.get_by_text("ana@gmail.com")).to_be_visible()
    assert list(Contact.objects.values_list("email", flat=True)) == ["ana@gmail.com"]
    assert Delivery.objects.count() == 1
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your guide is on its way")


def test_form_shows_sending_status_every_time(page, result):  # noqa: F811
    page.goto(result("a result"))
    by_script, held = [], []

    def hold(route):
        if route.request.method != "POST":
            return route.continue_()
        by_script.append("x-sent-by" in route.request.headers)
        return held.append(route)

    page.route("**", hold)
    page.get_by_label("Your email address").fill("ana@gmail.com")
    send, status = button(page, "Send me the guide"), page.get_by_role("status")
    for _ in range(2):
        send.click()
        expect(status).to_have_text("One moment…")
        expect(send).to_have_attribute("aria-busy", "true")
        held.pop().fulfill(status=200, body="A page of its own, which the browser then asks for.")
        page.wait_for_timeout(200)
        held.pop().fulfill(status=204)
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
        expect(status).to_have_count(0)
        expect(send).not_to_have_attribute("aria-busy", "true")

    assert by_script == [True, False] * 2


def test_preference_waits_for_the_network(page, context, guide_pages):  # noqa: F811
    page.goto(guide_pages["preferences"])
    form = page.locator("form", has_text="One email after four weeks")
    context.set_offline(True)
    form.get_by_role("button").click()
    expect(said(page)).to_contain_text("Your choice is safe")
    context.set_offline(False)

    expect(page.get_by_text("We'll send it on")).to_be_visible()


def test_a_form_that_is_refused_and_sent_again_counts_once(page, result, posts, settings):  # noqa: F811
    """The script's post and the browser's are the same to the runner: docs/decisions/0027."""
    settings.GUIDE_LIMIT_NETWORK_HOUR = 2
    request_limits.clear()
    at = result("a result")
    ask = f"{at}guide/"

    def send(email, heading, sent):
        page.goto(at)
        posts.clear()
        page.get_by_label("Your email address").fill(email)
        button(page, "Send me the guide").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        assert posts == [ask] * sent

    send("ana@gmial.com", "Did you mean ana@gmail.com?", 2)
    assert Contact.objects.count() == RequestCount.objects.count() == 0
    posts.clear()
    button(page, "No, send it to ana@gmial.com").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your guide is on its way")
    assert posts == [ask]
    send("ana@gmail.com", "Your guide is on its way", 1)
    send("bea@gmail.com", "Give it a little while", 2)
    send("cleo@gmail.com", "Give it a little while", 2)
    assert page.get_by_label("Your email address").input_value() == "cleo@gmail.com"
    settings.GUIDE_LIMIT_NETWORK_HOUR = 3  # what was refused took nothing of it
    send("dora@gmail.com", "Your guide is on its way", 1)
    assert Delivery.objects.count() == Contact.objects.count() == 3


def test_a_stop_beyond_the_limit_is_shown_and_not_stored(page, edition, posts, settings):
    settings.ANSWER_LIMIT_NETWORK_HOUR = 0
    page.goto(CHECK)
    pass_safety(page, "chest")

    expect(page.get_by_role("heading", level=1)).to_have_text("Get emergency help now")
    assert posts.count(CHECK) == 2
    assert not Submission.objects.exists()


def test_address_page_says_that_the_guide_is_on_its_way(page, guide_pages, posts):  # noqa: F811
    page.goto(reverse("guides:change_address", args=[address_token(Submission.objects.get())]))
    page.get_by_label("Your email address").fill("right@example.org")
    posts.clear()
    button(page, "Send it to this address").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Your guide is on its way")
    expect(page.get_by_text("right@example.org")).to_be_visible()
    assert len(posts) == 1
    page.reload()
    expect(page.get_by_text("right@example.org")).to_be_visible()
