"""Training by the guide on a phone: today, sessions, and what's remembered."""

import json
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import expect

from guides import signed_links
from guides.content.training import parse_record, read_record, today
from guides.models import DownloadLink, Training
from tests.e2e.test_pages_a11y import found, guide_pages, result  # noqa: F401 - fixtures
from tests.e2e.walk import pass_safety
from tests.guides.content.training.test_today import PLANS, VECTORS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIRST = date(2026, 12, 1)
"""A Tuesday."""
PICKED = (1, 2, 4, 6)
"""Monday, Tuesday, Thursday, and Saturday."""


@pytest.fixture
def browser_context_args(live_server):
    return {
        "base_url": live_server.url,
        "viewport": {"width": 390, "height": 844},
        "timezone_id": "America/Denver",
        "locale": "en-US",
    }


@pytest.fixture
def phone(page):
    page.clock.install(time=at(FIRST))
    return page


@pytest.fixture
def new_phone(browser, browser_context_args):
    """Makes another device."""
    contexts = []

    def make(**options):
        contexts.append(browser.new_context(**browser_context_args, **options))
        return contexts[-1].new_page()

    yield make
    for context in contexts:
        context.close()


def at(day: date) -> datetime:
    """Noon in Denver."""
    return datetime(day.year, day.month, day.day, 19, tzinfo=UTC)


def go(page, url: str, day: date) -> None:
    page.clock.set_fixed_time(at(day))
    page.goto(url)


def pick(page, *days: str) -> None:
    for box in page.locator(".weekdays input").all():
        box.set_checked(box.evaluate("box => box.parentElement.innerText.trim()") in days)
    page.get_by_role("button", name="Use these days").click()


def finish(page, session: str, pain: int) -> None:
    page.goto(session)
    page.locator(".pains").get_by_role("button", name=str(pain), exact=True).click()


def test_browser_says_of_each_day_what_the_server_says(page, guide_pages):  # noqa: F811
    page.goto(guide_pages["guide"])
    days = [
        (case["record"], (date.fromisoformat(case["day"]) + timedelta(days=more)).isoformat())
        for case in VECTORS["cases"]
        for more in range(-3, 25)
    ]

    told = page.evaluate(
        "([plans, days]) => days.map(([record, day]) => training.state(record, plans, day, 8))",
        [VECTORS["plans"], days],
    )

    expected = [
        asdict(today(parse_record(record), PLANS, date.fromisoformat(day), stop_from=8))
        for record, day in days
    ]
    assert len(told) > 500
    for (record, day), one, other in zip(days, told, expected, strict=True):
        assert one == other, (record, day)


def test_browser_remembers_by_itself_and_sends_nothing(phone, guide_pages):  # noqa: F811
    sent = []
    phone.on("request", lambda request: sent.append(request.method))
    go(phone, guide_pages["guide"], FIRST)
    expect(phone.get_by_role("heading", name="When do you want to train?")).to_be_visible()

    pick(phone, "Tue", "Thu")
    expect(phone.get_by_role("heading", name="Today's session")).to_be_visible()
    finish(phone, guide_pages["session"], 2)

    expect(phone.get_by_text("Next session: Thursday, December 3")).to_be_visible()
    phone.reload()
    expect(phone.get_by_text("Today's session is done")).to_be_visible()
    go(phone, guide_pages["guide"], FIRST + timedelta(days=2))
    expect(phone.locator("#today .dots")).to_contain_text("This week: 1 of")
    assert "POST" not in sent
    assert not Training.objects.exists()


def test_it_follows_the_link_to_another_device(phone, new_phone, guide_pages):  # noqa: F811
    go(phone, guide_pages["guide"], FIRST)
    pick(phone, "Tue", "Thu")
    phone.get_by_role("button", name="Save with my link").click()
    expect(phone.get_by_text("Saved with your link")).to_be_visible()

    other = new_phone()
    other.clock.install(time=at(FIRST))
    other.goto(guide_pages["guide"])
    expect(other.get_by_role("heading", name="Today's session")).to_be_visible()

    # Both do something before either sees the other's.
    other.goto(guide_pages["session"])
    go(phone, guide_pages["session"], FIRST + timedelta(days=2))
    with phone.expect_response("**/training/"):
        phone.locator(".pains").get_by_role("button", name="1", exact=True).click()
    with other.expect_response("**/training/"):
        other.locator(".pains").get_by_role("button", name="4", exact=True).click()
    expect(other.locator("[data-pain]:visible")).to_contain_text("3 to 5: do less")

    record = read_record(Training.objects.get().record)
    assert [(each.on, each.pain) for each in record.done] == [("2026-12-01", 4), ("2026-12-03", 1)]
    assert record.schedule.zone == "America/Denver"
    go(other, guide_pages["guide"], FIRST + timedelta(days=2))
    expect(other.locator("#today .dots")).to_contain_text("This week: 2 of")


