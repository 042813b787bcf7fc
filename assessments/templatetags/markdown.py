"""Template filters that render a small subset of Markdown."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from markdown_it import MarkdownIt
from markdown_it.token import Token

from assessments import selectors
from assessments.emergency_numbers import VARIABLE
from assessments.templatetags.emergency import emergency
from runfit.lib.json_format.foreign_texts import ForeignText

register = template.Library()

# Emphasis, lists and links only. HTML is escaped, the parser rejects unsafe link schemes, and line
# breaks are kept.
MARKDOWN = MarkdownIt("zero", {"html": False, "breaks": True}).enable(
    ["emphasis", "escape", "link", "list", "newline"]
)


def _text(renderer: Any, tokens: Sequence[Token], index: int, *more: Any) -> str:
    """A text with links instead of {emergency}, which thus never lands in an attribute."""
    return emergency(mark_safe(renderer.text(tokens, index, *more)))


MARKDOWN.add_render_rule("text", _text)


@register.filter
def prose(text: str) -> SafeString:
    """Renders paragraphs with **bold**, *italics*, lists and [links](https://…)."""
    return _prose(text, _foreign(text), *_place(text))


@register.filter
def prose_line(text: str) -> SafeString:
    """Like `prose`, without the surrounding paragraph."""
    html = _prose_line(text, *_place(text))
    return mark_safe(text.around(html)) if isinstance(text, ForeignText) else html


def _place(text: str) -> tuple[str, str | None]:
    """The country and the language, which decide what {emergency} becomes."""
    return (selectors.practice().country, get_language()) if VARIABLE in text else ("", None)


# Few texts, which make up results in countless combinations.
@lru_cache(maxsize=512)
def _prose(text: str, foreign: str, _country: str, _language: str | None) -> SafeString:
    tokens = MARKDOWN.parse(text)
    if foreign:
        for token in tokens:
            if token.level == 0 and token.nesting == 1:
                token.attrSet("lang", foreign)
    return mark_safe(str(MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})))


@lru_cache(maxsize=512)
def _prose_line(text: str, _country: str, _language: str | None) -> SafeString:
    return mark_safe(str(MARKDOWN.renderInline(text)))


def _foreign(text: str) -> str:
    return text.language if isinstance(text, ForeignText) else ""
