"""Saves eight frames of every loop in one picture each, as Chromium plays it, to be looked at
beside the steps of its exercise."""

from __future__ import annotations

import argparse
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

LOOPS = Path(__file__).resolve().parents[1] / "pictures" / "loops"
FRAMES = 8
SHEET: ViewportSize = {"width": 1600, "height": 380}
STYLE = "body{margin:0;display:grid;grid-template-columns:repeat(4,1fr);gap:2px;background:#999}"
GO_TO = """share => {
  const drawing = document.querySelector("svg");
  drawing.pauseAnimations();
  drawing.setCurrentTime(share * parseFloat(drawing.querySelector("animate").getAttribute("dur")));
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("names", nargs="*", help="exercises, such as a1_bridge; all if left out")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    asked = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=asked.chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport=SHEET)
        for name in asked.names or sorted(file.stem for file in LOOPS.glob("*.svg")):
            drawing = (LOOPS / f"{name}.svg").read_text(encoding="utf-8")
            lay_out(page, [*frames(page, drawing)])
            page.screenshot(path=asked.folder / f"{name}.png")
        browser.close()


def frames(page: Page, drawing: str) -> Iterator[bytes]:
    page.set_content(drawing)
    for frame in range(FRAMES):
        page.evaluate(GO_TO, frame / FRAMES)
        yield page.locator("svg").screenshot()


def lay_out(page: Page, shots: list[bytes]) -> None:
    images = (
        f'<img width="100%" src="data:image/png;base64,{b64encode(shot).decode()}">'
        for shot in shots
    )
    page.set_content(f"<style>{STYLE}</style>{''.join(images)}", wait_until="load")


if __name__ == "__main__":
    main()
