"""Fills in the self-check in a real browser, with and without scripts."""

import re
from collections.abc import Mapping

from playwright.sync_api import Frame, Locator, Page, expect

from tests.support.http_runner import ANSWERS

CHECK = "/check/tight-hips/"
SCRIPT = "**/runfit/check*.js"
FIRST = "Start the self-check"
START = "None of these, start"
STOP = "Show me what to do"
SKIP = "Skip"
MORE = "Do two extra checks (2 minutes)"
FINISH = "Show my result"

# Speeds up the page's clock, so that questions can be answered at once.
HURRY = "{ const now = performance.now.bind(performance); performance.now = () => 1000 * now(); }"

PROFILES = {
    "Ease off": {
        "duration": "lt2w",
        "pattern": "after_specific",
        "load_change": "yes",
        "worst_pain": "1",
        "hamstring_feel": "no",
        "reach": "toes",
        "strength_days": "two",
        "strength_type": "some_single",
        "relief": "next_day",
    },
    "Mobility first": {name: value for name, value in ANSWERS.items() if name != "safety"},
    "Glutes first": {
        "duration": "6to12w",
        "pattern": "after_most",
        "load_change": "no",
        "worst_pain": "4",
        "hamstring_feel": "most_days",
        "reach": "toes",
        "strength_days": "two",
        "strength_type": "mostly_single",
        "relief": "few_hours",
        "bridge_check": "back",
    },
    "Get strong": {
        "duration": "6to12w",
        "pattern": "after_most",
        "load_change": "no",
        "worst_pain": "0",
        "hamstring_feel": "no",
        "reach": "ankle",
        "strength_days": "one",
        "strength_type": "general",
        "relief": "next_day",
    },
    "Get checked": {
        "duration": "gt12m",
        "pattern": "most_days",
        "load_change": "no",
        "worst_pain": "2",
        "hamstring_feel": "no",
        "reach": "palms",
        "strength_days": "three_plus",
        "strength_type": "mostly_single",
        "relief": "next_day",
    },
    "Keep building": {
        "duration": "none",
        "load_change": "no",
        "worst_pain": "0",
        "hamstring_feel": "no",
        "reach": "toes",
        "strength_days": "two",
        "strength_type": "mostly_single",
    },
}
USUAL = PROFILES["Mobility first"]
EXTRAS = ("bridge_check",)

# Until a frame's place in its article stays the same for some frames of animation.
STILL = """async (frame) => {
  for (let same = 0, before = ""; same < 5; ) {
    await new Promise(requestAnimationFrame);
    const { top, height } = frame.getBoundingClientRect();
    const place = `${top} ${height}`;
    same = place === before ? same + 1 : 0;
    before = place;
  }
}"""


def stand_still(page: Page | Frame) -> None:
    """Waits until the article has scrolled to the next step. The driver looks only inside the frame, so
    it would press where the answer was."""
    if isinstance(page, Frame) and page.parent_frame:
        page.frame_element().evaluate(STILL)


def card(page: Page, name: str, value: str) -> Locator:
    """The card of an answer, which runners tap."""
    return page.locator(card_css(name, value))


def card_css(name: str, value: str) -> str:
    return f'label.option:has(input[name="{name}"][value="{value}"])'


def question(page: Page, name: str) -> Locator:
    return page.locator(f'[data-key="{name}"]')


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def pass_safety(page: Page, item: str = "") -> None:
    """Goes through the screens of the safety list and checks this item, or none."""
    page.wait_for_selector("body.ready")
    go_on = page.locator(".screening .pager .btn:enabled").last
    while go_on.is_visible():
        if item and card(page, "safety", item).is_visible():
            card(page, "safety", item).click()
        label = go_on.inner_text()
        go_on.scroll_into_view_if_needed()
        expect(go_on).not_to_have_class(re.compile("waits"))
        stand_still(page)
        go_on.click()
        if label == STOP:
            break


def step_through(page: Page, answers: Mapping[str, str]) -> None:
    """Answers one question at a time, with one tap each. Stays on the last page."""
    page.goto(CHECK)
    pass_safety(page)
    answer(page, answers)


def answer(page: Page, answers: Mapping[str, str]) -> None:
    """Taps an answer to each question, and skips those that can be skipped."""
    for name, value in answers.items():
        if name in EXTRAS:
            button(page, MORE).click()
            button(page, SKIP).click()
        expect(question(page, name)).to_be_visible()
        stand_still(page)
        card(page, name, value).click()
        if name == "relief":
            expect(question(page, "tried")).to_be_visible()
            button(page, SKIP).click()


def fill_in(
    page: Page, answers: Mapping[str, str], safety: str = "none", path: str = CHECK
) -> None:
    """Fills in the whole form on one page."""
    page.goto(path)
    for name, value in {"safety": safety, **answers}.items():
        card(page, name, value).click()
    button(page, FINISH).click()
