"""One question at a time: what a tap, a key, Back, a reload and a changed answer do."""

import re
from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from assessments.models import Submission
from tests.assessments.small import SMALL, TRIED, edition_of, small
from tests.e2e.walk import (
    CHECK,
    START,
    USUAL,
    answer,
    button,
    card,
    pass_safety,
    question,
    step_through,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PATTERN = {"duration": "3to12m", "pattern": "most_days"}


@pytest.fixture
def started(page, edition):
    page.goto(CHECK)
    pass_safety(page)
    return page


def legend(page, name):
    return question(page, name).locator("legend")


STEPPING = re.compile(r"/check\.[^/]*js$")
WAITS = re.compile("waits")
GROUPS = {"a": "Right now", "b": "Right now", "c": "Lately", "d": "About you"}


@pytest.fixture
def screens(page, live_server):
    """A safety list of three screens; the first is longer than a phone."""
    levels = {"a": "stop", "b": "stop", "c": "stop", "d": "wait"}
    items = [
        {"key": key, "level": level, "text": f"{key}: {'It hurts a lot. ' * 25}", "why": key}
        for key, level in levels.items()
    ]
    safety = SMALL["safety"] | {"items": [item | {"group": GROUPS[item["key"]]} for item in items]}
    edition_of(small(safety=safety))
    page.goto("/check/small/")
    page.wait_for_selector("body.ready")
    return page


def test_safety_screen_ends_in_a_button_that_waits_for_its_last_item(screens):
    page = screens
    expect(page.get_by_role("heading", name="Safety check 1 of 3 Right now")).to_be_visible()
    expect(card(page, "safety", "c")).to_be_hidden()
    expect(page.get_by_role("radio")).to_have_count(0)
    go_on = button(page, "None of these")
    expect(go_on).not_to_be_in_viewport()
    expect(go_on).to_have_class(WAITS)

    go_on.dispatch_event("pointerdown")
    go_on.dispatch_event("click", {"detail": 1})  # brings the unseen items into view instead
    expect(go_on).not_to_have_class(WAITS)
    expect(card(page, "safety", "b")).to_be_visible()
    go_on.click()

    lately = page.get_by_role("heading", name="Safety check 2 of 3 Lately")
    expect(lately).to_be_focused()
    expect(page).to_have_title(re.compile("^Safety check 2 of 3 · Small check"))
    page.reload()
    expect(lately).to_be_visible()
    button(page, "None of these").click()
    expect(button(page, START)).to_be_visible()
    button(page, "Back").click()
    expect(lately).to_be_visible()


def test_checked_item_decides_where_its_screen_leads(screens):
    page = screens
    card(page, "safety", "a").click()
    expect(button(page, "Show me what to do")).to_be_in_viewport()
    card(page, "safety", "a").click()
    pass_safety(page, "d")
    expect(question(page, "touch")).to_be_visible()
    assert page.locator('[value="none"]:checked').count() == 0

    for name in ("Back", "Back", "Back"):
        button(page, name).click()
    card(page, "safety", "b").click()
    button(page, "Show me what to do").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Get help now")

    page.get_by_role("link", name="I checked something by mistake").click()
    expect(card(page, "safety", "b").locator("input")).to_be_checked()


def test_safety_screens_work_by_keyboard(screens):
    page = screens
    for _screen in range(3):
        page.get_by_role("checkbox").last.focus()
        page.keyboard.press("Enter")  # on an item, it says nothing
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")

    expect(legend(page, "touch")).to_be_focused()
    assert page.locator(":checked").input_value() == "none"


def test_without_scripts_the_safety_list_is_one(screens, browser, browser_context_args):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    page.goto(screens.url)

    expect(page.locator(".safety .option")).to_have_count(5)
    card(page, "safety", "c").click()
    button(page, "I checked something: show me what to do").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Get help now")
    context.close()


def test_safety_list_without_groups_is_one_screen(page, edition):
    edition_of(small())
    page.goto("/check/small/")

    expect(page.get_by_label("I am under 18.")).to_be_visible()
    expect(page.get_by_role("heading", level=2).locator("visible=true")).to_have_count(0)
    button(page, START).click()
    expect(question(page, "touch")).to_be_visible()


def test_only_applicable_questions_are_counted(started):
    page = started
    expect(legend(page, "duration")).to_have_text(
        "Question 1 of 10 How long have your hips felt tight?"
    )

    card(page, "duration", "none").click()

    expect(legend(page, "load_change")).to_contain_text("Question 2 of 7")
    expect(page).to_have_title(re.compile("^Question 2 of 7 · Tight hips self-check"))


def test_the_question_is_focused_and_named(started):
    page = started
    card(page, "duration", "lt2w").click()

    expect(legend(page, "pattern")).to_be_focused()
    expect(page.get_by_role("radiogroup")).to_have_accessible_name(
        "Question 2 of 10 When do you feel it?"
    )
    expect(page.get_by_role("radiogroup")).to_have_accessible_description(
        "Pick what fits the last 2 weeks best."
    )


def test_accessibility_tree_of_a_question(started):
    card(started, "duration", "none").click()

    expect(started.locator("form")).to_match_aria_snapshot("""
        - button "Back"
        - radiogroup "Question 2 of 7 Did you ramp up your running in the last month?":
          - text: Question 2 of 7 Did you ramp up your running in the last month?
          - paragraph: "For example: a run much longer than any in the month before. Or new hills, speed work, or a comeback after a break."
          - radio "No, about the same"
          - text: No, about the same
          - radio "Yes"
          - text: "Yes"
        - button "Next"
        """)


def test_progress_stands_with_back_in_one_row_above_the_question(started):
    page = started
    page.emulate_media(forced_colors="active")
    row, bar = page.locator(".progress"), page.locator("progress")
    asked = legend(page, "duration").bounding_box()
    back, count = button(page, "Back").bounding_box(), row.locator("p").bounding_box()

    expect(row.locator("p")).to_have_text("Question 1 of 10")
    assert back["y"] < count["y"] + count["height"] < back["y"] + back["height"] < asked["y"]
    assert back["height"] >= 44
    expect(bar).to_have_css("border-top-style", "solid")
    filled = [bar.evaluate("bar => bar.position")]
    card(page, "duration", "none").click()
    expect(row.locator("p")).to_have_text("Question 2 of 7")
    filled.append(bar.evaluate("bar => bar.position"))
    assert filled == [1 / 10, 2 / 7]


@pytest.mark.parametrize(
    ("height", "position"), [(844, "sticky"), (568, "sticky"), (390, "static")]
)
def test_the_bar_below_the_answers_sticks_on_high_screens_only(started, height, position):
    started.set_viewport_size({"width": 844, "height": height})

    expect(started.locator(".pager")).to_have_css("position", position)


@pytest.mark.parametrize(("motion", "name"), [("no-preference", "come"), ("reduce", "none")])
def test_change_of_step_is_felt(started, motion, name):
    page = started
    page.emulate_media(reduced_motion=motion)
    card(page, "duration", "lt2w").click()

    expect(question(page, "pattern")).to_have_css("animation-name", name)
    lasts = question(page, "pattern").evaluate("each => getComputedStyle(each).animationDuration")
    assert float(lasts.removesuffix("s")) <= 0.2


def test_back_works_in_page_and_browser(started):
    page = started
    card(page, "duration", "3to12m").click()
    card(page, "pattern", "always").click()
    expect(question(page, "load_change")).to_be_visible()

    button(page, "Back").click()
    expect(card(page, "pattern", "always").locator("input")).to_be_checked()
    page.go_back()
    expect(question(page, "duration")).to_be_visible()
    page.go_forward()
    expect(question(page, "pattern")).to_be_visible()
    button(page, "Next").click()
    expect(question(page, "load_change")).to_be_visible()


def test_tap_on_the_selected_answer_continues(started):
    page = started
    card(page, "duration", "3to12m").click()
    expect(question(page, "pattern")).to_be_visible()
    page.go_back()

    card(page, "duration", "3to12m").click()

    expect(question(page, "pattern")).to_be_visible()


def test_question_that_no_longer_applies_is_hidden_and_its_answer_saved(started):
    page = started
    card(page, "duration", "3to12m").click()
    card(page, "pattern", "always").click()
    expect(question(page, "load_change")).to_be_visible()
    page.go_back()
    page.go_back()

    card(page, "duration", "none").click()
    expect(question(page, "load_change")).to_be_visible()
    page.go_back()
    card(page, "duration", "lt2w").click()

    expect(question(page, "pattern")).to_be_visible()
    expect(card(page, "pattern", "always").locator("input")).to_be_checked()


def test_answers_survive_a_reload_in_this_tab_only(started, context):
    page = started
    for name, value in PATTERN.items():
        card(page, name, value).click()
    expect(question(page, "load_change")).to_be_visible()

    page.reload()
    expect(question(page, "load_change")).to_be_visible()
    button(page, "Back").click()
    expect(card(page, "pattern", "most_days").locator("input")).to_be_checked()

    other = context.new_page()
    other.goto(CHECK)
    expect(other.get_by_role("checkbox").first).to_be_visible()
    assert other.locator(":checked").count() == 0


def sent(page):
    step_through(page, USUAL)
    button(page, "Show my result").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mobility first")


def test_back_from_the_result_restores_answers(page, edition):
    sent(page)

    page.go_back()

    expect(button(page, "Show my result")).to_be_enabled()
    assert page.locator(":checked").count() == len(USUAL) + 1


def test_next_check_starts_empty_after_a_result(page, edition):
    sent(page)
    page.wait_for_load_state()  # its script marks the answers as arrived
    Submission.objects.update(created_at=timezone.now() - timedelta(days=28))

    page.get_by_role("link", name="Retake the check").click()

    expect(button(page, "None of these")).to_be_visible()
    assert page.locator(":checked").count() == 0


def test_mistaken_stop_is_corrected_at_its_question(page, edition):
    step_through(page, {"duration": "none", "load_change": "no", "worst_pain": "8"})
    page.get_by_role("link", name="I checked something by mistake").click()

    expect(card(page, "worst_pain", "8").locator("input")).to_be_checked()
    card(page, "worst_pain", "1").click()

    expect(question(page, "hamstring_feel")).to_be_visible()
    expect(page).to_have_url(re.compile(f"{CHECK}$"))


def test_mistaken_tick_is_corrected_in_the_safety_list(page, edition):
    page.goto(CHECK)
    pass_safety(page, "pregnant")
    answer(page, USUAL)
    button(page, "Show my result").click()
    page.get_by_role("link", name="I checked something by mistake").click()

    expect(card(page, "safety", "pregnant").locator("input")).to_be_checked()
    page.wait_for_timeout(500)  # an earlier tap would count for the page before
    card(page, "safety", "pregnant").click()
    expect(card(page, "safety", "pregnant").locator("input")).not_to_be_checked()
    pass_safety(page)

    expect(card(page, "duration", USUAL["duration"]).locator("input")).to_be_checked()


def test_self_check_works_by_keyboard(page, edition):
    page.goto(CHECK)
    pass_safety(page)
    page.keyboard.press("5")  # more than 3 months
    expect(legend(page, "pattern")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")  # selects without continuing
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(400)
    expect(card(page, "pattern", "after_most").locator("input")).to_be_checked()
    page.keyboard.press("Enter")
    expect(legend(page, "load_change")).to_be_focused()
    page.keyboard.press("1")
    expect(legend(page, "worst_pain")).to_be_focused()
    page.keyboard.press("2")
    expect(card(page, "worst_pain", "2").locator("input")).to_be_checked()
    page.keyboard.press("Enter")
    expect(legend(page, "hamstring_feel")).to_be_focused()


def test_enter_in_the_safety_list_never_answers_none(page, edition):
    page.goto(CHECK)
    page.get_by_role("checkbox").first.focus()
    page.keyboard.press("Enter")
    assert page.locator(":checked").count() == 0

    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Get emergency help now")


def test_skip_link_focuses_the_question(started):
    page = started
    card(page, "duration", "lt2w").click()
    expect(question(page, "pattern")).to_be_visible()

    page.get_by_role("link", name="Skip to content").focus()
    page.keyboard.press("Enter")
    expect(legend(page, "pattern")).to_be_focused()

    card(page, "pattern", "always").click()
    expect(question(page, "load_change")).to_be_visible()
    button(page, "Back").click()
    expect(question(page, "pattern")).to_be_visible()
    button(page, "Back").click()
    expect(question(page, "duration")).to_be_visible()


TOUCH, PAIN, LIFTS, BRIDGE = SMALL["questions"]


def opened(page, *questions):
    """A self-check of these questions, after its safety list. The clock is paused."""
    edition_of(small(questions=list(questions)))
    page.clock.install(time=0)
    page.goto("/check/small/")
    page.clock.pause_at(60_000)
    pass_safety(page)


def look(page):
    """Advances the clock past the early-tap guard."""
    page.clock.run_for(420)


def tap(page, name, value):
    look(page)
    card(page, name, value).click()
    page.clock.run_for(220)


def test_habitual_next_shows_no_error(page, live_server):
    opened(page, TOUCH, PAIN, LIFTS, BRIDGE)
    tap(page, "touch", "never")
    look(page)
    button(page, "Next").click()
    expect(page.get_by_role("alert")).to_have_count(0)

    page.clock.run_for(800)
    button(page, "Next").click()
    expect(page.get_by_role("alert")).to_have_text("Pick an answer first, please.")
    expect(page.get_by_role("radiogroup")).to_have_attribute("aria-invalid", "true")


def test_early_tap_answers_nothing(page, live_server):
    opened(page, TOUCH, PAIN, LIFTS, BRIDGE)
    card(page, "touch", "never").click()  # meant for "None of these, start"
    page.clock.run_for(390)
    card(page, "touch", "never").click()
    expect(page.locator('[name="touch"]:checked')).to_have_count(0)

    tap(page, "touch", "never")
    expect(question(page, "pain")).to_be_visible()
    page.clock.run_for(300)
    card(page, "pain", "1").hover()
    page.mouse.down()
    page.clock.run_for(200)
    page.mouse.up()  # pressed too early
    button(page, "Back").click()
    expect(page.locator('[name="pain"]:checked')).to_have_count(0)


def test_early_tap_on_the_drawing_or_back_does_nothing(page, edition):
    page.clock.install(time=0)
    page.goto(CHECK)
    pass_safety(page)
    page.clock.pause_at(60_000)
    for name, value in list(USUAL.items())[:5]:
        tap(page, name, value)
    expect(question(page, "reach")).to_be_visible()

    page.evaluate("for (const each of document.querySelectorAll('.spot')) each.click()")
    page.evaluate(
        "document.querySelectorAll('.progress button, .pager button').forEach((each) => each.click())"
    )
    page.clock.run_for(100)

    expect(question(page, "reach")).to_be_visible()
    expect(page.locator('[name="reach"]:checked')).to_have_count(0)


@pytest.mark.parametrize("key", ["Enter", "Space", "1"])
def test_early_and_held_keys_do_nothing(page, live_server, key):
    opened(page, TOUCH, PAIN, LIFTS, BRIDGE)
    first = page.locator('[name="touch"]').first
    first.focus()
    page.keyboard.press(key)
    assert page.locator('[name="touch"]:checked').count() == 0
    page.keyboard.down(key)
    look(page)
    page.keyboard.down(key)  # a repeat of an earlier press
    expect(page.locator('[name="touch"]:checked')).to_have_count(0)
    expect(question(page, "touch")).to_be_visible()
    page.keyboard.up(key)

    first.focus()
    page.keyboard.press("Space")
    expect(first).to_be_checked()


def test_double_tap_on_start_does_not_answer_the_safety_list(page, edition, in_time):
    page.goto("/")
    page.get_by_role("link", name="Start the self-check").click()
    page.wait_for_selector("body.ready")
    page.evaluate(
        "document.querySelectorAll('.safety label, .pager button').forEach((each) => each.click())"
    )

    expect(button(page, "None of these")).to_be_visible()
    expect(page.locator(":checked")).to_have_count(0)


def test_habitual_next_skips_nothing(page, live_server):
    opened(page, TOUCH, BRIDGE | {"group": ""}, PAIN, LIFTS)
    tap(page, "touch", "knee")

    look(page)
    button(page, "Skip").click()
    page.keyboard.press("Enter")
    expect(question(page, "bridge")).to_be_visible()

    page.clock.run_for(800)
    button(page, "Skip").click()
    expect(question(page, "pain")).to_be_visible()


def test_held_key_answers_once_and_late_digit_is_separate(page, live_server):
    opened(page, TOUCH, PAIN, LIFTS, BRIDGE)
    look(page)
    page.keyboard.down("1")
    page.clock.run_for(220)
    expect(question(page, "pain")).to_be_visible()
    look(page)
    page.keyboard.down("1")
    page.keyboard.down("Enter")
    page.keyboard.down("Enter")
    assert page.locator('[name="pain"]:checked').count() == 0
    page.keyboard.up("1")
    page.keyboard.up("Enter")

    page.keyboard.press("1")
    page.clock.run_for(600)
    page.keyboard.press("0")
    expect(card(page, "pain", "10").locator("input")).to_be_checked()

    page.clock.run_for(700)
    page.keyboard.press("1")
    page.clock.run_for(700)
    page.keyboard.press("0")
    expect(card(page, "pain", "0").locator("input")).to_be_checked()


def test_browsing_loses_no_answer_and_hidden_answers_are_not_sent(page, live_server):
    opened(page, TOUCH, PAIN, LIFTS, BRIDGE)
    for name, value in {"touch": "toes", "pain": "1", "lifts": "weights"}.items():
        tap(page, name, value)
    for name in ("lifts", "pain", "touch"):
        look(page)
        button(page, "Back").click()
        expect(question(page, name)).to_be_visible()

    look(page)
    page.get_by_label("My toes").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("I do not bend")).to_be_checked()
    page.keyboard.press("ArrowUp")
    expect(card(page, "lifts", "weights").locator("input")).to_be_checked()

    tap(page, "touch", "never")
    tap(page, "pain", "2")
    page.clock.run_for(2500)
    with page.expect_request(lambda request: request.method == "POST") as sent:
        button(page, "Show my result").click()
        page.clock.run_for(1)
    assert "touch=never&pain=2" in sent.value.post_data
    assert "lifts" not in sent.value.post_data


def test_several_answers_wait_for_next_and_one_can_stand_alone(page, live_server):
    opened(page, TOUCH, PAIN, TRIED | {"optional": True}, BRIDGE)
    tap(page, "touch", "toes")
    tap(page, "pain", "1")
    picked = question(page, "tried").locator("input:checked")
    expect(button(page, "Skip")).to_be_visible()

    tap(page, "tried", "stretching")
    page.keyboard.press("2")
    assert [each.input_value() for each in picked.all()] == ["stretching", "rolling"]
    tap(page, "tried", "nothing")
    assert [each.input_value() for each in picked.all()] == ["nothing"]
    tap(page, "tried", "rolling")
    assert [each.input_value() for each in picked.all()] == ["rolling"]
    page.clock.run_for(2500)
    expect(question(page, "tried")).to_be_visible()

    button(page, "Next").click()
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.clock.run_for(420)
        button(page, "Show my result").click()
        page.clock.run_for(1)
    assert sent.value.post_data.endswith("&tried=rolling")


def test_the_gate_offers_the_extra_checks_that_fit(page, live_server):
    bends = BRIDGE | {"show_if": [{"answer": "touch", "not_in": ["never"]}]}
    far = BRIDGE | {"key": "far", "text": "Far?", "show_if": [{"answer": "touch", "in": ["toes"]}]}
    opened(page, TOUCH, PAIN, bends, far)

    def offered(value):
        tap(page, "touch", value)
        tap(page, "pain", "1")
        expect(button(page, "Show my result")).to_be_visible()
        found = page.locator(".extras").get_by_role("listitem").all_inner_texts()
        labels = page.locator(".extras button:visible").all_inner_texts()
        for name in ("pain", "touch"):
            look(page)
            button(page, "Back").click()
            expect(question(page, name)).to_be_visible()
        return [*found, *labels]

    assert offered("toes") == [BRIDGE["text"], "Far?", "Do two extra checks"]
    assert offered("knee") == [BRIDGE["text"], "Do one extra check"]
    assert offered("never") == []


def scale_of(page, lowest, highest, width):
    """The boxes of a scale's numbers on a screen of this width."""
    bands = [{"from": lowest, "to": highest, "points": {"power": 0}}]
    page.set_viewport_size({"width": width, "height": 700})
    opened(page, PAIN | {"minimum": lowest, "maximum": highest, "bands": bands}, TOUCH, BRIDGE)
    return [each.bounding_box() for each in question(page, "pain").locator(".option").all()]


def gaps(boxes):
    """Between neighbors."""
    return [after["x"] - before["x"] - before["width"] for before, after in pairwise(boxes)]


@pytest.mark.parametrize(
    ("highest", "width", "least"), [(10, 320, 26), (10, 672, 44), (4, 320, 44), (1, 320, 44)]
)
def test_scale_is_one_even_row_without_gaps(page, live_server, highest, width, least):
    boxes = scale_of(page, 0, highest, width)

    assert len({box["y"] for box in boxes}) == 1
    assert min(box["width"] for box in boxes) >= least
    assert min(box["height"] for box in boxes) >= 44
    assert max(gaps(boxes)) <= 0
    assert boxes[0]["x"] >= 0
    assert boxes[-1]["x"] + boxes[-1]["width"] <= width


def test_long_scale_has_rows_of_wide_numbers(page, live_server):
    boxes = scale_of(page, 1, 20, 390)

    assert min(min(box["width"], box["height"]) for box in boxes) >= 44
    assert max(box["x"] + box["width"] for box in boxes) <= 390
    assert len({box["y"] for box in boxes}) == 3


def test_words_at_the_ends_of_a_scale_are_heard_and_seen(started):
    page = started
    for name, value in list(USUAL.items())[:3]:
        card(page, name, value).click()
    asked = question(page, "worst_pain")

    expect(asked.get_by_role("radio", name="0 No pain", exact=True)).to_be_visible()
    expect(asked.get_by_role("radio", name="10 Worst you can imagine", exact=True)).to_be_visible()
    expect(asked.get_by_role("radio", name="5", exact=True)).to_be_visible()
    expect(asked.locator(".ends")).to_have_text("No painWorst you can imagine")
    words, numbers = asked.locator(".ends").bounding_box(), asked.locator(".options").bounding_box()
    assert words["y"] - numbers["y"] - numbers["height"] < 16


def test_drawing_areas_select_answers(started):
    page = started
    for name, value in list(USUAL.items())[:5]:
        card(page, name, value).click()
    expect(page.get_by_role("img", name="A barefoot runner first marches in place")).to_be_visible()

    question(page, "reach").locator(".spot", has_text="3").click()
    expect(question(page, "strength_days")).to_be_visible()
    page.go_back()

    expect(page.get_by_label("The middle of my shins")).to_be_checked()
    expect(page.locator(".spot.on")).to_have_text("3")


HEIGHTS = """asked => [".drawing", "details", ".captions", ".options"].map((selector) => {
    const box = asked.querySelector(selector).getBoundingClientRect();
    return [Math.round(box.top), Math.round(box.height)];
})"""


def to_the_reach(page):
    for name, value in list(USUAL.items())[:5]:
        card(page, name, value).click()
    expect(question(page, "reach")).to_be_visible()
    return question(page, "reach")


def test_check_shows_its_figure_then_when_to_skip_it_its_steps_and_its_answers(started):
    asked = to_the_reach(started)

    expect(asked.get_by_role("list", name="How to do this check")).to_be_visible()
    asked.get_by_text("When to skip it").click()
    expect(started.get_by_text("Skip it if your back is sore")).to_be_visible()
    boxes = asked.evaluate(HEIGHTS)
    assert boxes == sorted(boxes)
    assert boxes[0][1] <= 0.38 * 844


def test_figure_stands_beside_the_steps_in_landscape(started):
    asked = to_the_reach(started)
    started.set_viewport_size({"width": 844, "height": 390})
    figure, _skip, steps, answers = asked.evaluate(HEIGHTS)

    assert figure[0] == steps[0] < answers[0]
    assert figure[1] <= 0.38 * 390
    spots = [each.bounding_box() for each in asked.locator(".spot").all()]
    assert min(min(box["width"], box["height"]) for box in spots) >= 24


def test_drawing_of_an_extra_check_is_there_before_its_step(page, edition):
    asked = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    step_through(page, {name: value for name, value in USUAL.items() if name != "relief"})
    assert not [name for name in asked if name.endswith("check.svg")]

    with page.expect_response("**/hip_check.svg"):
        answer(page, {"relief": USUAL["relief"]})
    with page.expect_response("**/bridge_check.svg"):
        button(page, "Do two extra checks (2 minutes)").click()

    figure = question(page, "hip_check").get_by_role("img")
    expect(figure).to_have_js_property("naturalWidth", 320)
    expect(page.get_by_role("button", name="Skip")).to_have_count(1)
    expect(page.get_by_text("You can skip this one").locator("visible=true")).to_have_count(0)


def test_the_gate_offers_the_result_or_two_extra_checks(page, edition):
    step_through(page, USUAL)
    expect(page.get_by_role("heading", name="Your result is ready")).to_be_focused()
    expect(button(page, "Show my result")).to_be_visible()

    button(page, "Do two extra checks (2 minutes)").click()
    expect(legend(page, "hip_check")).to_contain_text("Extra check 1 of 2")
    button(page, "Skip").click()
    card(page, "bridge_check", "cannot").click()
    expect(page.get_by_role("heading", name="Your result is ready")).to_be_visible()
    expect(button(page, "Do two extra checks (2 minutes)")).to_be_hidden()
    button(page, "Show my result").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Mobility first")


def test_server_errors_are_shown_at_their_question(page, edition, quick):
    step_through(page, USUAL)
    page.evaluate("document.querySelector('[name=reach]:checked').value = 'moon'")
    button(page, "Show my result").click()

    expect(page.get_by_role("alert")).to_contain_text("Please pick one of the answers shown")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(question(page, "reach")).to_be_visible()
    expect(question(page, "strength_days")).to_be_hidden()
    page.get_by_role("link", name="Please pick one of the answers shown").click()
    expect(page.get_by_label("Above my knees")).to_be_focused()
    card(page, "reach", "toes").click()
    expect(question(page, "strength_days")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    assert page.locator(":checked").count() == len(USUAL) + 1


SHIFTS = """new Promise((done) => {
    let sum = 0;
    new PerformanceObserver((list) => {
        for (const each of list.getEntries()) if (!each.hadRecentInput) sum += each.value;
    }).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => done(sum), 300);
})"""


def test_layout_does_not_shift(page, edition):
    page.goto("/")
    assert page.evaluate(SHIFTS) <= 0.02
    step_through(page, USUAL)
    assert page.evaluate(SHIFTS) <= 0.02
    page.reload()
    assert page.evaluate(SHIFTS) <= 0.02
    button(page, "Show my result").click()
    page.wait_for_url("**/result/**")
    assert page.evaluate(SHIFTS) <= 0.02


def test_a_long_scale_is_typed(page, live_server):
    scale = {
        "key": "run",
        "kind": "scale",
        "text": "How many km do you run a week?",
        "minimum": 0,
        "maximum": 200,
        "bands": [{"from": 0, "to": 200, "points": {"power": 0}}],
    }
    edition_of(small(questions=[scale, *SMALL["questions"]]))
    page.goto("/check/small/")
    pass_safety(page)

    assert page.get_by_label("How many km").bounding_box()["height"] >= 44
    page.get_by_label("How many km").fill("42")
    page.keyboard.press("Enter")

    expect(legend(page, "touch")).to_have_text("Question 2 of 4 How far do you reach?")
    button(page, "Back").click()
    expect(page.get_by_label("How many km")).to_have_value("42")


def hold(page, held):
    """Keeps the script from arriving."""

    def keep(route):
        held.append(route)

    page.route(STEPPING, keep)


def test_first_screen_is_there_before_its_script(page, edition):
    held = []
    hold(page, held)
    page.goto(CHECK, wait_until="commit")

    first, later = page.locator(".screen").first, page.locator(".screen").nth(1)
    expect(first).to_be_visible()
    expect(page.locator(".pager .btn")).to_have_text("None of these")
    for hidden in (later, question(page, "duration"), page.locator(".finish")):
        expect(hidden).to_be_hidden()
    before = first.bounding_box()
    first.get_by_role("checkbox").first.check()

    held[0].continue_()
    page.wait_for_selector("body.ready")
    assert first.bounding_box() == before
    expect(first.get_by_role("checkbox").first).to_be_checked()
    expect(page.locator(".pager .btn")).to_have_text("Show me what to do")


def test_saved_question_is_not_preceded_by_the_first_screen(started):
    card(started, "duration", "3to12m").click()
    expect(legend(started, "pattern")).to_be_visible()
    held = []
    hold(started, held)
    started.reload(wait_until="commit")

    started.wait_for_selector(".pager", state="attached")
    expect(started.locator(".screen").first).to_be_hidden()
    held[0].continue_()
    expect(legend(started, "pattern")).to_be_visible()


def test_question_keys_may_shadow_form_properties(page, live_server):
    names = ["submit", "dataset", "children", "constructor"]
    asked = [
        {**SMALL["questions"][-1], "key": name, "optional": False, "group": ""} for name in names
    ]
    edition_of(small(questions=[*SMALL["questions"], *asked]))
    page.goto("/check/small/")
    pass_safety(page)
    for name, value in {"touch": "never", "pain": "1"}.items():
        card(page, name, value).click()
    button(page, "Skip").click()

    for name in names:
        card(page, name, "glute").click()
    button(page, "Show my result").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Reach first")
