"""A readable diff of two versions, in the editor's terms.

Both sides are JSON data. List entries with an identifier (`key`, `id`, `number`) are tracked by it
through moves and rewording. Keys that begin with an underscore aren't compared: `_title` is an
entry's label.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Literal

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Data = Mapping[str, Any]
# Describes a value, such as a rule, given the data (before or after) that it is from.
InWords = Callable[[str, Any, Data], str | None]
Kind = Literal["new", "edited", "moved", "removed"]

NAMES = ("key", "id", "number")
TITLES = ("_title", "title", "name", "label", "text", "question", "why", "subject")
LONGEST_NAME = 60
LONGEST_VALUE = 70
CONTEXT = 24
ORDER = "#order"
NOTHING: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value is: its path in the data after the change, its keys and names of entries, which
    moves don't change, and what the PT calls the objects around it."""

    where: str = ""
    keys: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def within(self, key: str, *names: str) -> "Place":
        """The place of one of its keys."""
        where = f"{self.where}.{key}" if self.where else key
        return Place(where, (*self.keys, key), (*self.names, *names))

    def entry(self, index: int, name: str) -> "Place":
        """The place of one of its entries."""
        return Place(f"{self.where}[{index}]", (*self.keys, name), self.names)

    def meets(self, other: "Place") -> bool:
        """Whether they're the same place, or one is within the other."""
        return all(one == its for one, its in zip(self.keys, other.keys, strict=False))


@dataclass(frozen=True, slots=True)
class Change:
    """`where` is the path in the data after the change; empty for a removed entry."""

    where: str
    text: str
    place: Place = field(default=Place(), compare=False)
    kind: Kind = field(default="edited", compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", self.text[0].upper() + self.text[1:])

    def __str__(self) -> str:
        return self.text


def _as_it_is(key: str, value: Any, data: Data) -> None:
    """No better description than the value itself."""


@dataclass(frozen=True, slots=True)
class FieldNames:
    """Labels for list entries (`parts`) and for keys (`fields`); the default is the key itself, as
    Django names fields.
    `in_words` may describe a value better than its data. `coming` puts changes in the present
    tense, since they haven't been made yet."""

    parts: "Mapping[str, StrOrPromise]"
    fields: "Mapping[str, StrOrPromise]"
    in_words: InWords = _as_it_is
    coming: bool = False

    def part(self, key: str) -> str:
        return str(self.parts.get(key) or _spoken(key))

    def field(self, key: str) -> str:
        return str(self.fields.get(key) or _spoken(key))


def differences(before: Data, after: Data, words: FieldNames) -> list[Change]:
    """Every difference once, in the order of the file."""
    return list(DataDiff(before, after, words).object(before, after, Place()))


@dataclass(frozen=True, slots=True)
class DataDiff:
    before: Data
    after: Data
    words: FieldNames

    def object(self, before: Data, after: Data, place: Place) -> Iterator[Change]:
        for key in [*after, *(key for key in before if key not in after)]:
            old, new = before.get(key), after.get(key)
            if old == new or (old in NOTHING and new in NOTHING) or key.startswith("_"):
                continue
            if _named(old) or _named(new):
                yield from self.entries(key, old or [], new or [], place.within(key))
            elif isinstance(old or new, Mapping) and self.described(key, old, new) is None:
                inner = () if key in NOT_SPOKEN else (self.words.field(key),)
                yield from self.object(old or {}, new or {}, place.within(key, *inner))
            else:
                yield self.change(key, old, new, place.within(key))

    def entries(
        self, key: str, old: Sequence[Data], new: Sequence[Data], place: Place
    ) -> Iterator[Change]:
        """Entries that were added, removed, moved or edited."""
        earlier = {_name(entry): entry for entry in old}
        moved = _moved([_name(entry) for entry in old], [_name(entry) for entry in new])
        for index, entry in enumerate(new):
            here, called = place.entry(index, _name(entry)), self.called(key, entry, place)
            if _name(entry) not in earlier:
                yield Change(here.where, _("{what} is new.").format(what=called), here, "new")
                continue
            if _name(entry) in moved:
                text = self.tense(
                    _("{what} moved to place {place}."), _("{what} moves to place {place}.")
                )
                text = text.format(what=called, place=index + 1)
                yield Change(here.where, text, here.within(ORDER), "moved")
            before = earlier[_name(entry)]
            yield from self.object(
                before, entry, replace(here, names=(self.called(key, before, place),))
            )
        remaining = {_name(entry) for entry in new}
        for entry in old:
            if _name(entry) not in remaining:
                text = self.tense(_("{what} was removed."), _("{what} is removed."))
                text = text.format(what=self.called(key, entry, place))
                yield Change("", text, place.entry(-1, _name(entry)), "removed")

    def tense(self, past: str, present: str) -> str:
        return present if self.words.coming else past

    def called(self, key: str, entry: Data, place: Place) -> str:
        title = next((str(entry[name]) for name in TITLES if entry.get(name)), _name(entry))
        return ", ".join((*place.names, f"{self.words.part(key)} “{_cut(title, LONGEST_NAME)}”"))

    def change(self, key: str, old: Any, new: Any, place: Place) -> Change:
        called = ", ".join((*place.names, self.words.field(key)))
        texts = self.described(key, old, new) or _told(old, new)
        if old in NOTHING:
            text = _("{what} is now {new}.")
        elif new in NOTHING:
            text = self.tense(
                _("{what} was emptied; it was {old}."), _("{what} is emptied; it was {old}.")
            )
        else:
            text = self.tense(_("{what}: {old} became {new}."), _("{what}: {old} becomes {new}."))
        return Change(place.where, text.format(what=called, old=texts[0], new=texts[1]), place)

    def described(self, key: str, old: Any, new: Any) -> tuple[str, str] | None:
        texts = (
            self.words.in_words(key, old, self.before),
            self.words.in_words(key, new, self.after),
        )
        return None if None in texts else (str(texts[0]), str(texts[1]))


# Objects that only group fields: their own name means nothing to a reader.
NOT_SPOKEN = {"safety", "disclaimers", "confidence", "labels", "evidence", "progress", "dose"}


def _named(value: Any) -> bool:
    """Whether this is a list whose entries have identifiers."""
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and bool(value)
        and all(isinstance(entry, Mapping) and _name(entry) for entry in value)
    )


def _name(entry: Data) -> str:
    return next((str(entry[name]) for name in NAMES if name in entry), "")


def _moved(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """The fewest entries whose moves explain the new order. Additions and removals don't count."""
    before = [name for name in old if name in set(new)]
    after = [name for name in new if name in set(old)]
    matched = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    stayed = {name for block in matched for name in before[block.a : block.a + block.size]}
    return set(before) - stayed


def _value(value: Any) -> str:
    if value in NOTHING:
        return _("nothing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str):
        return f"“{_cut(value, LONGEST_VALUE)}”"
    if isinstance(value, Mapping):
        return _cut(", ".join(f"{_spoken(key)} {_plain(part)}" for key, part in value.items()), 120)
    if isinstance(value, Iterable):
        return f"“{_cut(' / '.join(map(_plain, value)), LONGEST_VALUE)}”"
    return str(value)


def _told(old: Any, new: Any) -> tuple[str, str]:
    """Two values as they are."""
    if isinstance(old, str) and isinstance(new, str):
        return _changed_words(old, new)
    return _value(old), _value(new)


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(_plain(part) for part in value.values())
    return _("nothing") if value is None else str(value)


def _changed_words(old: str, new: str) -> tuple[str, str]:
    """Both texts, cut to begin shortly before their first difference."""
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
    return _(key.replace("_", " "))
