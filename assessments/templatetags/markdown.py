"""Long texts, written in a little Markdown."""

from django import template
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

register = template.Library()

# What a text may hold: emphasis, lists, links. HTML prints as it was typed, and the parser
# refuses links that run something. A line break stays one.
MARKDOWN = MarkdownIt("zero", {"html": False, "breaks": True}).enable(
    ["emphasis", "escape", "link", "list", "newline"]
)


@register.filter
def prose(text: str) -> SafeString:
    """Paragraphs, with **bold**, *italics*, lists and [links](https://…)."""
    return mark_safe(str(MARKDOWN.render(text)))


@register.filter
def prose_line(text: str) -> SafeString:
    """The same, where a paragraph stands around it already."""
    return mark_safe(str(MARKDOWN.renderInline(text)))
