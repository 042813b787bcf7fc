"""The texts of one content in two languages, side by side. Works on file data, even if incomplete.

What isn't a text (rules, points, order, keys) is the original's. A text that isn't translated yet
stays in the original's words.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

from runfit.lib.json_format.faults import Fault, FaultsError

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
class Place:
    """`path` is made of keys, so it survives moves; `where` counts entries, as people do; `at` is
    the place in the data, as faults name it."""

    path: str = ""
    where: str = ""
    at: str = ""

    def within(self, path: str, where: str, at: str) -> "Place":
        return Place(
            f"{self.path}/{path}" if self.path else path,
            ".".join(filter(None, [self.where, where])),
            ".".join(filter(None, [self.at, at])),
        )


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for one text."""

    place: Place
    holder: Any
    key: Any

    @property
    def path(self) -> str:
        return self.place.path

    @property
    def text(self) -> str:
        value = self.holder[self.key]
        return "\n".join(value) if isinstance(value, list) else str(value)

    @property
    def places(self) -> list[str]:
        """Where its lines are, or it is, as faults name it."""
        value, at = self.holder[self.key], self.place.at
        return [f"{at}[{line}]" for line in range(len(value))] if isinstance(value, list) else [at]

    def write(self, text: str) -> None:
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        self.holder[self.key] = lines if isinstance(self.holder[self.key], list) else text


def slots(data: Data, fields: Iterable[Field], place: Place = Place()) -> Iterator[Slot]:
    """Every text that has words (numbers alone need none), in the order of the fields."""
    for each in fields:
        if isinstance(each, str):
            slot = Slot(place.within(each, each, each), data, each)
            if data.get(each) and any(map(str.isalpha, slot.text)):
                yield slot
            continue
        inner = data.get(each.key)
        if not inner:
            continue
        if isinstance(each, Within):
            yield from slots(inner, each.fields, place.within(each.key, each.spoken, each.key))
        else:
            yield from _entries(inner, each, place)


def _entries(inner: Any, each: Each, place: Place) -> Iterator[Slot]:
    for index, (name, entry) in enumerate(_named(inner, each)):
        at = f"{each.key}.{name}" if isinstance(inner, dict) else f"{each.key}[{index}]"
        here = place.within(f"{each.key}/{name}", f"{each.key}[{index}]", at)
        if each.fields:
            yield from slots(entry, each.fields, here)
        else:
            yield Slot(here, inner, name)


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


def places_of(paths: Collection[str], data: Data, parts: Iterable[Part]) -> list[str]:
    """Where the texts with these paths are in the data, as faults name it."""
    found = (slot for part in parts for slot in slots(data, part.fields) if slot.path in paths)
    return [place for slot in found for place in slot.places]


@dataclass(frozen=True, slots=True)
class Sources:
    """The original's words that each text was translated from, or that it was copied from and
    still says. `same` are the texts that are right as they are in both languages."""

    words: Mapping[str, str] = field(default_factory=dict)
    same: frozenset[str] = frozenset()

    @classmethod
    def read(cls, data: Mapping[str, Any] | None) -> Self:
        """None if nothing was translated yet."""
        return cls() if data is None else cls(data["words"], frozenset(data["same"]))

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

    @property
    def to_do(self) -> bool:
        return self.missing or self.changed


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
        return TranslatedText(slot.path, slot.place.where, slot.text, words, source)

    @cached_property
    def _own_words(self) -> dict[str, str]:
        return {slot.path: slot.text for slot in self._slots(self.own)}

    def refused(
        self, parse: Callable[[object], object], data: Data, typed: Iterable[str]
    ) -> dict[str, str]:
        """What the file format says against these words, by path. Faults that the original has,
        too, don't count."""
        known = {fault.where for fault in _faults(parse, self.original)}
        faults = [fault for fault in _faults(parse, data) if fault.where not in known]
        typed = {*typed}
        return {
            slot.path: fault.message
            for slot in self._slots(data)
            if slot.path in typed
            for fault in faults
            if fault.where == slot.place.at or fault.where.startswith(f"{slot.place.at}[")
        }

    def _slots(self, data: Data) -> Iterator[Slot]:
        for part in self.parts:
            yield from slots(data, part.fields)

    @property
    def missing_paths(self) -> frozenset[str]:
        return frozenset(path for path, text in self.texts.items() if text.missing)

    @property
    def missing(self) -> int:
        return len(self.missing_paths)

    @property
    def changed(self) -> int:
        return sum(text.changed for text in self.texts.values())

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


def _faults(parse: Callable[[object], object], data: Data) -> tuple[Fault, ...]:
    try:
        parse(data)
    except FaultsError as error:
        return error.faults
    return ()
