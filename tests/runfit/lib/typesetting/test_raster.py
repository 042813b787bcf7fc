"""Drawings as PNG: right size, right colors, few bytes."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from runfit.lib.typesetting.raster import NotDrawableError, card_png, icon_png, png_of_svg

ROOT = Path(__file__).resolve().parents[4]
ROCK = (ROOT / "content" / "pictures" / "m2_rock.svg").read_text()
MARK = (ROOT / "templates" / "mark.html").read_text()
FAVICON = (ROOT / "runfit" / "static" / "runfit" / "favicon.svg").read_text()
SQUARE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20">'
    '<path d="M10 5h20v10H10z" fill="#b5401a"/></svg>'
)
ORANGE, GREEN, WHITE, PAPER = (181, 64, 26), (11, 107, 93), (255, 255, 255), (255, 253, 250)


def opened(png):
    return Image.open(BytesIO(png)).convert("RGB")


def near(one, other):
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) <= 3


def extent(image, color):
    """The box of all pixels of one color."""
    points = [
        (x, y)
        for y in range(image.height)
        for x in range(image.width)
        if near(image.getpixel((x, y)), color)
    ]
    across, down = zip(*points, strict=True)
    return min(across), min(down), max(across) + 1, max(down) + 1


def card(**parts):
    words = {"title": "Mobility first", "line": "Start with mobility.", "site": "RunFit"}
    return card_png(**{**words, "mark": MARK, "accent": "#0b6b5d", "picture": ROCK, **parts})


def test_drawing_keeps_its_ratio_and_colors_on_paper():
    image = opened(png_of_svg(SQUARE, width=200))

    assert image.size == (200, 100)
    assert near(image.getpixel((0, 0)), PAPER)
    assert extent(image, ORANGE) == (50, 25, 150, 75)


def test_drawing_stands_on_the_background_asked_for():
    assert near(opened(png_of_svg(SQUARE, width=80, background="#ffffff")).getpixel((1, 1)), WHITE)


def test_first_move_is_sharp_small_and_always_the_same():
    png = png_of_svg(ROCK, width=1120)

    assert opened(png).size == (1120, 525)
    assert len(png) < 30_000
    assert png_of_svg(ROCK, width=1120) == png


@pytest.mark.parametrize("mark", [MARK, FAVICON], ids=["page", "favicon"])
@pytest.mark.parametrize("size", [180, 192, 512])
def test_icon_is_the_mark_in_white_on_the_accent_color(mark, size):
    png = icon_png(mark, size=size, accent="#b5401a")

    image = opened(png)
    assert image.size == (size, size)
    assert near(image.getpixel((1, 1)), ORANGE)
    left, top, right, bottom = extent(image, WHITE)
    assert 0.15 * size < min(left, top) < max(right, bottom) < 0.85 * size
    assert len(png) < 6_000


def test_maskable_icon_fits_the_circle_that_every_mask_leaves():
    image = opened(icon_png(MARK, size=200, accent="#0b6b5d", maskable=True))

    left, top, right, bottom = extent(image, WHITE)
    corners = [(x - 100, y - 100) for x in (left, right) for y in (top, bottom)]
    assert max(x * x + y * y for x, y in corners) <= 80**2
    assert near(image.getpixel((0, 0)), GREEN)


def test_card_has_words_on_the_accent_color_beside_the_drawing():
    png = card()

    image = opened(png)
    assert image.size == (1200, 630)
    assert len(png) < 60_000
    assert (near(image.getpixel((4, 4)), GREEN), near(image.getpixel((1195, 4)), PAPER)) == (
        True,
        True,
    )
    assert extent(image.crop((0, 0, 560, 470)), WHITE)[0] > 40
    assert len(image.crop((580, 0, 1200, 630)).getcolors(400_000)) > 10
    assert card() == png


def test_card_stands_without_a_drawing():
    image = opened(card(picture=""))

    assert len(image.crop((580, 0, 1200, 630)).getcolors()) == 1


def test_long_words_on_a_card_get_smaller_and_never_reach_the_name():
    bare = opened(card(title="", line="")).crop((0, 470, 560, 630))
    words = "Why do my hips stay tight however much I stretch? " * 6

    long = opened(card(title=words, line=words))

    assert extent(long.crop((0, 470, 560, 630)), WHITE) == extent(bare, WHITE)


def test_words_of_a_card_are_never_markup():
    assert card(title='#panic("no")', line="$x^2$ *bold*") != card(title="", line="")


@pytest.mark.parametrize(
    "svg", ["", "<svg/>", '<svg viewBox="0 0 40 20">', SQUARE.replace("</svg>", "</g>")]
)
def test_damaged_drawing_is_refused(svg):
    with pytest.raises(NotDrawableError):
        png_of_svg(svg, width=100)
