"""The page of components: complete, and as it was looked at last."""

import pytest

from tests.e2e.axe import found_by_axe
from tests.e2e.component_images import (
    STORE,
    STORED,
    component_images,
    difference,
    shrunk,
    store,
    stored,
    use_sample_font,
)

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]

PAGE = "/admin/assessments/practice/components/"
MOST = 48  # of 255, in one color of one pixel


@pytest.fixture
def browser_context_args(live_server):
    """Scripts may add a font that the content security policy refuses."""
    viewport = {"width": 390, "height": 844}
    return {"base_url": live_server.url, "viewport": viewport, "bypass_csp": True}


def test_components_look_as_they_did(page, session):
    page.goto(PAGE)
    use_sample_font(page)
    cdp = page.context.new_cdp_session(page)
    cdp.send("DOM.enable")
    cdp.send("CSS.enable")
    images = dict(component_images(page, cdp))
    if STORE:
        store(images)
        pytest.fail("The images are stored anew: look at them, then run this again.")

    different = {
        name: unlike
        for name, image in images.items()
        if (unlike := difference(image, stored(name))) > MOST
    }

    assert different == {}
    assert {path.stem for path in STORED.glob("*.png")} == images.keys()


def test_a_changed_component_is_noticed(page, session):
    page.goto(PAGE)
    use_sample_font(page)
    buttons = page.locator("[data-component=buttons]")
    before = shrunk(buttons.screenshot())
    page.add_style_tag(content=".btn { border-radius: 4px !important }")

    assert difference(before, shrunk(buttons.screenshot())) > MOST
    assert difference(before, before) == 0


def test_components_are_accessible(page, session):
    page.goto(PAGE)

    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert found_by_axe(page) == []


def test_only_staff_see_components(client, default_content):
    assert client.get(PAGE).status_code == 302
