"""Page images of a small guide. After an intended change that you've looked at, update the stored
ones with `python -m tests.guides.pdf.page_images`."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image, ImageChops, ImageFilter

from guides.content import RunnerAdvice, parse_content
from guides.pdf.render import PracticeDetails, render
from tests.guides import samples

STORED = Path(__file__).parents[2] / "data" / "looks"
DOTS_PER_INCH = 36
BLUR = 2  # pixels: a letter may move by a hair
WIDTH, HEIGHT = 64, 30
DRAWING = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
    '<rect x="4" y="4" width="20" height="22" fill="#000"/><circle cx="46" cy="15" r="11"/></svg>'
).encode()


def guide(**changes: Any) -> bytes:
    data = samples.edition() | {"why": {"title": "The why", "text": "Tight.\n\nThen **not**."}}
    for exercise in data["exercises"]:
        exercise["picture"] = {"file": "drawing.svg", "alt": "Two shapes."}
    options = {
        "profile": "stiff",
        "practice": PracticeDetails(name="Hill Practice", sign_off="Run well!"),
        "paper": "a4",
        "pictures": {"drawing.svg": DRAWING},
        "phone_url": "https://example.org/phone/",
        "advice": RunnerAdvice(answers=(("Can I run?", "Yes."),), notices=("Go easy.",)),
    } | changes
    return render(parse_content(data), **options)


def pages(pdf: bytes) -> Iterator[Image.Image]:
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            yield page.render(scale=DOTS_PER_INCH / 72, grayscale=True).to_pil()


def stored() -> list[Image.Image]:
    return [Image.open(BytesIO(path.read_bytes())) for path in sorted(STORED.glob("*.png"))]


def difference(one: Image.Image, other: Image.Image) -> int:
    """The largest pixel difference of two pages, from 0 to 255."""
    if one.size != other.size:
        return 255
    diff = ImageChops.difference(*(page.filter(ImageFilter.BoxBlur(BLUR)) for page in (one, other)))
    _, most = diff.getextrema()
    return int(most)


if __name__ == "__main__":
    for old in STORED.glob("*.png"):
        old.unlink()
    for number, page in enumerate(pages(guide()), start=1):
        page.save(STORED / f"page-{number:02}.png", optimize=True)
