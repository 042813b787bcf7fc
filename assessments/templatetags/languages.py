"""Languages, as pages name them."""

from django import template
from django.conf import settings

register = template.Library()


@register.filter
def direction(language: str) -> str:
    """Whether it is read from the left or from the right: a value for `dir`."""
    code = language.lower()
    bidi = code in settings.LANGUAGES_BIDI or code.split("-")[0] in settings.LANGUAGES_BIDI
    return "rtl" if bidi else "ltr"
