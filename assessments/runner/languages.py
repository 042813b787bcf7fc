"""Links between self-checks that say the same in different languages."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from assessments import selectors
from assessments.models import Edition
from runfit.lib.translation import own_name

HOME_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})*")
"""Of a first page's own path. (A language may be written with more letters, though none is.)"""


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """The same page in a language, which is named in itself."""

    code: str
    name: str
    url: str
    is_current: bool

    @property
    def full_url(self) -> str:
        return f"{settings.SITE_URL}{self.url}"


def language_links(edition: Edition, url: Callable[[Edition], str]) -> list[LanguageLink]:
    """The page of this edition and its translations: `url` is blank for one that has no such page.
    Empty if there's only one language."""
    links = [
        LanguageLink(code, own_name(code), address, translation.pk == edition.pk)
        for code, translation in selectors.translations(edition).items()
        if (address := url(translation))
    ]
    return links if len(links) > 1 else []


def home_path(edition: Edition) -> str:
    """The first page in this edition's language."""
    return home_in(selectors.edition_definition(edition).language)


def home_in(language: str) -> str:
    """The first page in this language, if it speaks it."""
    code = language.lower()
    default = selectors.edition_default()
    translation = selectors.translations(default).get(code) if default else None
    if translation and translation != default and HOME_LANGUAGE.fullmatch(code):
        return reverse("assessments:home_in", args=[code])
    return reverse("assessments:home")
