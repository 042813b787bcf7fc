"""Validating the SVG drawings of questions."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfit.lib.svg.validation import LONGEST, SVG, loop_fault, svg_fault, svg_file, svg_size
from tests.assessments.browser import Tags

DRAWING = '<svg viewBox="0 0 10 10"><g class="accent"><path d="M1 1L9,9" fill="#b9774f"/></g></svg>'


def test_plain_shapes_are_valid():
    assert svg_fault(DRAWING) == ""


def test_svg_namespace_is_allowed():
    named = DRAWING.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)

    assert svg_fault(named) == ""


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("<svg", "<svgg", "must be SVG: this text cannot be read as such."),
        ("<svg", "<!-- hi --><svg", "must be plain SVG, without comments, entities or declarations. Begin with <svg."),
        ("<svg", "<!DOCTYPE svg><svg", "must be plain SVG, without comments, entities or declarations. Begin with <svg."),
        ("<svg", "<?xml version='1.0'?><svg", "must be plain SVG, without comments, entities or declarations. Begin with <svg."),
        ('viewBox="0 0 10 10"', "", "must be one <svg> with a viewBox of four numbers, such as 0 0 640 300."),
        ("0 0 10 10", "0 0 10", "must be one <svg> with a viewBox of four numbers, such as 0 0 640 300."),
        ("<g class", "<g style", "may not have “style” on its “g”."),
        ("<g class", "<g onclick", "may not have “onclick” on its “g”."),
        ("accent", "javascript:alert", "has a value of “class” that is not plain numbers or words."),
        ("#b9774f", "url(https://example.org)", "has a value of “fill” that is not plain numbers or words."),
        ("</g>", "Hello</g>", "may not have words in it. Say them in the description instead."),
        ("</svg>", "</svg>Hello", "must be SVG: this text cannot be read as such."),
    ],
)  # fmt: skip
def test_anything_else_is_refused(old, new, fault):
    assert svg_fault(DRAWING.replace(old, new, 1)) == fault


@pytest.mark.parametrize("name", ["script", "style", "image", "a", "foreignObject", "use", "text"])
def test_other_elements_are_refused_by_name(name):
    fault = svg_fault(DRAWING.replace("</g>", f"</g><{name}/>", 1))

    assert fault.startswith(f"may not have “{name}”, only circle, ellipse, g, line, path, ")


def test_too_long_drawing_is_refused():
    padding = " " * LONGEST

    assert svg_fault(DRAWING + padding) == (
        "must be at most 10,000 characters, since it is part of the page."
    )


@given(st.text(alphabet="<>/=\"' svgpathdclonick:;&!-", max_size=40))
def test_valid_drawing_means_the_same_to_a_browser(noise):
    """Nothing that a browser would see is hidden from the XML parser."""
    text = f'<svg viewBox="0 0 1 1">{noise}</svg>'
    if svg_fault(text) == "":
        seen = [tag for tag, _ in Tags(text).found]
        assert seen == [element.tag for element in ElementTree.fromstring(text).iter()]
        assert set(seen) <= {"svg", "g", "path"}


@pytest.mark.parametrize(
    ("box", "size"), [("0 0 640 300", (640, 300)), ("-1,-2, 3.5 .5", (3.5, 0.5))]
)
def test_size_is_that_of_the_view_box(box, size):
    assert svg_size(f"<svg viewBox='{box}'/>") == size


def test_file_has_the_namespace_once():
    bare, named = '<svg viewBox="0 0 1 1"/>', f'<svg xmlns="{SVG.strip("{}")}" viewBox="0 0 1 1"/>'

    assert svg_file(bare) == svg_file(named) == named


LOOP = DRAWING.replace(
    'fill="#b9774f"/>',
    'fill="#b9774f"><animate attributeName="d" dur="2s" repeatCount="indefinite" '
    'keyTimes="0;.5;1" values="M1 1L9,9;M1 1L9,8;M1 1L9,9"/></path>',
)


def test_only_a_loop_may_move():
    assert loop_fault(LOOP) == loop_fault(DRAWING) == ""
    assert svg_fault(LOOP).startswith("may not have “animate”, only ")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('"d"', '"href"', "may only animate cx, cy, d, opacity, r, by a list of values."),
        ("dur=", "onbegin=", "may only animate cx, cy, d, opacity, r, by a list of values."),
        ("2s", "javascript:x", "has a value of “animate” that is not plain numbers or words."),
        ("L9,8", "url(https://example.org)", "has a value of “animate” that is not plain numbers or words."),
        ("<g class", "<g onclick", "may not have “onclick” on its “g”."),
        ("<animate", "<set", "may not have “set”, only circle, ellipse, g, line, path, polygon, polyline, rect, svg."),
    ],
)  # fmt: skip
def test_anything_else_in_a_loop_is_refused(old, new, fault):
    assert loop_fault(LOOP.replace(old, new, 1)) == fault
