"""Contrast in every state of every control, and unique accessible names."""

import pytest
from playwright.sync_api import expect

from guides.models import DownloadLink
from tests.e2e.axe import open_details
from tests.e2e.test_pages_a11y import RESULTS, guide_pages, result  # noqa: F401 - fixtures
from tests.e2e.walk import CHECK, SCRIPT, USUAL, answer, button, pass_safety, question

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LEAST = 4.5  # text against its background (WCAG AA)
LEAST_EDGE = 3  # the border of a control against its surroundings
CONTROLS = "main :is(a, button, input, summary, label.option, .spot), header a, footer a"
STATES = (["hover"], ["hover", "active", "focus", "focus-visible"])

# Measures the contrast of text, ::before and ::after content, and field values, against the
# composited backgrounds and opacities of all ancestors.
MEASURE = r"""within => {
    const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const once = (work) => {
        const known = new Map();
        return (key) => known.has(key) ? known.get(key) : known.set(key, work(key)).get(key);
    };
    const read = once((colour) => {
        pen.clearRect(0, 0, 1, 1);
        pen.fillStyle = colour;
        pen.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
        return [r, g, b, a / 255];
    });
    const over = (top, below) => [...[0, 1, 2].map((at) => top[at] * top[3] + below[at] * (1 - top[3])), 1];
    const behind = once((element) => element
        ? over(read(getComputedStyle(element).backgroundColor), behind(element.parentElement))
        : [255, 255, 255, 1]);
    const faint = once((element) => element ? getComputedStyle(element).opacity * faint(element.parentElement) : 1);
    const light = ([r, g, b]) => {
        const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const contrast = (one, other) => {
        const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
        return (high + 0.05) / (low + 0.05);
    };
    const shown = once((element) => element.checkVisibility({ visibilityProperty: true })
        && !element.closest(".trap, .skip:not(:focus), .vh") && !(element.closest("svg") && !element.matches(".spot")));
    const words = [];
    const look = (element, text, style = getComputedStyle(element)) => {
        if (!text.trim() || !shown(element)) return;
        const ground = behind(element);
        const [r, g, b, a] = read(style.color);
        const seen = over([r, g, b, a * faint(element)], ground);
        words.push([text.trim().slice(0, 40), contrast(seen, ground)]);
    };
    for (const each of document.querySelectorAll(`${within}, :is(${within}) *`)) {
        if (each.matches("script, style, option")) continue;
        for (const node of each.childNodes) if (node.nodeType === 3) look(each, node.data);
        for (const part of ["::before", "::after"]) {
            const style = getComputedStyle(each, part);
            if (/^".*[^ ].*" \/|counter/.test(style.content)) look(each, style.content, { color: ownGround(each, part, style) });
        }
        if (each.matches("input:is([type=email], [type=text], [type=number], [type=submit])")) look(each, each.value || "typed");
    }
    // A number in a disc of its own: written on that, not on what is around.
    function ownGround(element, part, style) {
        return read(style.backgroundColor)[3] ? getComputedStyle(element).color : style.color;
    }
    const edges = [];
    for (const each of document.querySelectorAll("main :is(.option, .btn-quiet, input[type=email])")) {
        if (!shown(each)) continue;
        const ground = behind(each.parentElement);
        const drawn = contrast(over(read(getComputedStyle(each).borderTopColor), ground), ground);
        edges.push([each.innerText?.slice(0, 40) || each.name, Math.max(drawn, contrast(behind(each), ground))]);
    }
    return { words, edges };
}"""


TICK = """() => {
    const shown = (selector) => [...document.querySelectorAll(selector)].filter((each) => each.checkVisibility());
    for (const each of shown("main :is([type=radio], [type=checkbox])")) each.checked = true;
    for (const each of shown("[aria-pressed]")) each.setAttribute("aria-pressed", true);
    for (const each of document.querySelectorAll("#done")) each.hidden = false;
    for (const each of shown(".spot")) each.classList.add("on");
}"""
DISABLE = """(disabled) => {
    for (const each of document.querySelectorAll("main button")) each.disabled = disabled;
}"""


class Eyes:
    """Checks a page in every state of its controls, in light and dark mode."""

    def __init__(self, page):
        self.page = page
        self.faults = {}
        self.seen = 0
        self.cdp = page.context.new_cdp_session(page)
        self.cdp.send("DOM.enable")
        self.cdp.send("CSS.enable")

    def look(self, name):
        open_details(self.page)
        self.measure(name, "body")
        for state in STATES:
            self._force(state)
            self.measure(f"{name}, {state[-1]}", CONTROLS)
        self._force([])

    def tick(self):
        self.page.evaluate(TICK)

    def disable(self, disabled=True):
        self.page.evaluate(DISABLE, disabled)

    def measure(self, where, within):
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found = self.page.evaluate(MEASURE, within)
            self.seen += len(found["words"])
            for kind, least in (("words", LEAST), ("edges", LEAST_EDGE)):
                for text, contrast in found[kind]:
                    if contrast < least:
                        fault = (round(contrast, 2), f"{where}, {scheme}")
                        self.faults.setdefault((kind, text), fault)

    def _force(self, state):
        root = self.cdp.send("DOM.getDocument")["root"]["nodeId"]
        query = {"nodeId": root, "selector": CONTROLS}
        for node in self.cdp.send("DOM.querySelectorAll", query)["nodeIds"]:
            self.cdp.send("CSS.forcePseudoState", {"nodeId": node, "forcedPseudoClasses": state})


