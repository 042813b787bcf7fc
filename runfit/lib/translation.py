"""In which language the interface speaks."""

from django.conf import settings
from django.utils import translation


def use_language(language: str) -> translation.override:
    """Within this the interface speaks the content's language, or the site's own where it has no
    words in that one."""
    try:
        code = translation.get_supported_language_variant(language.lower())
    except LookupError:
        code = settings.LANGUAGE_CODE
    return translation.override(code)
