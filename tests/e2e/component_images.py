"""Images of the page of components. After an intended change that you've looked at, store them anew
with `STORE_COMPONENTS=1 .venv/bin/python -m pytest tests/e2e/test_components.py`."""

import base64
import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import fontpkg_atkinson_hyperlegible
from PIL import Image, ImageChops, ImageFilter
from playwright.sync_api import CDPSession, Page

STORED = Path(__file__).parents[1] / "data" / "components"
STORE = bool(os.environ.get("STORE_COMPONENTS"))
SHRUNK = 2
BLUR = 2  # pixels: a letter may move by a hair
FONTS = Path(fontpkg_atkinson_hyperlegible.__file__).parent / "files"
# With the typeface of the guide, since a machine's own differ. It comes as a variable weight or two.
FACE = "@font-face {{ font-family: Sample; font-weight: {weight}; src: url(data:font/ttf;base64,{data}) }}"
WEIGHTS = {"Regular": "1 599", "Bold": "600 1000"}
STYLE = "body { font-family: Sample !important } * { caret-color: transparent !important; animation: none !important }"
STATES = {
    "": [],
    "hover": ["hover"],
    "focus": ["focus", "focus-visible"],
    "press": ["hover", "active"],
}
WITH_STATES = {"buttons", "fields", "track", "folds"}
CONTROLS = "main :is(a, button, input, summary, label.option)"


def use_sample_font(page: Page) -> None:
    faces = (
        FACE.format(
            weight=weight,
            data=base64.b64encode(
                (FONTS / f"AtkinsonHyperlegible-{name}.ttf").read_bytes()
            ).decode(),
        )
        for name, weight in WEIGHTS.items()
    )
    page.add_style_tag(content="\n".join([*faces, STYLE]))
    page.evaluate("document.fonts.ready.then(() => undefined)")


def component_images(page: Page, cdp: CDPSession) -> Iterator[tuple[str, Image.Image]]:
    """Each component in each state, in light and dark, by name."""
    names = page.eval_on_selector_all(
        "[data-component]", "all => all.map(e => e.dataset.component)"
    )
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for state, pseudo in STATES.items():
            force(cdp, pseudo)
            for name in names if not state else sorted(WITH_STATES.intersection(names)):
                part = page.locator(f"[data-component={name}]")
                label = "-".join(filter(None, (name, state, scheme)))
                yield label, shrunk(part.screenshot(animations="disabled"))


def force(cdp: CDPSession, pseudo: list[str]) -> None:
    root = cdp.send("DOM.getDocument")["root"]["nodeId"]
    query = {"nodeId": root, "selector": CONTROLS}
    for node in cdp.send("DOM.querySelectorAll", query)["nodeIds"]:
        cdp.send("CSS.forcePseudoState", {"nodeId": node, "forcedPseudoClasses": pseudo})


def shrunk(png: bytes) -> Image.Image:
    image = Image.open(BytesIO(png)).convert("RGB").reduce(SHRUNK)
    return image.quantize(64).convert("RGB")


def stored(name: str) -> Image.Image | None:
    path = STORED / f"{name}.png"
    return Image.open(BytesIO(path.read_bytes())).convert("RGB") if path.exists() else None


def store(images: dict[str, Image.Image]) -> None:
    STORED.mkdir(exist_ok=True)
    for path in STORED.glob("*.png"):
        path.unlink()
    for name, image in images.items():
        image.quantize(64).save(STORED / f"{name}.png", optimize=True)


def difference(one: Image.Image, other: Image.Image | None) -> int:
    """The largest difference of two images in one color, from 0 to 255."""
    if other is None or one.size != other.size:
        return 255
    blurred = (image.filter(ImageFilter.BoxBlur(BLUR)) for image in (one, other))
    diff = ImageChops.difference(*blurred)
    return max(most for _, most in diff.getextrema())
