"""Texts in another language than the content that they're part of."""

from collections.abc import Iterable
from html import escape
from typing import Self


class ForeignText(str):
    """In HTML, it says its language, since templates ask it how to escape itself. What's made out
    of it is ordinary text, unless it's made below."""

    language: str

    def __new__(cls, text: str, language: str) -> Self:
        made = super().__new__(cls, text)
        made.language = language
        return made

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        return type(self), (str(self), self.language)

    def __html__(self) -> str:
        return self.around(escape(self))

    def around(self, html: str) -> str:
        # Without quotes, so that it can't end an attribute that it gets into.
        return f"<span lang={escape(self.language)}>{html}</span>"


def in_language_of(text: str, made: str) -> str:
    """What was made out of a text, in the same language."""
    return ForeignText(made, text.language) if isinstance(text, ForeignText) else made


def joined(by: str, texts: Iterable[str]) -> str:
    """Texts as one, in their language if it's the same."""
    parts = [*texts]
    languages = {part.language if isinstance(part, ForeignText) else "" for part in parts}
    whole = by.join(parts)
    return in_language_of(parts[0], whole) if len(languages) == 1 else whole
