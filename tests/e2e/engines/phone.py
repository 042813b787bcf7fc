"""Finds and taps what a runner sees, and looks at each page, in any engine."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.e2e.engines.engine import SHORT, Engine, EngineError
from tests.e2e.engines.watch import FAULTS

WIDTHS = (320, 390)
PATIENCE = 10.0
SHOTS = Path("test-results/engines")

# Finds an element by CSS selector and accessible name, or by selector alone. Waits until it's shown,
# stands still, and nothing lies over it: until then, `spot` returns null.
FIND = """
const found = (css, name) => [...document.querySelectorAll(css)].filter((each) => each.checkVisibility())
  .find((each) => name === null || each.textContent.replace(/\\s+/g, " ").trim() === name);
const spot = (css, name) => {
  const element = found(css, name);
  if (!element) return null;
  element.scrollIntoView({ block: "center", behavior: "instant" });
  const { x, y, width, height } = element.getBoundingClientRect();
  const at = [x + width / 2, y + height / 2];
  const top = document.elementFromPoint(...at);
  return element.contains(top) || top?.closest("label")?.control === element ? at : null;
};
"""

# Elements whose height is another than in a layout from scratch: the engine forgot them when the window
# was resized, as a phone does when it's turned.
FORGOTTEN = """(() => {
  const all = [...document.querySelectorAll("main, main *")].filter((each) => each.checkVisibility());
  const measure = () => all.map((each) => each.offsetHeight);
  const before = measure();
  document.body.style.display = "none";
  document.body.offsetHeight;
  document.body.style.display = "";
  const after = measure();
  const apart = (_, at) => Math.abs(before[at] - after[at]) > 1;
  return all.filter(apart).map((each) => `${each.localName}.${each.className}`);
})()"""

# In a closed fold, an animation waits for ever.
MOVES = """document.getAnimations()
  .some((each) => each.playState === "running" && each.effect.target.checkVisibility())"""


class Phone:
    """A person's hand and eye on one engine. `name` names the folder of its pictures."""

    def __init__(self, engine: Engine, site: str, name: str) -> None:
        self.engine = engine
        self.site = site
        self.folder = SHOTS / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.looked = 0
        engine.resize(390)

    def open(self, path: str) -> None:
        self.engine.open(f"{self.site}{path}")

    def tap(self, css: str, name: str | None = None) -> None:
        """Tap it once it stands still."""
        call = f"spot({json.dumps(css)}, {json.dumps(name)})"
        self.until(lambda: self._stands_still(call), f"{css} {name or ''}")
        self.engine.tap(*self._ask(call))

    def press(self, name: str) -> None:
        """Tap the button or link with this name."""
        self.tap("button, a, summary", name)

    def enter_frame(self) -> None:
        self.engine.enter_frame()

    def scroll_to(self, css: str) -> None:
        self._ask(f"spot({json.dumps(css)}, null)")

    def run(self, expression: str) -> Any:
        return self.engine.run(expression)

    def back(self) -> None:
        self.engine.back()

    def sees(self, css: str, name: str | None = None) -> bool:
        return bool(self._ask(f"Boolean(found({json.dumps(css)}, {json.dumps(name)}))"))

    def text(self, css: str) -> str:
        return str(self._ask(f"found({json.dumps(css)}, null)?.innerText ?? ''"))

    def wait(self, css: str, name: str | None = None) -> None:
        self.until(lambda: self.sees(css, name), f"{css} {name or ''}")

    def look(self, name: str) -> dict[str, object]:
        """What's wrong with this page: errors, widths where it scrolls sideways, and elements that
        keep an old height. Keeps pictures of its first screen, and of all of it."""
        self.looked += 1
        wide, forgotten = {}, []
        for width in WIDTHS:
            self._resize(width, SHORT)
            forgotten += self.run(FORGOTTEN)
            reach = self.run("document.documentElement.scrollWidth")
            if reach > width:
                wide[width] = reach
            self._keep(f"{name}-{width}")
        self._resize(width, self.run("document.documentElement.scrollHeight"))
        self._keep(f"{name}-whole")
        self._resize(width, SHORT)
        faults = {"errors": self.faults(), "too wide": wide, "forgotten": forgotten}
        return {kind: found for kind, found in faults.items() if found}

    def _resize(self, width: int, height: int) -> None:
        self.engine.resize(width, height)
        size = [width, height]
        self.until(lambda: self.run("[innerWidth, innerHeight]") == size, f"window of {size}")
        self.run("requestAnimationFrame(() => requestAnimationFrame(() => { window.painted = 1 }))")
        self.until(lambda: self.run("window.painted"), "a frame")
        self.run("delete window.painted")

    def _keep(self, name: str) -> None:
        self.until(lambda: not self.run(MOVES), "the end of what moves")
        picture = self.folder / f"{self.looked:02}-{name}.png"
        picture.write_bytes(self.engine.picture())

    def faults(self) -> list[str]:
        found: list[str] = self.run(FAULTS)
        return found

    def _stands_still(self, call: str) -> bool:
        before = self._ask(call)
        return before is not None and self._ask(call) == before

    def _ask(self, expression: str) -> Any:
        return self.engine.run(f"(() => {{ {FIND} return {expression}; }})()")

    def until(self, condition: Callable[[], object], what: str) -> None:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                if condition():
                    return
            except EngineError:  # between two pages
                pass
            if time.monotonic() > until:
                shown = self.engine.run("[location.href, document.body.innerText]")
                raise AssertionError(f"no {what} on {shown[0]}:\n{shown[1][:1500]}")
            time.sleep(0.05)