def test_offline_tap_is_saved_once_the_network_is_back(phone, guide_pages):  # noqa: F811
    go(phone, guide_pages["guide"], FIRST)
    pick(phone, "Tue", "Thu")
    phone.get_by_role("button", name="Save with my link").click()
    phone.goto(guide_pages["session"])
    phone.context.set_offline(True)
    phone.locator(".pains").get_by_role("button", name="0", exact=True).click()
    expect(phone.get_by_text("You're offline.")).to_be_visible()
    expect(phone.get_by_text("Today's session is done")).to_be_visible()
    assert not read_record(Training.objects.get().record).done

    with phone.expect_response("**/training/"):
        phone.context.set_offline(False)

    assert len(read_record(Training.objects.get().record).done) == 1


def test_six_weeks(phone, guide_pages):  # noqa: F811
    """Enough sessions, then a missed week, then too few: the plan's own words each time. Then the
    next plan, offline too, and the way back."""
    go(phone, guide_pages["guide"], FIRST)
    pick(phone, "Mon", "Tue", "Thu", "Sat")
    plan, then = json.loads(phone.locator("#training-data").text_content())["plans"].values()
    for number, block in enumerate(plan, start=1):
        begins = FIRST + timedelta(days=14 * (number - 1))
        done = 0
        days = [begins + timedelta(days=more) for more in range(14)]
        for day in (day for day in days if day.isoweekday() in PICKED):
            phone.clock.set_fixed_time(at(day))
            phone.goto(guide_pages["guide"])
            link = phone.locator("#today").get_by_role("link", name="Open the session")
            if link.count() and link.is_visible():
                assert link.get_attribute("href").endswith(f"/session/{number}/")
                finish(phone, block["url"], 1)
                done += 1
        assert done > 0
        go(phone, guide_pages["guide"], begins + timedelta(days=14))
        expect(phone.get_by_text(f"Sessions you did: {done} of")).to_be_visible()
        expect(phone.locator("#today").get_by_text(block["move_on_if"])).to_be_visible()
        if number < len(plan):
            phone.get_by_role("button", name="Move on to").click()
            expect(phone.locator("#today .lead")).to_contain_text(plan[number]["goal"])
    card = phone.locator("#today")
    expect(card.get_by_role("link", name="Retake the check")).to_be_visible()
    phone.get_by_role("button", name="Save with my link").click()
    expect(phone.get_by_text("Saved with your link")).to_be_visible()
    phone.context.set_offline(True)
    phone.get_by_role("button", name="Move on to Add the candle").click()

    expect(card.locator(".lead")).to_contain_text(then[0]["goal"])
    expect(card.get_by_text("Your plan right now: Add the candle")).to_be_visible()
    expect(card.locator(".dots")).to_contain_text("This week: 0 of 2")
    with phone.expect_response("**/training/"):
        phone.context.set_offline(False)
    record = read_record(Training.objects.get().record)
    assert (record.schedule.stages[-1].plan, record.plan_before) == (
        "strength_gap",
        "mobility_first",
    )
    card.get_by_role("link", name="Add the candle").click()
    expect(phone.get_by_text("Your plan: Add the candle")).to_be_visible()
    finish(phone, then[0]["url"], 1)
    go(phone, guide_pages["guide"], begins + timedelta(days=15))
    expect(card.locator(".dots")).to_contain_text("This week: 1 of 2")

    phone.get_by_role("button", name="Go back to Bake the cake").click()

    expect(card.get_by_text("These weeks are over: Weeks 5 to 6")).to_be_visible()
    expect(card.get_by_role("button", name="Go back to")).to_be_hidden()


def test_too_few_sessions_repeat_the_weeks(phone, guide_pages):  # noqa: F811
    go(phone, guide_pages["guide"], FIRST)
    pick(phone, "Tue", "Thu")
    finish(phone, guide_pages["session"], 2)
    go(phone, guide_pages["guide"], FIRST + timedelta(days=15))

    expect(phone.get_by_text("That's under 70%, so repeat these weeks.")).to_be_visible()
    expect(phone.locator("#today").get_by_text("Missed a week?")).to_be_hidden()
    expect(phone.get_by_role("button", name="Move on to")).to_have_class("link")
    phone.get_by_role("button", name="Repeat these weeks").click()

    expect(phone.locator("#today .dots")).to_contain_text("This week: 0 of")


