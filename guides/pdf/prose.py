"""Reads the Markdown that a self-check's texts may hold, for the templates (pure).

Only what pages show too: paragraphs, **bold**, *italics*, lists, and links.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from markdown_it.token import Token

from guides.content.marks import BREAKS, MARKDOWN

Data = dict[str, Any]

LISTS = {"bullet_list": "list", "ordered_list": "enum"}


def prose(text: str) -> list[Data]:
    """Parts of the text in order: each is a `kind` (par, list, or enum) and its `items`, which are
    spans of text, each with `strong`, `emph`, and `url`."""
    parts: list[Data] = []
    kinds = ["par"]
    for token in MARKDOWN.parse(text):
        name, _, edge = token.type.rpartition("_")
        if name in LISTS and edge == "open":
            kinds.append(LISTS[name])
            parts.append({"kind": kinds[-1], "items": []})
        elif name in LISTS:
            kinds.pop()
        elif token.type == "inline":
            _add(parts, kinds[-1], [*_spans(token.children or [])])
    return [part for part in parts if part["items"]]


def _add(parts: list[Data], kind: str, spans: list[Data]) -> None:
    if kind == "par" or parts[-1]["kind"] != kind:
        parts.append({"kind": kind, "items": []})
    parts[-1]["items"].append(spans)


def _spans(tokens: Sequence[Token]) -> Iterator[Data]:
    strong = emph = 0
    url = ""
    for token in tokens:
        strong += token.nesting * (token.tag == "strong")
        emph += token.nesting * (token.tag == "em")
        if token.tag == "a":
            url = str(token.attrs.get("href", ""))
        text = "\n" if token.type in BREAKS else token.content
        if text and not token.nesting:
            yield {"text": text, "strong": strong > 0, "emph": emph > 0, "url": url}
