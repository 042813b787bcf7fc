"""The runner's pages in a real browser: accessibility, CSP, and tap targets."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from guides import signed_links
from guides.models import Contact, Delivery, DownloadLink
from tests.assessments.small import ANSWERS as SMALL_ANSWERS
from tests.assessments.small import edition_of, small, token_of
from tests.e2e.axe import found_by_axe, open_details
from tests.e2e.walk import CHECK, SCRIPT, USUAL, answer, button, card, pass_safety, question

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SMALLEST_TARGET = 44
OF_ELEVEN_IN_A_ROW = 26
ANSWERS = USUAL | {"safety": "none", "reach": "skipped"}
RESULTS = {
    "a result": ANSWERS,
    "a stop": {"safety": ["chest", "night"]},
    "a derived stop": ANSWERS | {"worst_pain": "7"},
    "a wait": ANSWERS | {"safety": "pregnant"},
}


@pytest.fixture
def result(client, edition):
    """Returns the URL of a result of a kind."""

    def result(kind):
        fields = RESULTS[kind] | {"form_token": token_of(edition, kind)}
        return client.post(CHECK, fields)["Location"]

    return result


@pytest.fixture
def guide_pages(client, result):
    """The pages after a guide request, by name."""
    asked = f"{result('a result')}guide/"
    client.post(asked, {"email": "runner@example.org", "follow_up": "on"})
    delivery = Delivery.objects.get()
    guide = f"/guide/{signed_links.guide_token(delivery.link)}/"
    preferences = f"/preferences/{signed_links.preferences_token(delivery.contact)}/"
    return {
        "on its way": asked.replace("/guide/", "/on-its-way/"),
        "guide": guide,
        "session": f"{guide}session/1/",
        "secret": f"{guide}secret/",
        "unsubscribe": f"/unsubscribe/{signed_links.unsubscribe_token(delivery.contact)}/",
        "preferences": preferences,
        "erase": f"{preferences}erase/",
    }


@pytest.fixture
def browser_context_args(live_server):
    return {"base_url": live_server.url, "viewport": {"width": 320, "height": 700}}


def found(page):
    """Axe violations with all details open, in both color schemes."""
    open_details(page)
    seen = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        seen[scheme] = found_by_axe(page, "best-practice")
    return {scheme: faults for scheme, faults in seen.items() if faults}


PALE = """<!doctype html><html lang="en"><title>Pale</title>
<style>@media (prefers-color-scheme: dark) { p { color: #eee } }</style>
<main><h1>Pale</h1><p>In the dark</p><img src="data:,"></main>"""


def test_axe_finds_what_is_wrong_in_the_scheme_where_it_is(page):
    page.set_content(PALE)

    assert found(page) == {
        "light": [["image-alt", ['<img src="data:,">']]],
        "dark": [["color-contrast", ["<p>In the dark</p>"]], ["image-alt", ['<img src="data:,">']]],
    }


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        (CHECK, 200),
        (f"{CHECK}results/mobility_first/", 200),
        (f"{CHECK}example/", 200),
        ("/privacy/", 200),
        ("/accessibility/", 200),
        ("/nowhere/", 404),
    ],
)
def test_axe_finds_nothing(page, edition, path, status):
    assert page.goto(path).status == status

    assert found(page) == {}


def test_axe_finds_nothing_on_the_whole_form(page, edition, quick):
    page.route(SCRIPT, lambda route: route.abort())
    page.goto(CHECK)
    assert found(page) == {}

    page.get_by_role("button", name="Show my result").click()
    expect(page).to_have_title(re.compile("^Error: "))
    assert found(page) == {}


@pytest.mark.parametrize("text", ["100%", "200%"])
def test_axe_finds_nothing_at_any_step(page, edition, text):
    seen, wide = {}, {}

    def look(state):
        page.evaluate("size => { document.documentElement.style.fontSize = size }", text)
        seen[state] = found(page)
        wide[state] = page.evaluate("document.documentElement.scrollWidth")

    page.goto(CHECK)
    look("safety list")
    pass_safety(page)
    button(page, "Next").click()
    look("an answer is missing")
    for name, value in USUAL.items():
        expect(question(page, name)).to_be_visible()
        if name in {"worst_pain", "reach"}:
            look(name)
        answer(page, {name: value})
    expect(button(page, "Show my result")).to_be_visible()
    look("gate")
    page.get_by_role("button", name="Do two extra checks").click()
    look("extra")

    assert {state: faults for state, faults in seen.items() if faults} == {}
    assert set(wide.values()) == {320}, wide


def test_selection_is_visible_in_forced_colors(page, edition):
    page.emulate_media(forced_colors="active")
    page.goto(CHECK)
    pass_safety(page)
    card(page, "duration", "lt2w").click()
    page.go_back()

    outlines = [
        card(page, "duration", value).evaluate("card => getComputedStyle(card).outlineStyle")
        for value in ("lt2w", "gt12m")
    ]

    assert outlines == ["solid", "none"]


def test_no_animation_with_reduced_motion(page, edition):
    page.emulate_media(reduced_motion="reduce")
    page.goto(CHECK)

    moving = page.evaluate(
        """[...document.querySelectorAll("*")].filter((element) => {
            const style = getComputedStyle(element);
            return parseFloat(style.transitionDuration) || !["none", "just-come"].includes(style.animationName);
        }).length"""
    )

    assert moving == 0


@pytest.mark.parametrize("kind", RESULTS)
def test_axe_finds_nothing_on_results(page, result, kind):
    assert page.goto(result(kind)).status == 200

    assert found(page) == {}


def test_axe_finds_nothing_on_a_sheet_and_behind_its_link(page, result):
    page.goto(f"{result('a result')}sheet/")
    page.get_by_role("button", name="Make a link").click()
    link = page.locator(".link a")
    expect(link).to_be_visible()
    assert found(page) == {}
    page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
    assert page.evaluate("document.documentElement.scrollWidth") == 320

    assert page.goto(urlsplit(link.get_attribute("href")).path).status == 200
    assert found(page) == {}


@pytest.mark.parametrize(
    "name",
    ["on its way", "guide", "session", "secret", "unsubscribe", "preferences", "erase"],
)
def test_axe_finds_nothing_around_the_guide(page, guide_pages, name):
    assert page.goto(guide_pages[name]).status == 200

    assert found(page) == {}


def test_axe_finds_nothing_on_an_expired_link(page, guide_pages):
    DownloadLink.objects.update(expires_at=timezone.now() - timedelta(days=1))

    assert page.goto(guide_pages["guide"]).status == 410
    assert found(page) == {}


@pytest.mark.parametrize("text", ["100%", "200%"])
def test_narrow_page_does_not_overflow(page, result, guide_pages, text):
    same_for_all = ["/guide/strength-guide/secret/", "/guide/strength-guide/phone/"]
    paths = ["/", "/privacy/", "/nowhere/", *same_for_all, *guide_pages.values()]
    wide = {}

    for path in [*paths, *map(result, RESULTS)]:
        page.goto(path)
        page.evaluate("size => { document.documentElement.style.fontSize = size }", text)
        open_details(page)
        wide[path] = page.evaluate("document.documentElement.scrollWidth")

    assert {path: width for path, width in wide.items() if width != 320} == {}


def test_right_to_left_page_does_not_overflow(page, live_server, client):
    edition = edition_of(small(language="ar"))
    result = client.post("/check/small/", SMALL_ANSWERS | {"form_token": token_of(edition)})[
        "Location"
    ]

    for path in ("/", "/check/small/", result):
        page.goto(path)
        wide, bar = page.evaluate(
            """[document.documentElement.scrollWidth,
                document.querySelector(".bar") && getComputedStyle(document.querySelector(".bar")).transform]"""
        )
        assert wide == 320
    assert bar == "matrix(-1, 0, 0, 1, 0, 0)"
    expect(page.locator("main")).to_have_css("direction", "rtl")


def test_tap_targets_are_large_enough(page_without_scripts, edition):
    page = page_without_scripts
    page.goto(CHECK)
    open_details(page)

    tapped = ".option, .btn:visible, summary, .brand, .spot"
    small = page.locator(tapped).evaluate_all(
        """(found, [least, narrow]) => found.filter(each => {
            const box = each.getBoundingClientRect();
            return box.width < (each.closest(".scaleselect") ? narrow : least) || box.height < least;
        }).length""",
        [SMALLEST_TARGET, OF_ELEVEN_IN_A_ROW],
    )

    assert small == 0


def test_pages_load_no_third_party_resources_and_violate_no_csp(
    page, result, guide_pages, live_server
):
    loaded, refused = [], []
    page.on("request", lambda request: loaded.append(request.url))
    page.on("console", lambda message: refused.append(message.text))

    for path in ("/", CHECK, result("a result"), "/privacy/", guide_pages["session"]):
        page.goto(path)

    assert loaded
    assert [url for url in loaded if not url.startswith(live_server.url)] == []
    assert refused == []


@pytest.fixture
def page_without_scripts(browser, browser_context_args):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_without_scripts_errors_come_first(page_without_scripts, edition):
    page = page_without_scripts
    page.goto(CHECK)
    page.get_by_label("2 to 6 weeks").check()
    page.get_by_role("button", name="Show my result").click()

    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_be_in_viewport()
    expect(page.get_by_label("2 to 6 weeks")).to_be_checked()

    page.get_by_role("link", name="Please answer: “When do you feel it?”").click()
    expect(page.get_by_label("Hardly ever")).to_be_focused()


def test_without_scripts_nothing_covers_the_safety_list(page_without_scripts, edition):
    page = page_without_scripts
    page.goto(CHECK)
    last = page.locator(".safety .option").last

    expect(last).to_have_css("position", "static")
    expect(last).not_to_be_in_viewport()


def test_clearance_passes_csrf_without_a_referrer(page_without_scripts, result):
    """The Origin header must satisfy the CSRF check; only a real browser sends it."""
    page = page_without_scripts
    page.goto(result("a wait"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Check with a doctor or PT first")

    page.get_by_label("My doctor or PT cleared me").check()
    page.get_by_role("button", name="Show my result").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Mobility first")


def test_guide_request_and_unsubscribe_without_scripts(page_without_scripts, result, guide_pages):
    page = page_without_scripts
    page.goto(result("a result"))
    page.get_by_label("Your email address").fill("other@example.org")
    page.get_by_role("button", name="Send me the guide").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your guide is on its way")

    page.goto(guide_pages["guide"])
    page.get_by_role("button", name="Yes, send me that email").click()
    expect(page.get_by_text("You'll get one email in four weeks")).to_be_visible()

    page.goto(guide_pages["unsubscribe"])
    page.get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You're unsubscribed")


def test_data_download_and_erasure_without_scripts(page_without_scripts, guide_pages):
    page = page_without_scripts
    page.goto(guide_pages["unsubscribe"])
    page.get_by_role("link", name="Your emails and your data").click()
    page.locator("form", has_text="One email after four weeks").get_by_role("button").click()
    expect(page.get_by_text("We'll send it on")).to_be_visible()

    with page.expect_download() as download:
        page.get_by_role("button", name="Download my data").click()
    assert download.value.suggested_filename == "my-data.json"

    page.get_by_role("link", name="Erase everything about me").click()
    page.get_by_role("button", name="Yes, erase everything").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Everything about you is erased")


def test_answers_survive_the_back_button(page_without_scripts, edition):
    page = page_without_scripts
    page.goto(CHECK)
    page.get_by_label("2 to 6 weeks").check()
    page.get_by_role("link", name="Privacy").click()
    page.go_back()

    expect(page.get_by_label("2 to 6 weeks")).to_be_checked()


def test_the_whole_form_works_by_keyboard(page_without_scripts, edition):
    page = page_without_scripts
    page.goto(CHECK)

    page.get_by_label("Less than 2 weeks").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("2 to 6 weeks")).to_be_checked()

    page.get_by_role("radiogroup", name="What was your worst hip").get_by_label("0 No pain").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#id_worst_pain_2")).to_be_checked()


def test_finished_exercises_are_checked_for_the_day(page, guide_pages, in_time):
    page.goto(guide_pages["session"])
    first, second, *_ = page.get_by_role("button", name="Done").all()

    # The second button moves under the finger, so an early tap is ignored.
    page.evaluate("for (const each of document.querySelectorAll('[aria-pressed]')) each.click()")
    expect(first).to_have_attribute("aria-pressed", "true")
    expect(second).to_have_attribute("aria-pressed", "false")
    page.reload()

    expect(first).to_have_attribute("aria-pressed", "true")
    expect(second).to_have_attribute("aria-pressed", "false")
    page.clock.install(time=timezone.now() + timedelta(days=1))
    page.reload()
    expect(first).to_have_attribute("aria-pressed", "false")


STAND_STILL = """addEventListener("DOMContentLoaded", () => {
    document.getAnimations().forEach((each) => each.pause());
})"""


def test_early_tap_erases_nothing(page, guide_pages):
    page.add_init_script(STAND_STILL)
    page.goto(guide_pages["erase"])
    button(page, "Yes, erase everything").scroll_into_view_if_needed()
    box = button(page, "Yes, erase everything").bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    page.mouse.click(*middle)
    page.wait_for_timeout(100)
    assert Contact.objects.count() == 1

    page.evaluate("document.getAnimations().forEach((each) => each.finish())")
    page.mouse.click(*middle)
    expect(page.get_by_role("heading", level=1)).to_have_text("Everything about you is erased")


def test_session_is_readable_from_the_floor(page_without_scripts, guide_pages):
    page = page_without_scripts
    page.goto(guide_pages["session"])

    steps = page.locator(".moves li").evaluate_all(
        "found => found.map(each => parseFloat(getComputedStyle(each).fontSize))"
    )
    drawn = page.locator("img.picture").first.evaluate(
        "image => image.complete && image.naturalWidth"
    )
    assert min(steps) >= 22
    assert drawn == 640
    expect(page.get_by_role("button", name="Done")).to_have_count(0)
