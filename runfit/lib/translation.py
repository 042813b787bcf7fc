"""Activates the content's language for the interface."""

from django.conf import settings
from django.utils import translation


def use_language(language: str) -> translation.override:
    """A context manager that activates the content's language, or the site's own if the interface
    isn't translated into it."""
    try:
        code = translation.get_supported_language_variant(language.lower())
    except LookupError:
        code = settings.LANGUAGE_CODE
    return translation.override(code)
