"""Shows two versions of one value side by side, with the words marked that differ."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from assessments.desk.concurrent_edits.authors import Author

WORD = re.compile(r"\s+|\S+")
MOST_WORDS = 2000  # spaces included; comparing takes the square of it


def side_by_side(ours: str, theirs: str, author: Author) -> SafeString:
    return format_html(
        '<dl class="both"><div><dt>{}</dt><dd>{}</dd></div><div><dt>{}</dt><dd>{}</dd></div></dl>',
        gettext("Yours"),
        marked(ours, theirs),
        gettext("Saved meanwhile by {author}").format(author=author.signature),
        marked(theirs, ours),
    )


def marked(text: str, other: str) -> SafeString:
    """A text with a mark around each of its words that the other one doesn't have there."""
    if not text:
        return format_html("<em>{}</em>", gettext("nothing"))
    words, others = WORD.findall(text), WORD.findall(other)
    if not others or len(words) + len(others) > MOST_WORDS:
        return format_html("{}", text)
    parts = _parts(words, others)
    marks = ((format_html("<mark>{}</mark>", part) if new else part,) for part, new in parts)
    return format_html_join("", "{}", marks)


def _parts(words: list[str], others: list[str]) -> Iterator[tuple[str, bool]]:
    """Its pieces in order, each with whether it's new."""
    matcher = SequenceMatcher(None, others, words, autojunk=False)
    for kind, _start, _end, first, last in matcher.get_opcodes():
        part = "".join(words[first:last])
        yield part, kind != "equal" and bool(part.strip())