def test_missed_week_goes_back(phone, guide_pages):  # noqa: F811
    go(phone, guide_pages["guide"], FIRST)
    pick(phone, "Tue", "Thu")
    go(phone, guide_pages["guide"], FIRST + timedelta(days=9))

    missed = phone.locator("#today").get_by_text("Missed a week? Repeat your last week.")
    expect(missed).to_be_visible()
    phone.get_by_role("button", name="Repeat my last week").click()

    expect(phone.get_by_role("heading", name="Today's session")).to_be_visible()
    expect(phone.locator("#today .dots")).to_contain_text("This week: 0 of")
    expect(missed).to_be_hidden()


@pytest.mark.parametrize(
    ("pain", "words"),
    [(2, "0 to 2 out of 10: fine"), (5, "3 to 5: do less"), (7, "Book a visit"),
     (9, "Stop running and all impact today")],
)  # fmt: skip
def test_worst_pain_says_what_to_do_at_once(phone, guide_pages, pain, words):  # noqa: F811
    go(phone, guide_pages["session"], FIRST)
    phone.locator(".pains").get_by_role("button", name=str(pain), exact=True).click()

    advice = phone.locator("[data-pain]:visible")
    expect(advice).to_have_count(1)
    expect(advice).to_contain_text(words)


def test_pain_that_ends_the_training_stays_on_the_page_until_someone_has_looked(
    phone,
    new_phone,
    guide_pages,  # noqa: F811
):
    go(phone, guide_pages["guide"], FIRST)
    pick(phone, "Tue", "Thu")
    finish(phone, guide_pages["session"], 9)
    expect(phone.get_by_text("Next session:")).to_be_hidden()
    go(phone, guide_pages["guide"], FIRST + timedelta(days=2))
    today_card = phone.locator("#today")
    expect(today_card).to_contain_text("Stop running and all impact today")
    expect(today_card.get_by_role("link", name="Open the session")).to_be_hidden()

    phone.get_by_role("button", name="I didn't do it").click()
    expect(phone.get_by_role("heading", name="Today's session")).to_be_visible()
    finish(phone, guide_pages["session"], 9)
    go(phone, guide_pages["guide"], FIRST + timedelta(days=3))
    phone.get_by_role("button", name="A PT or doctor said I can go on").click()

    expect(phone.get_by_text("No session today")).to_be_visible()


@pytest.mark.parametrize("days", [0, 1, 16])
def test_pages_are_accessible_in_each_state(phone, guide_pages, days):  # noqa: F811
    go(phone, guide_pages["guide"], FIRST)
    assert found(phone) == {}
    pick(phone, "Tue", "Thu")
    go(phone, guide_pages["guide"], FIRST + timedelta(days=days))
    assert found(phone) == {}
    finish(phone, guide_pages["session"], 7)
    assert found(phone) == {}


def test_erasing_clears_this_browser_too(phone, guide_pages):  # noqa: F811
    go(phone, guide_pages["guide"], FIRST)
    pick(phone, "Tue", "Thu")
    assert phone.evaluate("localStorage.length") > 0
    phone.goto(guide_pages["erase"])

    phone.locator("main form button").first.click()

    expect(phone.get_by_text("You're all set.")).to_be_visible()
    phone.wait_for_function("localStorage.length === 0")


def test_timer_counts_sets_and_rests(phone, guide_pages):  # noqa: F811
    phone.goto(guide_pages["session"])
    phone.clock.pause_at(at(FIRST) + timedelta(hours=1))
    timer = phone.locator("[data-timer]").first
    timer.get_by_role("button", name="Start the timer").click()
    expect(timer.locator("[data-phase]")).to_have_text("Get ready")

    phone.clock.run_for(6000)
    expect(timer.locator("[data-phase]")).to_contain_text("Set 1 of")
    timer.get_by_role("button", name="Pause").click()
    before = timer.locator("[data-count]").inner_text()
    phone.clock.run_for(5000)
    assert timer.locator("[data-count]").inner_text() == before
    timer.get_by_role("button", name="Pause").click()
    phone.clock.run_for(600_000)
    expect(timer.locator("[data-phase]")).to_have_text("Done")


