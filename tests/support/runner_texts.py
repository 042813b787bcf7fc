"""Every English text that runners read, for tests of how it reads."""

import ast
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import templatize

from assessments.emergency_numbers import DEFAULT_COUNTRY, fill_emergency
from assessments.models.accessibility import PARAGRAPHS as ACCESSIBILITY
from assessments.models.privacy import PARAGRAPHS as PRIVACY

ROOT = Path(__file__).resolve().parents[2]
CONTENT = tuple(
    ROOT / "content" / f"{name}.json" for name in ("tight-hips", "exercises", "strength-guide")
)
APPS = ("assessments", "guides", "runfit")
DESK = frozenset({"admin", "desk"})
"""Folders whose texts only the PT reads."""
ALONE = (("500", 500), ("refused", 400), ("refused", 414), ("refused", 431))
"""Error pages that stand alone, in English only, and their statuses."""

UNREAD = {
    # Keys, rules, and files; what only the PT reads.
    "key", "slug", "id", "kind", "level", "language", "assessment", "rule", "when", "show_if",
    "skip_for", "instead", "svg", "file", "url", "video_url", "side", "meta", "no_plan", "order",
    "basis", "source", "retest", "cases",
    # Not read as prose: titles of studies, and pictures in words.
    "references", "alt",
}  # fmt: skip
MARKERS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
LITERAL = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
MARKED = re.compile(rf"\b(?:n?gettext|_)\(\s*({LITERAL}(?:\s*,\s*{LITERAL})*)")
UNREAD_AT = re.compile(r"\.safety\.(items\.\d+\.why|levels\.\w+\.(scores|guide))$")
PLACE = re.compile(r"%\(\w+\)s|\{\w*\}")
TAG = re.compile(r"<[^>]+>")
URL = re.compile(r"https?://\S+")
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def content_texts(path: Path) -> Iterator[tuple[str, str]]:
    """Each paragraph of a content file, with its place."""
    yield from _walk(json.loads(path.read_text(encoding="utf-8")), path.stem)


def interface_texts() -> Iterator[tuple[str, str]]:
    """Each text of pages, emails, and the PDF that isn't content, with its file."""
    yield from messages(without=DESK)
    for name, texts in (("privacy notice", PRIVACY), ("accessibility", ACCESSIBILITY)):
        yield from ((name, line) for text in texts for line in _lines(text))
    for name, status in ALONE:
        page = render_to_string(f"errors/{name}.html", {"status": status})
        yield from ((f"error {status}", line) for line in _lines(page.partition("<main>")[2]))


def messages(*, without: frozenset[str] = frozenset()) -> Iterator[tuple[str, str]]:
    """Each translatable text of the interface, with its file. Leaves out some folders."""
    for path in sorted((ROOT / "templates").rglob("*.*")):
        if without.isdisjoint(path.parts):
            yield from ((path.name, text) for text in _template_messages(path))
    for path in sorted(path for app in APPS for path in (ROOT / app).rglob("*.py")):
        if without.isdisjoint(path.parts):
            yield from ((path.name, text) for text in _module_messages(path))


def as_read(text: str) -> str:
    """The text as its reader meets it: without markup, and with something in every place."""
    text = URL.sub(
        "a page", LINK.sub(r"\1", fill_emergency(text, DEFAULT_COUNTRY)).replace("*", "")
    )
    return html.unescape(TAG.sub("", PLACE.sub("3", text))).replace("%%", "%").strip()


def _template_messages(path: Path) -> Iterator[str]:
    source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    for found in MARKED.findall(source):
        yield from (ast.literal_eval(text) for text in re.findall(LITERAL, found))


def _module_messages(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and _name(node.func) in MARKERS:
            yield from (
                each.value
                for each in node.args
                if isinstance(each, ast.Constant) and isinstance(each.value, str)
            )


def _name(function: ast.expr) -> str:
    return str(getattr(function, "id", getattr(function, "attr", "")))


def _walk(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, part in value.items():
            if key not in UNREAD:
                yield from _walk(part, f"{place}.{key}")
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _walk(part, f"{place}.{index}")
    elif isinstance(value, str) and not UNREAD_AT.search(place):
        yield from ((place, line) for line in _lines(value))


def _lines(text: str) -> Iterator[str]:
    yield from (line.strip() for line in text.split("\n") if as_read(line))
