"""Languages in templates."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from assessments.runner.languages import home_in
from runfit.lib.json_format.foreign_texts import ForeignText
from runfit.lib.translation import direction

register = template.Library()
register.filter(direction)
register.simple_tag(home_in)


@register.filter
def unmarked(text: str) -> str:
    """For attributes, where no element can say the text's language."""
    return str(text)


@register.filter
def lang(text: str) -> SafeString:
    """The `lang` of an element whose attribute is a text in another language."""
    return (
        format_html(' lang="{}"', text.language) if isinstance(text, ForeignText) else SafeString()
    )