def test_one_move_at_a_time(phone, guide_pages):  # noqa: F811
    phone.goto(guide_pages["session"])
    moves = phone.locator("[data-exercise]")
    phone.get_by_label("One move at a time").check()
    expect(phone.locator("[data-exercise]:visible")).to_have_count(1)

    for number in range(moves.count()):
        expect(phone.get_by_text(f"Move {number + 1} of {moves.count()}")).to_be_visible()
        phone.get_by_role("button", name="Next move").click()

    expect(phone.locator("[data-exercise]:visible")).to_have_count(0)
    expect(phone.get_by_role("heading", name="Through with it?")).to_be_visible()
    phone.get_by_role("button", name="Move before").click()
    phone.reload()
    expect(phone.get_by_text(f"Move {moves.count()} of {moves.count()}")).to_be_visible()


def test_without_scripts_forms_do_it_after_the_yes(new_phone, guide_pages):  # noqa: F811
    page = new_phone(java_script_enabled=False)
    page.goto(guide_pages["session"])
    page.locator(".pains").get_by_role("button", name="3", exact=True).click()
    expect(page.locator("[data-pain]:visible")).to_contain_text("3 to 5: do less")
    assert not Training.objects.exists()

    page.goto(guide_pages["guide"])
    for box in page.locator(".weekdays input").all():
        box.check()
    page.get_by_role("button", name="Save with my link").click()
    expect(page.get_by_role("heading", name="Today's session")).to_be_visible()
    page.get_by_role("link", name="Open the session").first.click()
    page.locator(".pains").get_by_role("button", name="2", exact=True).click()
    expect(page.get_by_text("Next session:")).to_be_visible()
    page.get_by_role("link", name="Back to my guide").click()
    expect(page.get_by_text("This week: 1 of")).to_be_visible()
    page.get_by_text("I didn't do it").click()
    expect(page.get_by_text("This week: 0 of")).to_be_visible()

    page.goto(f"{guide_pages['guide']}plan/strength_gap/")
    page.get_by_role("button", name="Start this plan").click()
    expect(page.get_by_text("Your plan: Add the candle")).to_be_visible()
    page.get_by_role("button", name="Go back to Bake the cake").click()
    expect(page.get_by_text("Your plan: Bake the cake")).to_be_visible()


def test_calendar_has_the_days_that_only_this_browser_knows(phone, guide_pages):  # noqa: F811
    go(phone, guide_pages["guide"], FIRST)
    pick(phone, "Tue", "Thu")
    phone.get_by_role("link", name="Put my sessions in my calendar").click()
    assert found(phone) == {}
    assert phone.get_by_label("Time of day").bounding_box()["height"] >= 44
    phone.get_by_label("Time of day").fill("18:30")

    with phone.expect_download() as download:
        phone.get_by_role("button", name="Get the calendar file").click()

    text = download.value.path().read_text()
    assert text.count("BEGIN:VEVENT") > 8
    assert "DTSTART;TZID=America/Denver:20261203T183000" in text
    assert not Training.objects.exists()


TAMPERED = [
    "nonsense", "5", "null", "[]", '{"sessions": 5}', '{"sessions": [null, {"on": "1e9"}]}',
    '{"schedule": {"days": [1], "at": 1, "stages": [{"plan": "mobility_first", "block": 1, "begins": "9999999999"}]}}',
    '{"schedule": {"days": "x", "at": 1e99, "stages": [{}]}, "check_ins": {}}',
]  # fmt: skip


def test_what_no_page_of_ours_wrote_is_left_out(phone, guide_pages):  # noqa: F811
    go(phone, guide_pages["guide"], FIRST)
    name = next(
        key for key in phone.evaluate("Object.keys(localStorage)") if key[:9] == "training "
    )
    for text in TAMPERED:
        phone.evaluate("([name, text]) => localStorage.setItem(name, text)", [name, text])
        phone.reload()
        expect(phone.get_by_role("heading", name="When do you want to train?")).to_be_visible()
        assert json.loads(phone.evaluate("name => localStorage[name]", name)) == {
            "sessions": [],
            "check_ins": [],
        }

    path, day = guide_pages["session"], FIRST.isoformat()
    phone.evaluate(
        "([path, day]) => { localStorage[`session ${path}`] = JSON.stringify({ day, done: 5 });"
        " localStorage['session choices'] = '7' }",
        [path, day],
    )
    finish(phone, path, 2)
    expect(phone.get_by_role("heading", name="Today's session is done")).to_be_visible()


