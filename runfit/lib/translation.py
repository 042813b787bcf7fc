"""Languages of content and of the interface."""

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.utils import translation

from runfit.lib.messages import Message, filled


def interface_languages(folders: Iterable[Path]) -> list[tuple[str, str]]:
    """English, and each language with a compiled catalog in one of the folders."""
    catalogs = (path for folder in folders for path in folder.glob("*/LC_MESSAGES/django.mo"))
    codes = {translation.to_language(path.parts[-3]) for path in catalogs}
    return [(code, own_name(code)) for code in ("en", *sorted(codes - {"en"}))]


def own_name(language: str) -> str:
    """In the language itself; its code if it's one that nobody listed."""
    try:
        name = str(translation.get_language_info(language.lower())["name_local"])
    except KeyError:
        return language
    return name[:1].upper() + name[1:]


def use_language(language: str) -> translation.override:
    """A context manager that activates the content's language, or the site's own if the interface
    isn't translated into it."""
    try:
        code = translation.get_supported_language_variant(language.lower())
    except LookupError:
        code = settings.LANGUAGE_CODE
    return translation.override(code)


def translated(value: str) -> str:
    """A message in the active language. Any other text stays as it is."""
    if not isinstance(value, Message):
        return value
    values = {name: _translated(each) for name, each in value.values.items()}
    return filled(translation.gettext(value.template), values)


def _translated(value: object) -> object:
    if isinstance(value, tuple):
        return tuple(map(_translated, value))
    return translated(value) if isinstance(value, str) else value


def language_name(language: str) -> str:
    """In the active language; the code itself if it's a language that nobody listed."""
    try:
        return str(translation.get_language_info(language.lower())["name_translated"])
    except KeyError:
        return language


def has_interface(language: str) -> bool:
    """Whether buttons and other words of RunFit's own are there in a language."""
    try:
        translation.get_supported_language_variant(language.lower())
    except LookupError:
        return False
    return True


def direction(language: str) -> str:
    """The text direction of a language, as a value for `dir`."""
    code = language.lower()
    bidi = code in settings.LANGUAGES_BIDI or code.split("-")[0] in settings.LANGUAGES_BIDI
    return "rtl" if bidi else "ltr"
