"""The runner's pages on a slow phone: `.venv/bin/python -m benchmarks.phone`.

Needs Chromium. Runs the site with bin/run, loads each page several times without a cache, uses
everything on it with taps, prints the medians as the table of docs/pages.md, and exits 1 if a
target is missed.
"""

import json
import statistics
import sys
import tempfile
from dataclasses import astuple, dataclass
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.support.chromium import launch_options
from tests.support.http_runner import ANSWERS, running
from tests.support.runner_pages import most_bytes, paths

ROUNDS = 5
MEASURED = (
    "first page",
    "self-check",
    "result",
    "on its way",
    "guide",
    "session",
    "safety page",
    "shared result",
    "example",
)
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
NETWORK = {
    "offline": False,
    "latency": 400,  # milliseconds
    "downloadThroughput": 50_000,  # bytes a second: 400 kbit/s
    "uploadThroughput": 50_000,
}
SLOWER = 4
"""How many times slower than here the phone's processor is."""
MOST_LCP = 1300.0
MOST_SHIFT = 0.005
MOST_INP = 60.0
LEAST_INP = 16.0
"""What the browser reports: anything faster counts as this."""
SETTLED = 450
"""Milliseconds after which a page takes taps again: earlier ones were meant for what was there
before."""
REST = 100
"""Milliseconds in which the page gets done with being asked where something is."""

OBSERVE = f"""
window.vitals = {{ lcp: 0, shift: 0, inp: {LEAST_INP} }};
const each = (type, note) => new PerformanceObserver((list) => list.getEntries().forEach(note))
  .observe({{ type, buffered: true, durationThreshold: {LEAST_INP} }});
each("largest-contentful-paint", (entry) => {{ vitals.lcp = entry.startTime; }});
// The emulated screen's first resize counts as input, too: it would excuse shifts for 500 ms.
let touched = false;
addEventListener("pointerdown", () => {{ touched = true; }}, true);
each("layout-shift", (entry) => {{
  if (!touched || !entry.hadRecentInput) vitals.shift += entry.value;
}});
each("event", (entry) => {{
  if (entry.interactionId) vitals.inp = Math.max(vitals.inp, entry.duration);
}});
"""


@dataclass(frozen=True)
class Figures:
    """Bytes of a first load, milliseconds to the largest paint, layout shift, and milliseconds of
    the slowest interaction."""

    weight: float
    lcp: float
    shift: float
    inp: float


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        here = Path(folder)
        browser = playwright.chromium.launch(**launch_options())  # type: ignore[arg-type]
        with running({"VAR_DIR": str(here / "var")}, here / "log") as runner:
            found = paths(runner, here / "var" / "mail")
            rows = {name: page(browser, f"{runner.site}{found[name]}") for name in MEASURED}
        browser.close()
    print("| Page | Bytes | Largest paint | Layout shift | Slowest interaction |")
    print("|---|---|---|---|---|")
    for name, figures in rows.items():
        print(line(name, figures))
    return 1 if any(missed(name, figures) for name, figures in rows.items()) else 0


def line(name: str, figures: Figures) -> str:
    missing = missed(name, figures)
    cells = {
        "weight": f"{figures.weight:,.0f}",
        "lcp": f"{figures.lcp:,.0f} ms",
        "shift": f"{figures.shift:.3f}",
        "inp": f"{figures.inp:.0f} ms",
    }
    shown = [f"**{cell}**" if kind in missing else cell for kind, cell in cells.items()]
    return f"| {' | '.join([name.capitalize(), *shown])} |"


def missed(name: str, figures: Figures) -> set[str]:
    """The figures that miss their target."""
    most = Figures(most_bytes(name), MOST_LCP, MOST_SHIFT, MOST_INP)
    return {kind for kind, limit in vars(most).items() if getattr(figures, kind) > limit}


def page(browser: Browser, url: str) -> Figures:
    rounds = []
    for number in range(ROUNDS):
        print(f"{number + 1}/{ROUNDS} {url}", file=sys.stderr)
        rounds.append(astuple(measured(browser, url)))
    return Figures(*map(statistics.median, zip(*rounds, strict=True)))


def measured(browser: Browser, url: str) -> Figures:
    """A first load, and then everything that can be used on the page."""
    context = browser.new_context(**PHONE)  # type: ignore[arg-type]
    context.add_init_script(OBSERVE)
    page = context.new_page()
    phone = context.new_cdp_session(page)
    phone.send("Network.enable")
    phone.send("Network.emulateNetworkConditions", NETWORK)
    phone.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    loaded: list[float] = []
    phone.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))
    page.goto(url, wait_until="networkidle")
    weight = sum(loaded)
    if page.locator(".screening").count():
        answer(page)
    else:
        use(page)
    page.wait_for_timeout(SETTLED)  # for the last entries
    vitals = json.loads(page.evaluate("JSON.stringify(vitals)"))
    context.close()
    return Figures(weight, **vitals)


def use(page: Page) -> None:
    """Open what's folded, tick what can be ticked, and type an address."""
    controls = "summary, input[type=checkbox], [aria-pressed], input[type=email]"
    for each in page.locator("main").locator(f"h1, {controls}").all():
        if each.is_visible():
            tap(each)
    for field in page.locator("main input[type=email]").all():
        field.focus()
        page.keyboard.type("runner@example.org", delay=20)


def answer(page: Page) -> None:
    """Answer the self-check, one question at a time, up to the button that shows the result."""
    go_on = page.locator(".screening .pager .btn").last
    while go_on.is_visible():
        tap(go_on)
    for name, value in ANSWERS.items():
        if name != "safety":
            tap(page.locator(f'label.option:has(input[name="{name}"][value="{value}"])'))
    page.wait_for_timeout(SETTLED)  # a quick "Skip" was meant for the question before
    tap(page.get_by_role("button", name="Skip", exact=True))
    page.locator(".finish button:not([type])").wait_for()


def tap(control: Locator) -> None:
    """As a finger does. Playwright's own tap asks the page what it would hit, which takes long."""
    control.wait_for()
    control.scroll_into_view_if_needed()
    page = control.page
    page.wait_for_timeout(SETTLED)
    box = control.bounding_box()
    assert box is not None
    page.wait_for_timeout(REST)
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_timeout(SETTLED)


if __name__ == "__main__":
    sys.exit(main())
