"""Drawings of questions: in the page, or in files of their own."""

from copy import deepcopy

import pytest

from assessments.definition import parse
from assessments.models import Edition
from assessments.runner.drawings import shown_drawing
from assessments.runner.forms import SelfCheckForm, fields_html
from tests.assessments.small import SMALL, edition_of, small

pytestmark = pytest.mark.django_db

SVG = '<svg viewBox="0 0 40 30"><circle r="5"/></svg>'


def drawn():
    """The small self-check, whose extra check has a drawing, too."""
    data = small(questions=deepcopy(SMALL["questions"]))
    data["questions"][3]["drawing"] = {"alt": "A bridge", "svg": SVG}
    return data


@pytest.fixture
def edition():
    return edition_of(drawn())


def test_page_fetches_the_drawings_of_its_questions(client, edition):
    page = client.get("/check/small/").content.decode()

    assert SMALL["questions"][0]["drawing"]["svg"] not in page
    assert SVG not in page
    assert f'<img src="/drawings/{edition.pk}/touch.svg" alt="' in page
    assert (
        f'<img src="/drawings/{edition.pk}/bridge.svg" alt="A bridge" width="320" height="240" '
        'loading="lazy">'
    ) in page
    assert '<svg class="spots" viewBox="0 0 320 240" aria-hidden="true">' in page


def test_rejected_page_fetches_them_too(client, edition):
    page = client.post("/check/small/", {"touch": "moon"}).content.decode()

    assert f'src="/drawings/{edition.pk}/bridge.svg"' in page
    assert SVG not in page


def test_drawing_is_a_file_of_its_edition_for_good(client, edition):
    response = client.get(f"/drawings/{edition.pk}/bridge.svg")

    named = SVG.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ')
    assert response.content.decode() == named
    assert response["Content-Type"] == "image/svg+xml"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "script-src" in response["Content-Security-Policy"]
    assert set(response["Cache-Control"].split(", ")) == {"public", "max-age=31536000", "immutable"}
    assert "Set-Cookie" not in response.headers


def test_drawing_of_an_earlier_edition_stays(client, edition):
    edition_of(small(), number=2)

    assert client.get(f"/drawings/{edition.pk}/bridge.svg").status_code == 200


@pytest.mark.parametrize("name", ["0/bridge", "999999999/bridge", "{0}/pain", "{0}/nothing"])
def test_there_is_no_other_file(client, edition, name):
    assert client.get(f"/drawings/{name.format(edition.pk)}.svg").status_code == 404


def test_drawings_of_a_draft_are_in_the_page():
    definition = parse(drawn())

    assert SVG in fields_html(SelfCheckForm(definition))
    assert shown_drawing(definition.question("bridge"), Edition()).url == ""


@pytest.mark.parametrize(
    ("box", "height"), [("0 0 40 30", 240), ("-1,-1, 10 20", 640), ("0 0 1000 1", 1)]
)
def test_drawing_has_the_height_of_its_view_box(box, height):
    data = drawn()
    data["questions"][3]["drawing"]["svg"] = SVG.replace("0 0 40 30", box)

    assert shown_drawing(parse(data).question("bridge")).height == height
