"""Template filters that render a small subset of Markdown."""

from django import template
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

register = template.Library()

# Emphasis, lists and links only. HTML is escaped, the parser rejects unsafe link schemes, and line
# breaks are kept.
MARKDOWN = MarkdownIt("zero", {"html": False, "breaks": True}).enable(
    ["emphasis", "escape", "link", "list", "newline"]
)


@register.filter
def prose(text: str) -> SafeString:
    """Renders paragraphs with **bold**, *italics*, lists and [links](https://…)."""
    return mark_safe(str(MARKDOWN.render(text)))


@register.filter
def prose_line(text: str) -> SafeString:
    """Like `prose`, without the surrounding paragraph."""
    return mark_safe(str(MARKDOWN.renderInline(text)))
