"""Takes out of a drawing what drawing programs add to it, and a page has no use for.

It only drops and respells; what is left is read as any other drawing. So nothing gets into a page
because of it: scripts, references, gradients and words are refused as they always were.
"""

import re
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from runfit.lib.svg import ATTRIBUTES, ENTITY, SVG, svg_fault

LONGEST_FILE = 200_000
"""Characters, before anything is taken out."""
HTML = "{http://www.w3.org/1999/xhtml}"
XLINK = "{http://www.w3.org/1999/xlink}"
SAYING_NOTHING = frozenset({"metadata", "title", "desc"})
EMPTY_SAYING_NOTHING = frozenset({"defs", "g"})
IDLE = re.compile(
    r"id|version|baseProfile|role|focusable|color|direction|overflow|inline-size|clip-rule|"
    r"enable-background|line-height|white-space|writing-mode|color-interpolation.*|.*-rendering|"
    r"(-|aria-|data-|font|letter-|shape-|solid-|text-|word-).*"
)
"""Attributes and styles that change nothing about the shapes that may stand in a drawing."""
NEUTRAL = frozenset({"auto", "inline", "none", "normal", "visible"})
"""So do these values, wherever they are no colour."""
RULE = re.compile(r"\s*(\.[\w-]+(?:\s*,\s*\.[\w-]+)*)\s*\{([^{}]*)\}\s*")
"""Styles of some classes, as Illustrator writes them."""
CLASS = re.compile(r"[\w-]+")

Sheet = list[tuple[set[str], dict[str, str]]]


def svg_clean(text: str) -> str:
    """The same shapes as plain SVG; the text as it is where that is so already, or is no SVG."""
    if len(text) > LONGEST_FILE or ENTITY in text or not svg_fault(text):
        return text
    try:
        # Without entities of its own there is nothing to expand.
        root = ElementTree.fromstring(text)  # noqa: S314
        kept = _kept(root, _sheet(root))
        kept.set("xmlns", SVG.strip("{}"))
        return ElementTree.tostring(kept, encoding="unicode")
    except (ElementTree.ParseError, ValueError, RecursionError):
        return text


def _kept(element: Element, sheet: Sheet | None) -> Element:
    kept = Element(element.tag.removeprefix(SVG), _attributes(element, sheet or []))
    words = [element.text or ""]
    for child in element:
        words.append(child.tail or "")
        if not _says_nothing(child, sheet):
            part = _kept(child, sheet)
            if part.tag not in EMPTY_SAYING_NOTHING or len(part) or part.text:
                kept.append(part)
    kept.text = "".join(words).strip()
    return kept


def _says_nothing(element: Element, sheet: Sheet | None) -> bool:
    name = element.tag.removeprefix(SVG)
    foreign = name.startswith("{") and not name.startswith(HTML)
    applied = name == "style" and sheet is not None
    hidden = _attributes(element, sheet or [], idle=False).get("display") == "none"
    return foreign or applied or hidden or name in SAYING_NOTHING


def _attributes(element: Element, sheet: Sheet, *, idle: bool = True) -> dict[str, str]:
    """All in one: what stands on the element, what its classes say, what its own style says."""
    said = {name.removeprefix(XLINK): value for name, value in element.attrib.items()}
    classes = set(said.get("class", "").split())
    for names, styles in sheet:
        if names & classes:
            said |= styles
    said |= _styles(said.pop("style", ""))
    if sheet:
        said.pop("class", None)
    return {name: value for name, value in said.items() if not (idle and _is_idle(name, value))}


def _is_idle(name: str, value: str) -> bool:
    if name in ATTRIBUTES:
        return False
    return name.startswith("{") or value in NEUTRAL or bool(IDLE.fullmatch(name))


def _styles(text: str) -> dict[str, str]:
    parts = (part.partition(":") for part in text.split(";") if part.strip())
    return {name.strip(): value.strip() for name, _, value in parts}


def _sheet(root: Element) -> Sheet | None:
    """What each class looks like; None where there is more to it than that."""
    sheet: Sheet = []
    for text in _sheet_texts(root):
        end = 0
        while rule := RULE.match(text, end):
            sheet.append((set(CLASS.findall(rule[1])), _styles(rule[2])))
            end = rule.end()
        if text[end:].strip():
            return None
    return sheet


def _sheet_texts(root: Element) -> Iterator[str]:
    for element in root.iter():
        if element.tag.removeprefix(SVG) == "style":
            yield "".join(element.itertext())