def test_days_in_a_row_get_a_warning_once_strength_comes(phone, guide_pages):  # noqa: F811
    warning = phone.get_by_text("Two of your training days are back to back.")
    go(phone, guide_pages["guide"], FIRST)
    expect(warning).to_be_hidden()

    pick(phone, "Tue", "Wed")
    expect(warning).to_be_visible()
    phone.get_by_text("My training days").click()
    pick(phone, "Tue", "Thu")
    expect(warning).to_be_hidden()


def test_browser_that_forgets_says_so(new_phone, guide_pages):  # noqa: F811
    page = new_phone()
    page.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('full') }")
    page.goto(guide_pages["guide"])
    pick(page, "Tue", "Thu")

    expect(page.get_by_text("This browser won't remember it")).to_be_visible()
    page.get_by_role("button", name="Save with my link").click()
    expect(page.get_by_text("Saved with your link")).to_be_visible()
    expect(page.get_by_role("heading", name="When do you want to train?")).to_be_hidden()


def test_new_link_goes_on_with_what_this_browser_knows(phone, guide_pages):  # noqa: F811
    go(phone, guide_pages["guide"], FIRST)
    pick(phone, "Tue", "Thu")
    new = DownloadLink.objects.get()
    new.pk = None
    new.save()

    phone.goto(f"/guide/{signed_links.guide_token(new)}/")

    expect(phone.get_by_role("heading", name="Today's session")).to_be_visible()


def test_tap_wins_over_a_device_whose_clock_is_ahead(phone, new_phone, guide_pages):  # noqa: F811
    ahead = new_phone()
    ahead.clock.set_fixed_time(at(FIRST) + timedelta(minutes=20))
    ahead.goto(guide_pages["guide"])
    pick(ahead, "Tue", "Thu")
    ahead.get_by_role("button", name="Save with my link").click()
    expect(ahead.get_by_text("Saved with your link")).to_be_visible()

    go(phone, guide_pages["guide"], FIRST)
    phone.get_by_text("My training days").click()
    with phone.expect_response("**/training/"):
        pick(phone, "Wed", "Fri")

    expect(phone.get_by_text("No session today")).to_be_visible()
    assert read_record(Training.objects.get().record).schedule.days == (3, 5)


def test_page_that_stays_open_turns_to_the_next_day(phone, guide_pages):  # noqa: F811
    go(phone, guide_pages["guide"], FIRST)
    pick(phone, "Tue", "Thu")
    session = phone.context.new_page()
    session.clock.install(time=at(FIRST))
    finish(session, guide_pages["session"], 1)
    session.locator("[data-check]").first.click()
    expect(phone.get_by_text("Today's session is done")).to_be_visible()  # the other tab's

    for page in (phone, session):
        page.clock.set_fixed_time(at(FIRST + timedelta(days=2)))
        page.clock.run_for(1500)
    session.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(phone.get_by_role("heading", name="Today's session", exact=True)).to_be_visible()
    expect(session.get_by_role("heading", name="Through with it?")).to_be_visible()
    expect(session.locator("[data-check][aria-pressed=true]")).to_have_count(0)


def test_slip_of_the_finger_for_pain_is_changed_at_once(phone, guide_pages):  # noqa: F811
    go(phone, guide_pages["session"], FIRST)
    pains = phone.locator(".pains")
    pains.get_by_role("button", name="9", exact=True).click()
    phone.get_by_role("button", name="Change it").click()
    pains.get_by_role("button", name="2", exact=True).click()

    expect(phone.locator("[data-pain]:visible")).to_contain_text("0 to 2 out of 10: fine")


def test_refused_save_says_so_and_goes_with_the_next_tap(phone, guide_pages):  # noqa: F811
    go(phone, guide_pages["guide"], FIRST)
    pick(phone, "Tue", "Thu")
    phone.get_by_role("button", name="Save with my link").click()
    phone.route("**/training/", lambda route: route.fulfill(status=429), times=1)
    phone.goto(guide_pages["session"])
    pains = phone.locator(".pains")
    pains.get_by_role("button", name="3", exact=True).click()
    expect(phone.get_by_text("We couldn't save it with your link just now.")).to_be_visible()

    phone.get_by_role("button", name="Change it").click()
    with phone.expect_response("**/training/"):
        pains.get_by_role("button", name="4", exact=True).click()

    assert read_record(Training.objects.get().record).done[0].pain == 4


def check_in(page, pain: int, feel: str) -> None:
    section = page.locator("[data-check-in]")
    section.get_by_label(str(pain), exact=True).check()
    section.get_by_role("button", name=feel).click()


