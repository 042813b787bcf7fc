"""Template filters for languages."""

from django import template
from django.conf import settings

register = template.Library()


@register.filter
def direction(language: str) -> str:
    """The text direction of a language, as a value for `dir`."""
    code = language.lower()
    bidi = code in settings.LANGUAGES_BIDI or code.split("-")[0] in settings.LANGUAGES_BIDI
    return "rtl" if bidi else "ltr"
