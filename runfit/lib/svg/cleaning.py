"""Removes what drawing programs add to an SVG and pages don't need.

It only drops or rewrites markup, and the result is validated like any other drawing: scripts,
references, gradients and text are still refused.
"""

import re
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from runfit.lib.svg.validation import ATTRIBUTES, ENTITY, SVG, svg_fault

LONGEST_FILE = 200_000
"""Characters, before cleaning."""
HTML = "{http://www.w3.org/1999/xhtml}"
XLINK = "{http://www.w3.org/1999/xlink}"
SAYING_NOTHING = frozenset({"metadata", "title", "desc"})
EMPTY_SAYING_NOTHING = frozenset({"defs", "g"})
IDLE = re.compile(
    r"id|version|baseProfile|role|focusable|color|direction|overflow|inline-size|clip-rule|"
    r"enable-background|line-height|white-space|writing-mode|color-interpolation.*|.*-rendering|"
    r"(-|aria-|data-|font|letter-|shape-|solid-|text-|word-).*"
)
"""Attributes and styles that don't affect the allowed shapes."""
NEUTRAL = frozenset({"auto", "inline", "none", "normal", "visible"})
"""Values that have no effect either, except as colors."""
RULE = re.compile(r"\s*(\.[\w-]+(?:\s*,\s*\.[\w-]+)*)\s*\{([^{}]*)\}\s*")
"""A CSS rule for some classes, as Illustrator writes it."""
CLASS = re.compile(r"[\w-]+")

Sheet = list[tuple[set[str], dict[str, str]]]


def svg_clean(text: str) -> str:
    """The same shapes as plain SVG. Returns valid drawings, and text that isn't SVG, unchanged."""
    if len(text) > LONGEST_FILE or ENTITY in text or not svg_fault(text):
        return text
    try:
        # Safe: without entity declarations, there's nothing to expand.
        root = ElementTree.fromstring(text)  # noqa: S314
        cleaned = _cleaned(root, _sheet(root))
        cleaned.set("xmlns", SVG.strip("{}"))
        return ElementTree.tostring(cleaned, encoding="unicode")
    except (ElementTree.ParseError, ValueError, RecursionError):
        return text


def _cleaned(element: Element, sheet: Sheet | None) -> Element:
    cleaned = Element(element.tag.removeprefix(SVG), _attributes(element, sheet or []))
    words = [element.text or ""]
    for child in element:
        words.append(child.tail or "")
        if not _says_nothing(child, sheet):
            part = _cleaned(child, sheet)
            if part.tag not in EMPTY_SAYING_NOTHING or len(part) or part.text:
                cleaned.append(part)
    cleaned.text = "".join(words).strip()
    return cleaned


def _says_nothing(element: Element, sheet: Sheet | None) -> bool:
    name = element.tag.removeprefix(SVG)
    foreign = name.startswith("{") and not name.startswith(HTML)
    applied = name == "style" and sheet is not None
    hidden = _attributes(element, sheet or [], idle=False).get("display") == "none"
    return foreign or applied or hidden or name in SAYING_NOTHING


def _attributes(element: Element, sheet: Sheet, *, idle: bool = True) -> dict[str, str]:
    """The element's attributes, merged with the styles of its classes and its own style."""
    merged = {name.removeprefix(XLINK): value for name, value in element.attrib.items()}
    classes = set(merged.get("class", "").split())
    for names, styles in sheet:
        if names & classes:
            merged |= styles
    merged |= _styles(merged.pop("style", ""))
    if sheet:
        merged.pop("class", None)
    return {name: value for name, value in merged.items() if not (idle and _is_idle(name, value))}


def _is_idle(name: str, value: str) -> bool:
    if name in ATTRIBUTES:
        return False
    return name.startswith("{") or value in NEUTRAL or bool(IDLE.fullmatch(name))


def _styles(text: str) -> dict[str, str]:
    parts = (part.partition(":") for part in text.split(";") if part.strip())
    return {name.strip(): value.strip() for name, _, value in parts}


def _sheet(root: Element) -> Sheet | None:
    """The styles of each class; None if the style sheet has anything else."""
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
