"""Template tags for emergency numbers."""

from django import template
from django.utils.safestring import SafeString

from assessments import selectors
from assessments.emergency_numbers import VARIABLE

register = template.Library()


@register.filter
def emergency(text: str) -> SafeString:
    """The text with links to the emergency numbers instead of {emergency}."""
    return selectors.emergency_linked(text)


@register.filter
def emergency_words(text: str) -> str:
    """The same without links, for titles and labels."""
    return selectors.emergency_text(text)


@register.simple_tag
def emergency_numbers() -> SafeString:
    """Links to the emergency numbers of the practice's country."""
    return selectors.emergency_linked(VARIABLE)