@pytest.fixture
def browser_context_args(live_server):
    """With a mouse, for hover states."""
    return {"base_url": live_server.url, "viewport": {"width": 390, "height": 844}}


@pytest.fixture
def eyes(page):
    eyes = Eyes(page)
    yield eyes
    assert eyes.faults == {}
    assert eyes.seen > 500


PALE = """<!doctype html><html lang="en"><title>Pale</title><style>
p { color: #777; background: #eee } button { color: #fff; background: #000 }
button:hover { background: #eee } button:disabled { opacity: .3 } .done p { opacity: .5; color: #000 }
.option { border: 1px solid #ddd }</style>
<main><p>Grey</p><button>Go</button><div class="done"><p>Stop if</p></div><label class="option">x</label></main>"""


def test_contrast_check_finds_faint_text(page):
    page.set_content(PALE)
    eyes = Eyes(page)
    eyes.look("pale")
    eyes.disable()
    eyes.look("disabled")

    assert {text for _, text in eyes.faults} == {"Grey", "Go", "Stop if", "x"}
    assert eyes.faults["words", "Go"][1] == "pale, hover, light"


def test_every_step_has_enough_contrast_in_every_state(page, edition, eyes):
    page.goto(CHECK)
    eyes.look("safety list")
    pass_safety(page)
    button(page, "Next").click()
    eyes.look("an answer is missing")
    for name, value in USUAL.items():
        expect(question(page, name)).to_be_visible()
        if name in {"worst_pain", "reach"}:
            eyes.look(name)
            eyes.tick()
            eyes.disable()
            eyes.look(f"{name}, ticked")
            eyes.disable(False)
        answer(page, {name: value})
    expect(button(page, "Show my result")).to_be_visible()
    eyes.look("gate")
    page.route(SCRIPT, lambda route: route.abort())
    page.goto(CHECK)
    page.get_by_role("button", name="Show my result").click()
    eyes.measure("answers are missing", "main")


def test_every_page_has_enough_contrast_in_every_state(page, result, guide_pages, eyes, settings):  # noqa: F811
    pages = {
        "first page": "/",
        "privacy": "/privacy/",
        "nowhere": "/nowhere/",
        "tell me first": "/guide/strength-guide/secret/",
        "on the phone": "/guide/strength-guide/phone/",
        **guide_pages,
        **{kind: result(kind) for kind in RESULTS},
    }
    for name, path in pages.items():
        page.goto(path)
        eyes.look(name)
    page.goto(guide_pages["session"])
    eyes.tick()
    eyes.look("all is done")
    page.goto(pages["a result"])
    page.get_by_label("Your email address").fill("a@b")
    button(page, "Send me the guide").click()
    expect(page.get_by_role("alert")).to_be_visible()
    eyes.look("a wrong address")
    eyes.tick()
    eyes.disable()
    eyes.look("a wrong address, ticked")
    settings.GUIDE_LIMIT_NETWORK_HOUR = 1
    page.get_by_label("Your email address").fill("limited@example.org")
    button(page, "Send me the guide").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Give it a little while")
    eyes.look("limited")
    page.goto(guide_pages["erase"])
    button(page, "Yes, erase everything").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("is erased")
    eyes.look("erased")


def test_after_a_tap_no_label_vanishes(browser, browser_context_args, guide_pages):  # noqa: F811
    """On a phone, a tap leaves its button in the hover state."""
    context = browser.new_context(**browser_context_args, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(guide_pages["session"])
    done = page.get_by_role("button", name="Done").first
    done.tap()
    expect(done).to_have_attribute("aria-pressed", "true")
    words = page.evaluate(MEASURE, CONTROLS)["words"]
    context.close()

    assert min(contrast for text, contrast in words if text == "Done") >= LEAST


SAME = """selector => [...document.querySelectorAll(selector)].filter((each) => each.checkVisibility())
    .map((each) => each.innerText.trim()).filter((name, at, all) => name && all.indexOf(name) !== at)"""


def test_accessible_names_are_unique(page, result, guide_pages):  # noqa: F811
    same = {}
    page.route(SCRIPT, lambda route: route.abort())
    for name, path in {"check": CHECK, "a result": result("a result"), **guide_pages}.items():
        page.goto(path)
        same[name] = page.evaluate(SAME, "main :is(button, summary)")

    assert {name: twice for name, twice in same.items() if twice} == {}
    assert DownloadLink.objects.exists()
