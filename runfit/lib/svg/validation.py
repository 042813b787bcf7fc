"""Validates the SVG drawing of a question, so that it's safe to inline in a page, and drawings that
move, which stay files of their own.

Elements and attributes are on an allowlist. With these names, and no quote, bracket or colon in a
value, an XML parser and a browser read the markup the same way, so it needs no escaping.
"""

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from runfit.lib.messages import message as _

LONGEST = 10_000  # characters, since it's inlined in the page
SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = frozenset(
    {"svg", "g", "path", "circle", "ellipse", "rect", "line", "polyline", "polygon"}
)
ATTRIBUTES = frozenset(
    {
        "viewBox", "width", "height", "d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx",
        "ry", "points", "transform", "class", "fill", "fill-opacity", "fill-rule", "opacity",
        "paint-order", "stroke", "stroke-dasharray", "stroke-dashoffset", "stroke-linecap",
        "stroke-linejoin", "stroke-miterlimit", "stroke-opacity", "stroke-width",
    }
)  # fmt: skip
LONGEST_LOOP = 200_000  # characters of a file that's sent compressed
ANIMATED = frozenset({"cx", "cy", "d", "opacity", "r"})
ANIMATION = re.compile(r"[\w\s.,;#()%+-]*", re.ASCII)
ANIMATION_ATTRIBUTES = frozenset({"attributeName", "dur", "keyTimes", "repeatCount", "values"})
ENTITY = "<!ENTITY"
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
VALUE = re.compile(r"[\w\s.,#()%+-]*", re.ASCII)
VIEW_BOX = re.compile(r"\s*(-?[0-9.]+[\s,]+){2}[0.]*[1-9][0-9.]*[\s,]+[0.]*[1-9][0-9.]*\s*")


def svg_fault(text: str) -> str:
    """The first reason why a text is not a valid drawing; blank if it is."""
    if UNPRINTABLE.search(text):
        return _("has a character that cannot be printed. Type this text again.")
    return next(_faults(text), "")


def loop_fault(text: str) -> str:
    """The same for a drawing that moves: some numbers of its shapes change over time (SMIL)."""
    return next(_faults(text, longest=LONGEST_LOOP, moving=True), "")


def svg_size(text: str) -> tuple[float, float]:
    """Width and height of a valid drawing's view box."""
    box = ElementTree.fromstring(text).get("viewBox", "")  # noqa: S314 - valid, so it's safe
    _left, _top, width, height = map(float, box.replace(",", " ").split())
    return width, height


def svg_file(text: str) -> str:
    """A valid drawing as a file: unlike in a page, it needs the namespace there."""
    named = SVG.strip("{}") in text
    return text if named else text.replace("<svg", f'<svg xmlns="{SVG.strip("{}")}"', 1)


def _faults(text: str, *, longest: int = LONGEST, moving: bool = False) -> Iterator[str]:
    if len(text) > longest:
        yield _(
            "must be at most {number} characters, since it is part of the page.",
            number=f"{longest:,}",
        )
    if ENTITY in text:
        yield _("may not declare entities. Save it as plain SVG.")
        return
    try:
        # Safe: without entity declarations, there's nothing to expand.
        root = ElementTree.fromstring(text)  # noqa: S314
    except ElementTree.ParseError:
        yield _("must be SVG: this text cannot be read as such.")
        return
    if "<!" in text or "<?" in text or "&" in text:
        yield _("must be plain SVG, without comments, entities or declarations. Begin with <svg.")
    if _name(root) != "svg" or not VIEW_BOX.fullmatch(root.get("viewBox", "")):
        yield _("must be one <svg> with a viewBox of four numbers, such as 0 0 640 300.")
    for element in root.iter():
        if moving and _name(element) == "animate":
            yield from _animation_faults(element)
        else:
            yield from _element_faults(element)


def _name(element: ElementTree.Element) -> str:
    return element.tag.removeprefix(SVG)


def _element_faults(element: ElementTree.Element) -> Iterator[str]:
    name = _name(element)
    if name not in ELEMENTS:
        elements = ", ".join(sorted(ELEMENTS))
        yield _("may not have “{name}”, only {elements}.", name=name[:40], elements=elements)
    if (element.text or "").strip() or (element.tail or "").strip():
        yield _("may not have words in it. Say them in the description instead.")
    for attribute, value in element.attrib.items():
        if attribute not in ATTRIBUTES:
            yield _(
                "may not have “{attribute}” on its “{name}”.",
                attribute=attribute[:40],
                name=name[:40],
            )
        elif not VALUE.fullmatch(value):
            yield _(
                "has a value of “{attribute}” that is not plain numbers or words.",
                attribute=attribute,
            )


def _animation_faults(element: ElementTree.Element) -> Iterator[str]:
    unknown = {*element.attrib} - ANIMATION_ATTRIBUTES
    if len(element) or unknown or element.get("attributeName") not in ANIMATED:
        names = ", ".join(sorted(ANIMATED))
        yield _("may only animate {names}, by a list of values.", names=names)
    if not all(ANIMATION.fullmatch(value) for value in element.attrib.values()):
        yield _(
            "has a value of “{attribute}” that is not plain numbers or words.", attribute="animate"
        )
