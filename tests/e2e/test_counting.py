"""Analytics of a self-check: every step is counted once, whatever the runner does."""

import re
import time

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from assessments.analytics import collector, reports
from assessments.analytics.services import counts_update
from assessments.models import DayCount, Sight, Submission
from assessments.runner import views
from guides import signed_links
from guides.models import Delivery
from tests.assessments.analytics.test_bots import RUNNER
from tests.e2e.walk import (
    CHECK,
    HURRY,
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

ASKED = [*USUAL, "tried"]
HIDE = """() => {
  Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture(scope="module")
def browser(browser_type, browser_type_launch_args):
    """With a phone's user agent, since headless Chromium names itself. Playwright's own override
    doesn't apply to beacons."""
    args = [*browser_type_launch_args["args"], f"--user-agent={RUNNER['User-Agent']}"]
    browser = browser_type.launch(**browser_type_launch_args | {"args": args})
    yield browser
    browser.close()


@pytest.fixture
def result(page, edition, quick, faults):
    """Completes a self-check."""
    yield lambda: button(page, "Show my result").click()
    assert faults == []


def seen(bot=False):
    """The current count of each step."""
    collector.flush()
    found = {}
    for sight in Sight.objects.filter(bot=bot):
        name = f"{sight.step}:{sight.item}" if sight.item else sight.step
        found[name] = found.get(name, 0) + sight.number
    return found


def wait_for(expected, **more):
    """Waits, since beacons are asynchronous."""
    until = time.monotonic() + 10
    while seen(**more) != expected and time.monotonic() < until:
        time.sleep(0.1)
    assert seen(**more) == expected


def walked(names, **more):
    """A start, and each of these questions reached and left."""
    steps = [step for name in names for step in (f"reached:{name}", f"left:{name}")]
    return {"visit": 1, "start": 1, **dict.fromkeys(steps, 1), **more}


def test_steps_from_first_page_to_result_are_counted(page, edition, result):
    page.goto("/?utm_source=blog")
    page.get_by_role("link", name="Start the self-check").click()
    expect(page).to_have_url(re.compile(r"/check/tight-hips/\?utm_source=blog$"))
    pass_safety(page)
    answer(page, USUAL)
    result()
    expect(page).to_have_url(re.compile("/result/"))

    wait_for(walked(ASKED))
    assert set(Sight.objects.values_list("edition", "source")) == {(edition.pk, "blog")}
    assert Submission.objects.get().source == "blog"
    counts_update()
    today = timezone.localdate()
    steps = {
        each.item or each.step: each
        for each in reports.funnel(today, today, by="source", value="blog")
    }
    assert [steps[name].number for name in ("visit", "start", "finish", "stop")] == [1, 1, 1, 0]
    assert [name for name in steps if name in ASKED] == ASKED
    assert sum(steps[name].dropped for name in ASKED) == 0


def test_back_and_forward_and_a_reload_count_once(page, result):
    names = ASKED[:3]
    step_through(page, {name: USUAL[name] for name in names})
    expect(question(page, ASKED[3])).to_be_visible()
    for _ in names:
        page.go_back()
    expect(question(page, ASKED[0])).to_be_visible()
    for _ in names:
        button(page, "Next").click()
    expect(question(page, ASKED[3])).to_be_visible()
    page.reload()
    expect(question(page, ASKED[3])).to_be_visible()
    button(page, "Back").click()
    button(page, "Next").click()
    expect(question(page, ASKED[3])).to_be_visible()
    page.goto("/privacy/")

    # A reload is a new view to the server; the script counts it once.
    found = walked(names) | {f"reached:{ASKED[3]}": 1}
    wait_for(found | {"visit": seen().get("visit")})


def test_leaving_is_counted_at_the_last_question(page, result):
    step_through(page, {ASKED[0]: USUAL[ASKED[0]]})
    expect(question(page, ASKED[1])).to_be_visible()
    page.goto("about:blank")

    wait_for(walked(ASKED[:1]) | {f"reached:{ASKED[1]}": 1})


def test_viewing_the_safety_list_is_not_a_start(page, result):
    page.goto(CHECK)
    page.goto("about:blank")

    wait_for({"visit": 1})


def test_hidden_page_reports_once(page, result):
    step_through(page, {ASKED[0]: USUAL[ASKED[0]]})
    expect(question(page, ASKED[1])).to_be_visible()
    page.evaluate(HIDE)
    wait_for(walked(ASKED[:1]) | {f"reached:{ASKED[1]}": 1})

    card(page, ASKED[1], USUAL[ASKED[1]]).click()
    expect(question(page, ASKED[2])).to_be_visible()
    page.evaluate(HIDE)
    page.evaluate(HIDE)
    page.goto("about:blank")

    wait_for(walked(ASKED[:2]) | {f"reached:{ASKED[2]}": 1})


def test_second_run_is_counted_again(page, result):
    for _ in range(2):
        step_through(page, USUAL)
        result()
        expect(page).to_have_url(re.compile("/result/"))

    wait_for(dict.fromkeys(walked(ASKED), 2))


def test_correcting_an_answer_counts_nothing_twice(page, result):
    step_through(page, USUAL)
    result()
    expect(page).to_have_url(re.compile("/result/"))
    page.go_back()
    expect(button(page, "Show my result")).to_be_visible()
    for name in ("tried", "relief"):
        button(page, "Back").click()
        expect(question(page, name)).to_be_visible()
    answer(page, {"relief": "lt1h"})
    result()
    expect(page).to_have_url(re.compile("/result/"))

    wait_for(walked(ASKED) | {"visit": seen()["visit"]})


def test_stop_on_the_safety_list_counts_a_start_and_no_question(page, result):
    page.goto(CHECK)
    page.get_by_label("A bad fall or a pop").check()
    button(page, "Show me what to do").click()
    expect(page).to_have_url(re.compile("/result/"), timeout=10_000)

    wait_for({"visit": 1, "start": 1})
    counts_update()
    items = DayCount.objects.filter(step="stop", by="").exclude(item="")
    assert [*items.values_list("number", flat=True)] == [1]


def test_without_scripts_only_server_events_are_counted(
    browser, browser_context_args, edition, quick
):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    fill_in(page, USUAL)

    expect(page).to_have_url(re.compile("/result/"))
    assert seen() == {"visit": 1}
    context.close()


@pytest.mark.parametrize("fault", ["no beacons", "no script", "the server fails"])
def test_self_check_works_without_beacons(page, result, monkeypatch, fault):
    if fault == "no beacons":
        page.add_init_script("delete Navigator.prototype.sendBeacon")
    elif fault == "no script":
        page.route("**/runfit/count*.js", lambda route: route.abort())
    else:
        monkeypatch.setattr(views, "beacon_read", None)
    step_through(page, USUAL)
    result()

    expect(page).to_have_url(re.compile("/result/"))
    assert Submission.objects.count() == 1
    page.goto("/privacy/")
    assert seen() == {"visit": 1}


def test_bot_user_agent_is_counted_separately(
    browser_type, browser_type_launch_args, live_server, edition
):
    headless = browser_type.launch(**browser_type_launch_args)
    page = headless.new_page(base_url=live_server.url)
    page.add_init_script(HURRY)
    page.goto(CHECK)
    pass_safety(page)
    expect(question(page, ASKED[0])).to_be_visible()
    page.goto("about:blank")

    wait_for({"visit": 1, "start": 1, f"reached:{ASKED[0]}": 1}, bot=True)
    headless.close()


def test_guide_page_reports_its_opening(page, result):
    step_through(page, USUAL)
    result()
    page.get_by_label("Your email address").fill("runner@example.org")
    button(page, "Send me the guide").click()
    expect(page).to_have_url(re.compile("/on-its-way/"))
    before = seen()

    page.goto(f"/guide/{signed_links.guide_token(Delivery.objects.get().link)}/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto("about:blank")

    wait_for(before | {"fetched": 1, "opened": 1})
    assert set(Sight.objects.filter(step="opened").values_list("profile", "bot")) == {
        (Submission.objects.get().profile, False)
    }
