"""The texts of one content in two languages, side by side. Works on file data, even if incomplete.

What isn't a text (rules, points, order, keys) is the original's. A text that isn't translated yet
stays in the original's words.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

Data = dict[str, Any]
NAMES = ("key", "id", "number")


def named(entry: Mapping[str, Any]) -> str:
    """What an entry of a list is known by, whatever its words are."""
    return next((str(entry[name]) for name in NAMES if name in entry), "")


@dataclass(frozen=True, slots=True)
class Within:
    """The texts of an object. `spoken` names it where its key alone would mislead."""

    key: str
    fields: "tuple[Field, ...]"
    spoken: str = ""


@dataclass(frozen=True, slots=True)
class Each:
    """The texts of each entry of a list or an object. Without fields, its entries are texts."""

    key: str
    fields: "tuple[Field, ...]" = ()
    name: Callable[[Mapping[str, Any]], str] = named


Field = str | Within | Each


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the content, as a runner meets it."""

    key: str
    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for one text. `path` is made of keys, so it survives moves; `where` counts entries,
    as people do."""

    path: str
    where: str
    holder: Any
    key: Any

    @property
    def text(self) -> str:
        value = self.holder[self.key]
        return "\n".join(value) if isinstance(value, list) else str(value)

    def write(self, text: str) -> None:
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        self.holder[self.key] = lines if isinstance(self.holder[self.key], list) else text


def slots(data: Data, fields: Iterable[Field], path: str = "", where: str = "") -> Iterator[Slot]:
    """Every text that isn't blank, in the order of the fields."""
    for each in fields:
        if isinstance(each, str):
            if data.get(each):
                yield Slot(f"{path}{each}", f"{where}{each}", data, each)
            continue
        inner = data.get(each.key)
        if not inner:
            continue
        within = f"{path}{each.key}/"
        if isinstance(each, Within):
            spoken = f"{each.spoken}." if each.spoken else ""
            yield from slots(inner, each.fields, within, f"{where}{spoken}")
        else:
            yield from _entries(inner, each, within, f"{where}{each.key}")


def _entries(inner: Any, each: Each, path: str, where: str) -> Iterator[Slot]:
    for index, (name, entry) in enumerate(_named(inner, each)):
        place = f"{where}[{index}]"
        if each.fields:
            yield from slots(entry, each.fields, f"{path}{name}/", f"{place}.")
        else:
            yield Slot(f"{path}{name}", place, inner, name)


def _named(inner: Any, each: Each) -> Iterator[tuple[str, Any]]:
    """The entries by name. Names of a list's entries may occur more than once."""
    if isinstance(inner, dict):
        yield from inner.items()
        return
    seen: Counter[str] = Counter()
    for entry in inner:
        name = each.name(entry)
        seen[name] += 1
        yield (name if seen[name] == 1 else f"{name} {seen[name]}"), entry


@dataclass(frozen=True, slots=True)
class Sources:
    """The original's words that each text was translated from, or that it was copied from and
    still says. `same` are the texts that are right as they are in both languages."""

    words: Mapping[str, str] = field(default_factory=dict)
    same: frozenset[str] = frozenset()

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        return cls(data["words"], frozenset(data["same"]))

    def to_data(self) -> Data:
        return {"words": dict(self.words), "same": sorted(self.same)}


@dataclass(frozen=True, slots=True)
class TranslatedText:
    """One text in both languages. `words` are blank while it's missing; `source` is what they
    were translated from."""

    path: str
    where: str
    original: str
    words: str
    source: str

    @property
    def missing(self) -> bool:
        return not self.words

    @property
    def changed(self) -> bool:
        """Whether the original says something else since."""
        return bool(self.words) and self.source != self.original


@dataclass(frozen=True)
class Translation:
    """A content and its translation. `own_keys` are those of the file that the translation has for
    itself."""

    original: Data
    own: Data
    sources: Sources
    parts: tuple[Part, ...]
    own_keys: tuple[str, ...]

    @cached_property
    def texts(self) -> dict[str, TranslatedText]:
        """All texts of the original by path, in the order in which a runner meets them."""
        return {text.path: text for part in self.parts for text in self.part_texts(part)}

    def part_texts(self, part: Part) -> list[TranslatedText]:
        return [self._text(slot) for slot in slots(self.original, part.fields)]

    def _text(self, slot: Slot) -> TranslatedText:
        words = self._own_words.get(slot.path, "")
        source = self.sources.words.get(slot.path, slot.text)
        if words == source and slot.path not in self.sources.same:
            words = ""  # a copy
        return TranslatedText(slot.path, slot.where, slot.text, words, source)

    @cached_property
    def _own_words(self) -> dict[str, str]:
        return {slot.path: slot.text for slot in self._slots(self.own)}

    def _slots(self, data: Data) -> Iterator[Slot]:
        for part in self.parts:
            yield from slots(data, part.fields)

    @property
    def missing(self) -> int:
        return sum(text.missing for text in self.texts.values())

    @property
    def changed(self) -> int:
        return sum(text.changed for text in self.texts.values())

    @property
    def in_words(self) -> str:
        """What's to do; blank if nothing is."""
        count = self.missing
        parts = [f"{count} text{'' if count == 1 else 's'} to translate"] if count else []
        parts += [f"{self.changed} changed in the original since"] if self.changed else []
        return ", ".join(parts)

    def brought_along(
        self, typed: Mapping[str, str] | None = None, seen: Iterable[str] = ()
    ) -> tuple[Data, Sources]:
        """The translation as it'd be with the original's rules, points, and order, and with these
        words; blank ones are missing again. `seen` are the texts that were typed, or found right,
        beside what the original says now."""
        typed, up_to_date = typed or {}, {*seen}
        data = deepcopy(self.original)
        sources: dict[str, str] = {}
        same: set[str] = set()
        for slot in self._slots(data):
            text = self.texts[slot.path]
            words, source = typed.get(slot.path, text.words), text.source
            if not words or slot.path in up_to_date:
                source = text.original
            elif slot.path in typed and source == text.original:
                source = ""  # unknown: the original changed under her hands
            if words and words == source:
                same.add(slot.path)
            if words:
                slot.write(words)
            sources[slot.path] = source
        own = {key: self.own[key] for key in self.own_keys if key in self.own}
        return {**data, **own}, Sources(sources, frozenset(same))
