"""The marks that texts may hold: **bold**, *italics*, lists, and [links](https://…) (pure).

Pages render the same ones (`assessments/templatetags/markdown.py`). Here is what emails need
besides.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from markdown_it import MarkdownIt
from markdown_it.token import Token

from runfit.lib.json_format.foreign_texts import joined

MARKDOWN = MarkdownIt("zero", {"html": False}).enable(
    ["emphasis", "escape", "link", "list", "newline"]
)
LIST_LINE = re.compile(r"(?:[-+*]|(\d{1,9}[.)])) +(.*)")
MARK = re.compile(r"([\\*_\[\]])")
WHOLE_ADDRESS = re.compile(r"(?:https?|mailto|tel):", re.IGNORECASE)
BREAKS = {"softbreak", "hardbreak"}


def without_marks(text: str) -> str:
    """The text with its stars and brackets as they are, where marks are read."""
    return MARK.sub(r"\\\1", text)


def paragraphs(lines: Iterable[str]) -> Iterator[str]:
    """Each line is a paragraph of its own, but list lines in a row are one list."""
    for is_list, group in groupby(lines, lambda line: LIST_LINE.match(line) is not None):
        if is_list:
            yield joined("\n", group)
        else:
            yield from group


def plain_text(paragraph: str) -> str:
    """A paragraph or list to read without marks: list dashes stay, links are written out."""
    return "\n".join(map(_plain_line, paragraph.split("\n")))


def partial_links(text: str) -> Iterator[str]:
    """The addresses of links that lead nowhere from an email, such as www.example.org."""
    for line in text.splitlines():
        for token in _inline(line):
            address = str(token.attrs.get("href", ""))
            if token.type == "link_open" and not WHOLE_ADDRESS.match(address):
                yield address


def _plain_line(line: str) -> str:
    item = LIST_LINE.match(line)
    return f"{item[1] or '-'} {_plain(item[2])}" if item else _plain(line)


def _plain(text: str) -> str:
    parts: list[str] = []
    address, start = "", 0
    for token in _inline(text):
        if token.type == "link_open":
            address, start = str(token.attrs["href"]), len(parts)
        elif token.type == "link_close":
            shown = address.removeprefix("mailto:").removeprefix("tel:")
            parts += [f" ({shown})"] if "".join(parts[start:]) != shown else []
        else:
            parts.append("\n" if token.type in BREAKS else token.content)
    return "".join(parts)


def _inline(text: str) -> Sequence[Token]:
    [token] = MARKDOWN.parseInline(text)
    return token.children or []