def test_weekly_check_in_is_two_taps_and_a_red_flag_ends_the_training(
    phone,
    guide_pages,  # noqa: F811
):
    go(phone, guide_pages["guide"], FIRST)
    pick(phone, "Tue", "Thu")
    expect(phone.locator("[data-check-in]")).not_to_have_attribute("open", "")
    go(phone, guide_pages["guide"], FIRST + timedelta(days=7))
    session = phone.locator("#today").get_by_role("link", name="Open the session")
    expect(session).to_be_visible()
    check_in(phone, 4, "Worse")
    expect(phone.get_by_role("heading", name="Safety check", level=1)).to_be_visible()
    phone.goto(guide_pages["guide"])
    expect(session).to_be_hidden()
    phone.locator("[data-check-in] summary").click()

    check_in(phone, 4, "Same")
    expect(session).to_be_visible()
    expect(phone.locator("[data-check-in]")).to_contain_text("Next check-in: Tuesday, December 15")
    expect(phone.locator("#today [data-pain]:visible")).to_contain_text("3 to 5: do less")

    go(phone, guide_pages["guide"], FIRST + timedelta(days=14))
    check_in(phone, 4, "Worse")
    expect(phone.get_by_role("heading", name="Safety check", level=1)).to_be_visible()
    assert found(phone) == {}
    phone.goto(guide_pages["guide"])
    phone.get_by_role("link", name="Open the safety list").click()
    expect(phone.get_by_text("A swollen leg:")).to_be_hidden()
    pass_safety(phone, "clot")
    expect(phone.get_by_role("heading", name="This can't wait")).to_be_visible()
    assert found(phone) == {}

    go(phone, guide_pages["guide"], FIRST + timedelta(days=16))
    card = phone.locator("#today")
    expect(card.get_by_role("heading", name="This can't wait")).to_be_visible()
    expect(card.get_by_role("link", name="Open the session")).to_be_hidden()
    assert found(phone) == {}
    card.get_by_role("link", name="See what to do").click()
    expect(phone.get_by_text("What to tell them")).to_be_visible()
    phone.get_by_role("link", name="I checked something by mistake").click()
    phone.get_by_text("A swollen leg:").click()
    pass_safety(phone)
    expect(phone.get_by_role("heading", name="Nothing on the list")).to_be_visible()
    phone.get_by_role("link", name="Back to my guide").click()
    expect(card.get_by_role("link", name="See what to do")).to_be_hidden()
    expect(card).to_contain_text("These weeks are over")
    assert not Training.objects.exists()


def test_weekly_check_in_without_scripts(new_phone, guide_pages):  # noqa: F811
    page = new_phone(java_script_enabled=False)
    page.goto(guide_pages["guide"])
    page.get_by_label("Start on").fill((date.today() - timedelta(days=7)).isoformat())  # noqa: DTZ011
    page.get_by_role("button", name="Save with my link").click()
    check_in(page, 2, "Worse")
    page.get_by_role("button", name="Show me what to do").click()
    expect(page.get_by_role("alert")).to_contain_text("Check what's true for you")
    page.get_by_text("A swollen leg:").click()
    page.get_by_role("button", name="Show me what to do").click()
    expect(page.get_by_role("heading", name="This can't wait")).to_be_visible()
    page.get_by_role("link", name="Back to my guide").click()
    expect(page.get_by_role("link", name="See what to do")).to_be_visible()
    page.get_by_role("button", name="A PT or doctor said I can go on").click()
    expect(page.get_by_role("link", name="See what to do")).to_be_hidden()


def test_code_on_paper_leads_to_this_browsers_own_session(phone, guide_pages):  # noqa: F811
    paper = "/guide/strength-guide/phone"
    go(phone, f"{paper}/2/", FIRST)
    expect(phone.get_by_text("Open our email on this phone")).to_be_visible()
    phone.goto(guide_pages["guide"])

    for code, leads_to in (("/2/", "session/2/"), ("/9/", ""), ("/", "")):
        phone.goto(f"{paper}{code}")
        phone.wait_for_url(f"**{guide_pages['guide']}{leads_to}")

    DownloadLink.objects.update(revoked_at=at(FIRST))
    with phone.expect_response(f"**{guide_pages['session']}"):
        phone.goto(f"{paper}/1/")
    phone.wait_for_timeout(100)
    assert phone.evaluate("localStorage.getItem('guide strength-guide')") is None
    expect(phone.get_by_text("Open our email on this phone")).to_be_visible()
