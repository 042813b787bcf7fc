"""What changed between two versions of something, in the words of the one who edits it.

Both sides are the data of a file: objects, lists and values. Entries of a list that have a name
of their own (`key`, `id`, `number`) are followed by it through moves and new words. A key that
begins with a low line is not compared: `_title` says what an entry is called.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

Data = Mapping[str, Any]
# A value such as a rule in words, for the side (before or after) that it is from.
InWords = Callable[[str, Any, Data], str | None]

NAMES = ("key", "id", "number")
TITLES = ("_title", "title", "name", "label", "text", "question", "why", "subject")
LONGEST_NAME = 60
LONGEST_VALUE = 70
CONTEXT = 24
COMING = {"became": "becomes", "moved": "moves", "was": "is"}
NOTHING: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class Change:
    """`where` is the place in the data after the change; empty where that is gone."""

    where: str
    text: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", self.text[0].upper() + self.text[1:])

    def __str__(self) -> str:
        return self.text


def _as_it_is(key: str, value: Any, data: Data) -> None:
    """No better words than the value's own."""


@dataclass(frozen=True, slots=True)
class FieldNames:
    """`parts` are what the entries of a list are called, `fields` what the keys are; `in_words`
    may say a value better than its data would. What is not named reads as its key does. What is
    `coming` did not happen yet."""

    parts: Mapping[str, str]
    fields: Mapping[str, str]
    in_words: InWords = _as_it_is
    coming: bool = False

    def part(self, key: str) -> str:
        return self.parts.get(key, _spoken(key))

    def field(self, key: str) -> str:
        return self.fields.get(key, _spoken(key))


def differences(before: Data, after: Data, words: FieldNames) -> list[Change]:
    """Each difference once, in the order of the file."""
    return list(DataDiff(before, after, words).object(before, after, "", ()))


@dataclass(frozen=True, slots=True)
class DataDiff:
    before: Data
    after: Data
    words: FieldNames

    def object(
        self, before: Data, after: Data, where: str, names: tuple[str, ...]
    ) -> Iterator[Change]:
        for key in [*after, *(key for key in before if key not in after)]:
            old, new = before.get(key), after.get(key)
            if old == new or (old in NOTHING and new in NOTHING) or key.startswith("_"):
                continue
            here = f"{where}.{key}" if where else key
            if _named(old) or _named(new):
                yield from self.entries(key, old or [], new or [], here, names)
            elif isinstance(old or new, Mapping) and self.said(key, old, new) is None:
                inner = names if key in NOT_SPOKEN else (*names, self.words.field(key))
                yield from self.object(old or {}, new or {}, here, inner)
            else:
                yield self.change(key, old, new, here, names)

    def entries(
        self,
        key: str,
        old: Sequence[Data],
        new: Sequence[Data],
        where: str,
        names: tuple[str, ...],
    ) -> Iterator[Change]:
        """Entries that are new, gone, in another place, or changed within."""
        earlier = {_name(each): each for each in old}
        moved = _moved([_name(each) for each in old], [_name(each) for each in new])
        for index, each in enumerate(new):
            here, called = f"{where}[{index}]", self.called(key, each, names)
            if _name(each) not in earlier:
                yield Change(here, f"{called} is new.")
                continue
            if _name(each) in moved:
                yield Change(here, f"{called} {self.verb('moved')} to place {index + 1}.")
            before = earlier[_name(each)]
            yield from self.object(before, each, here, (self.called(key, before, names),))
        kept = {_name(each) for each in new}
        for each in old:
            if _name(each) not in kept:
                yield Change("", f"{self.called(key, each, names)} {self.verb('was')} removed.")

    def verb(self, past: str) -> str:
        return COMING[past] if self.words.coming else past

    def called(self, key: str, entry: Data, names: tuple[str, ...]) -> str:
        title = next((str(entry[name]) for name in TITLES if entry.get(name)), _name(entry))
        return ", ".join((*names, f"{self.words.part(key)} “{_cut(title, LONGEST_NAME)}”"))

    def change(self, key: str, old: Any, new: Any, where: str, names: tuple[str, ...]) -> Change:
        called = ", ".join((*names, self.words.field(key)))
        told = self.said(key, old, new) or (_value(old), _value(new))
        if isinstance(old, str) and isinstance(new, str):
            told = _changed_words(old, new)
        if old in NOTHING:
            text = f"{called} is now {told[1]}."
        elif new in NOTHING:
            text = f"{called} {self.verb('was')} emptied; it was {told[0]}."
        else:
            text = f"{called}: {told[0]} {self.verb('became')} {told[1]}."
        return Change(where, text)

    def said(self, key: str, old: Any, new: Any) -> tuple[str, str] | None:
        told = (
            self.words.in_words(key, old, self.before),
            self.words.in_words(key, new, self.after),
        )
        return None if None in told else (str(told[0]), str(told[1]))


# Objects that only gather fields: their own name says nothing to a reader.
NOT_SPOKEN = {"safety", "disclaimers", "confidence", "labels", "evidence", "progress", "dose"}


def _named(value: Any) -> bool:
    """A list whose entries have names."""
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and bool(value)
        and all(isinstance(each, Mapping) and _name(each) for each in value)
    )


def _name(entry: Data) -> str:
    return next((str(entry[name]) for name in NAMES if name in entry), "")


def _moved(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """As few entries as tell how the order changed; what came or went moved nothing."""
    before = [name for name in old if name in set(new)]
    after = [name for name in new if name in set(old)]
    matched = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    stayed = {name for block in matched for name in before[block.a : block.a + block.size]}
    return set(before) - stayed


def _value(value: Any) -> str:
    if value in NOTHING:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return f"“{_cut(value, LONGEST_VALUE)}”"
    if isinstance(value, Mapping):
        return _cut(", ".join(f"{_spoken(key)} {_plain(each)}" for key, each in value.items()), 120)
    if isinstance(value, Iterable):
        return f"“{_cut(' / '.join(map(_plain, value)), LONGEST_VALUE)}”"
    return str(value)


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(_plain(each) for each in value.values())
    return "nothing" if value is None else str(value)


def _changed_words(old: str, new: str) -> tuple[str, str]:
    """Both texts from shortly before the first difference on, so that it is seen."""
    start = next(
        (at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other),
        min(len(old), len(new)),
    )
    if max(len(old), len(new)) <= LONGEST_VALUE or start <= CONTEXT:
        return _value(old), _value(new)
    begin = old.rfind(" ", 0, start - CONTEXT) + 1
    return _value(f"… {old[begin:]}"), _value(f"… {new[begin:]}")


def _cut(text: str, most: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else f"{flat[: most - 1].rstrip()}…"


def _spoken(key: str) -> str:
    return key.replace("_", " ")
