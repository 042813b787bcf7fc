"""Drawings in a real browser: made for light paper, whatever the page is."""

import pytest

from tests.e2e.walk import CHECK

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CLEAR, LIGHT = "rgba(0, 0, 0, 0)", "rgb(250, 245, 238)"
STYLE = "element => getComputedStyle(element).backgroundColor"
INK = "element => getComputedStyle(element).color"


@pytest.mark.parametrize(
    ("media", "sheet"),
    [
        ({"color_scheme": "light"}, CLEAR),
        ({"color_scheme": "dark"}, LIGHT),
        ({"color_scheme": "light", "forced_colors": "active"}, LIGHT),
        ({"color_scheme": "dark", "media": "print"}, CLEAR),
    ],
    ids=["light", "dark", "forced colors", "print"],
)
def test_a_drawing_stands_on_a_light_sheet_where_the_page_is_dark(
    page, live_server, edition, media, sheet
):
    page.emulate_media(**media)
    page.goto(CHECK)

    assert page.locator(".drawing.paper").first.evaluate(STYLE) == sheet


def test_numbers_on_a_dark_page_are_as_on_a_light_one(page, live_server, edition):
    spot = page.locator(".drawing .spot").first
    page.emulate_media(color_scheme="light")
    page.goto(CHECK)
    light = [spot.evaluate(STYLE), spot.evaluate(INK)]

    page.emulate_media(color_scheme="dark")

    assert [spot.evaluate(STYLE), spot.evaluate(INK)] == light
