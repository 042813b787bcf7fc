"""Template filters that render a small subset of Markdown."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from assessments.templatetags.emergency import emergency

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
    return mark_safe(str(MARKDOWN.render(text)))


@register.filter
def prose_line(text: str) -> SafeString:
    """Like `prose`, without the surrounding paragraph."""
    return mark_safe(str(MARKDOWN.renderInline(text)))
