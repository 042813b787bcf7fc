"""The first page, and those that are shared, in a browser: what's on the first screen, and links."""

import pytest
from playwright.sync_api import expect

from assessments.models import Assessment, Practice
from runfit.lib import caching
from tests.assessments.small import caring, edition_of
from tests.e2e.walk import CHECK

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHARED, EXAMPLE = f"{CHECK}results/mobility_first/", f"{CHECK}example/"
PAGES = ["/", SHARED, EXAMPLE, "/accessibility/"]
COPIED = "navigator.share = undefined; navigator.clipboard.writeText = async (text) => { window.copied = text }"
SHARES = "navigator.share = async ({ url }) => { window.shared = url }"


def bottom(locator):
    box = locator.bounding_box()
    return box["y"] + box["height"]


@pytest.mark.parametrize(("width", "height"), [(390, 844), (360, 740), (320, 568)])
def test_start_is_on_the_first_screen(page, edition, width, height):
    page.set_viewport_size({"width": width, "height": height})
    page.goto("/")

    start = page.get_by_role("link", name="Start the self-check")
    assert bottom(page.get_by_role("heading", level=1)) < bottom(start) <= height
    assert start.bounding_box()["height"] >= 56


def test_her_face_is_on_the_first_screen(page, edition):
    Practice.objects.create(
        credentials="Ana Ruiz, PT", photo="practice/ana.jpg", photo_alt="Ana smiles", shown=True
    )
    caching.clear()
    page.goto("/")

    who = page.get_by_role("region", name="Who's behind this")
    expect(who).to_contain_text("Ana Ruiz, PT")
    assert bottom(who) <= 844
    expect(who.get_by_role("img", name="Ana smiles")).to_be_visible()


@pytest.mark.parametrize("text", ["100%", "200%"])
@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_wider_than_the_screen(page, edition, path, text):
    page.set_viewport_size({"width": 320, "height": 568})
    page.goto(path)
    page.evaluate("size => { document.documentElement.style.fontSize = size }", text)

    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_example_leads_to_the_self_check_and_keeps_its_answers(page, edition, faults):
    page.goto("/")
    page.get_by_role("link", name="See an example result").click()
    expect(page).to_have_title("Example result: Mobility first · RunFit")
    kept = page.evaluate("Object.keys(sessionStorage)")
    page.get_by_role("link", name="Find out yours").click()

    expect(page).to_have_url(CHECK)
    assert kept == []
    assert faults == []


@pytest.mark.parametrize(("browser_has", "name"), [(SHARES, "shared"), (COPIED, "copied")])
def test_result_type_is_shared_without_the_sharers_source(page, edition, faults, browser_has, name):
    page.add_init_script(browser_has)
    page.goto(f"{SHARED}?utm_source=club")
    page.get_by_role("button", name="Share this page").click()

    assert page.evaluate(f"window.{name}").endswith(SHARED)
    assert faults == []


def test_language_switch_leads_to_the_same_page_and_back(page, edition):
    spanish = edition_of(caring(language="es", slug="caderas", headline="¿Por qué?"))
    spanish.assessment.translation_of = Assessment.objects.get(slug="tight-hips")
    spanish.assessment.save()
    caching.clear()
    page.goto("/")
    link = page.get_by_role("link", name="Español")
    assert link.bounding_box()["height"] >= 44
    link.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("¿Por qué?")
    page.get_by_role("link", name="Empezar la autoevaluación").click()
    page.wait_for_load_state()
    page.get_by_role("link", name="English").click()
    expect(page).to_have_url(CHECK)
