"""A made-up locale: what a catalog translates comes in marks, so that other words stand out."""

import json
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.db.models import CharField, JSONField, Model, TextField
from django.utils.translation.trans_real import DjangoTranslation

from runfit.lib.models import columns

LEFT, RIGHT = "⟦⟧"
NOT_HELD = "\N{WORD JOINER}"
MARKED = re.compile(f"{LEFT}[^{LEFT}{RIGHT}]*{RIGHT}")
WORD = re.compile(r"[A-Za-z]{2,}")
CODE = re.compile(r"\S+@\S+|\S+://\S+|\S*\w[._/]\w\S*|\{\w+\}|\{\".*\}")
WRITTEN = re.compile(r"[A-Za-z0-9][,.?!…]? [(A-Za-z]|^[A-Z][a-z]+[.?!]?$")
NOT_WORDS = re.compile(r"^<|://|@")
LETTER = re.compile(r"\{\w+\}|[A-Za-z]+")
FIRST_OTHER = 0x0430  # of the small Cyrillic letters; the capital ones come right before them
OTHERS = {letter: FIRST_OTHER + letter - ord("a") for letter in range(ord("a"), ord("z") + 1)}
OTHERS |= {letter: FIRST_OTHER - 32 + letter - ord("A") for letter in range(ord("A"), ord("Z") + 1)}
END = "\0"
UNREAD = {"script", "style", "svg", "code", "textarea", "pre"}
WORDY = {"aria-label", "title", "alt", "placeholder"}
VOID = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
}


def mark_translations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the test ends, what another language's catalog holds comes in marks."""
    for name in ("gettext", "ngettext", "pgettext", "npgettext"):
        monkeypatch.setattr(DjangoTranslation, name, _marking(getattr(DjangoTranslation, name)))


def _marking(translate: Callable[..., str]) -> Callable[..., str]:
    def marked(self: Any, *args: Any) -> str:
        text = translate(self, *args)
        if self.language() == "en":  # which other languages fall back to
            return NOT_HELD + text
        return text.removeprefix(NOT_HELD) if text.startswith(NOT_HELD) else LEFT + text + RIGHT

    return marked


def unmarked(page: str, language: str) -> list[str]:
    """What a page in a language says without marks, apart from what is in another language."""
    text = END.join(_Reader(page, language).texts)
    while (rest := MARKED.sub(" ", text)) != text:
        text = rest
    lines = (" ".join(CODE.sub(" ", line).split()) for line in text.split(END))
    return [line for line in lines if WORD.search(line)]


class _Reader(HTMLParser):
    """What a page says and what it calls its parts, in one language."""

    def __init__(self, page: str, language: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.language = language
        self.open: list[bool] = []  # whether each open element is read
        self.feed(page)

    @property
    def is_read(self) -> bool:
        return all(self.open[-1:])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        read = (
            self.is_read and tag not in UNREAD and named.get("lang", self.language) == self.language
        )
        if read:
            self.texts += self._said(tag, named)
        if tag not in VOID:
            self.open.append(read)

    def _said(self, tag: str, named: dict[str, str]) -> Iterable[str]:
        yield from (named[name] for name in WORDY if name in named)
        if tag == "input" and named.get("type") in {"submit", "button"}:
            yield named.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.is_read:
            self.texts.append(data)


def content_in_other_letters() -> None:
    """Writes all that people wrote, in drafts, versions, and logs, in letters of no catalog."""
    for label in ("assessments", "guides", "auditlog"):
        for model in apps.get_app_config(label).get_models():
            _write(model)


def _write(model: type[Model]) -> None:
    names = [
        column.attname
        for column in columns(model)
        if isinstance(column, CharField | TextField | JSONField) and not column.choices
    ]
    for row in model._default_manager.values("pk", *names):
        changed = {name: _other(row[name]) for name in names if _other(row[name]) != row[name]}
        if changed:
            model._default_manager.filter(pk=row["pk"]).update(**changed)


def _other(value: Any) -> Any:
    if isinstance(value, list):
        return [*map(_other, value)]
    if isinstance(value, dict):
        return {name: _other(each) for name, each in value.items()}
    if isinstance(value, str) and value.startswith(("{", "[")):
        with suppress(ValueError):
            return json.dumps(_other(json.loads(value)), ensure_ascii=False)
    if not isinstance(value, str) or not WRITTEN.search(value) or NOT_WORDS.search(value):
        return value
    return LETTER.sub(lambda found: _word(found[0]), value)


def _word(word: str) -> str:
    return word if word.startswith("{") else word.translate(OTHERS)
