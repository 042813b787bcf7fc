"""Reading one JSON object without trust: every fault is noted, and reading goes on.

A refused value is replaced by a blank of its type, so that one pass finds everything that is
wrong. No message repeats a value from the file, except short keys, escaped.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from assessments.definition.faults import Fault

T = TypeVar("T")

ROOT = "file"
LARGEST = 1_000_000
KEY = re.compile(r"[a-z0-9_-]{1,64}")
LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Refused(Exception):  # noqa: N818 - it never leaves this package
    """A value is not what its key asks for."""


def as_text(value: object) -> str:
    if not isinstance(value, str):
        raise Refused("must be text.")
    if UNPRINTABLE.search(value):
        raise Refused("has a character that cannot be printed. Type this text again.")
    return value


def as_key(value: object) -> str:
    if not isinstance(value, str) or not KEY.fullmatch(value):
        raise Refused("must be 1 to 64 small letters, digits, “-” or “_”.")
    return value


def as_language(value: object) -> str:
    if not isinstance(value, str) or not LANGUAGE.fullmatch(value):
        raise Refused("must be a language code such as “en” or “pt-BR”.")
    return value


def as_flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise Refused("must be true or false.")
    return value


def as_true(value: object) -> bool:
    if value is not True:
        raise Refused("must be true.")
    return True


def as_whole(value: object, least: int = 0, most: int = LARGEST) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Refused(f"must be a whole number from {least} to {most}.")
    return value


def as_points(value: object) -> int | None:
    return None if value is None else as_whole(value)


def as_list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise Refused("must be a list.")
    return value


def as_object(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise Refused("must be an object.")
    return value


def as_one_of(value: object, allowed: Sequence[str]) -> str:
    if not isinstance(value, str) or value not in allowed:
        raise Refused(f"must be one of: {', '.join(allowed)}.")
    return value


def shown(key: object) -> str:
    """A key as a message may repeat it: escaped where it is odd, cut where it is long."""
    return json.dumps(key)[1:-1][:64] if isinstance(key, str) else "?"


class Node:
    """One object of the file. Ask it for each key that it may have, then `close` it."""

    def __init__(self, data: dict[str, object], where: str, faults: list[Fault]) -> None:
        self.where = where
        self.faults = faults
        self._data = data
        self._asked: set[str] = set()
        self._absent: set[str] = set()

    def has(self, key: str) -> bool:
        return key in self._data

    def path(self, key: str) -> str:
        return key if self.where == ROOT else f"{self.where}.{key}"

    def fault(self, where: str, message: str) -> None:
        self.faults.append(Fault(where, message))

    def leave(self, *keys: str) -> None:
        """These keys are absent; where the file has one of them, `close` refuses it."""
        self._absent.update(keys)

    def close(self) -> frozenset[str]:
        """Refuse every key that nobody asked for; return those that were absent."""
        for key in self._data:
            if key not in self._asked:
                name = shown(key)
                self.fault(self.path(name), f"“{name}” is not known here. Remove or correct it.")
        return frozenset(self._absent)

    def value(
        self, key: str, accept: Callable[[object], T], blank: T, default: T | None = None
    ) -> T:
        """What `accept` makes of the key's value. A default makes the key optional."""
        self._asked.add(key)
        if key in self._data:
            return self._accepted(self.path(key), lambda: accept(self._data[key]), blank)
        if default is None:
            self.fault(self.path(key), "is missing.")
            return blank
        self._absent.add(key)
        return default

    def value_or_none(self, key: str, accept: Callable[[object], T], blank: T) -> T | None:
        return self._if_present(key, lambda: self.value(key, accept, blank))

    def text(self, key: str, default: str | None = None) -> str:
        return self.value(key, as_text, "", default)

    def key(self, key: str = "key") -> str:
        """A key, or a reference to one. A malformed one is kept, so that it is refused once."""
        value = self._data.get(key)
        return self.value(key, as_key, value if isinstance(value, str) else "")

    def key_or_blank(self, key: str) -> str:
        return self._if_present(key, lambda: self.key(key)) or ""

    def flag(self, key: str, *, default: bool) -> bool:
        return self.value(key, as_flag, default, default)

    def whole(self, key: str, least: int = 0, most: int = LARGEST) -> int:
        return self.value(key, lambda value: as_whole(value, least, most), max(least, 0))

    def whole_or_none(self, key: str, least: int = 0) -> int | None:
        return self._if_present(key, lambda: self.whole(key, least))

    def one_of(self, key: str, *allowed: str) -> str:
        return self.value(key, lambda value: as_one_of(value, allowed), allowed[0])

    def list_of(
        self, key: str, accept: Callable[[object], T], *, optional: bool = False
    ) -> tuple[T, ...]:
        return self._list(key, lambda value, _: accept(value), optional=optional)

    def mapping_of(self, key: str, accept: Callable[[object], T]) -> dict[str, T]:
        return self._mapping(key, lambda value, _: accept(value))

    def mapping_or_none(self, key: str, accept: Callable[[object], T]) -> dict[str, T] | None:
        return self._if_present(key, lambda: self.mapping_of(key, accept))

    def child(self, key: str, read: Callable[["Node"], T]) -> T:
        noted = len(self.faults)
        data = self._object(key)
        # What is missing or no object was refused just now: its own keys are not missed as well.
        refused = len(self.faults) > noted
        return read(Node(data, self.path(key), [] if refused else self.faults))

    def child_or_none(self, key: str, read: Callable[["Node"], T]) -> T | None:
        return self._if_present(key, lambda: self.child(key, read))

    def children(
        self, key: str, read: Callable[["Node"], T], *, optional: bool = False
    ) -> tuple[T, ...]:
        return self._list(key, self._opener(read), optional=optional)

    def alternatives(self, key: str, read: Callable[["Node"], T]) -> tuple[tuple[T, ...], ...]:
        """A list of lists of objects."""
        accept = self._opener(read)
        return self._list(key, lambda value, where: self._each(where, as_list(value), accept))

    def named_children(self, key: str, read: Callable[["Node"], T]) -> dict[str, T]:
        return self._mapping(key, self._opener(read))

    def _object(self, key: str) -> dict[str, object]:
        return self.value(key, as_object, dict[str, object]())

    def _list(
        self, key: str, accept: Callable[[object, str], T], *, optional: bool = False
    ) -> tuple[T, ...]:
        default: list[object] | None = [] if optional else None
        values = self.value(key, as_list, list[object](), default)
        return self._each(self.path(key), values, accept)

    def _mapping(self, key: str, accept: Callable[[object, str], T]) -> dict[str, T]:
        where = self.path(key)
        read: dict[str, T] = {}
        for name, value in self._object(key).items():
            try:
                read[as_text(name)] = accept(value, f"{where}.{shown(name)}")
            except Refused as refused:
                self.fault(f"{where}.{shown(name)}", str(refused))
        return read

    def _each(
        self, where: str, values: Iterable[object], accept: Callable[[object, str], T]
    ) -> tuple[T, ...]:
        """What `accept` makes of each value; the refused ones are left out."""
        read: list[T] = []
        for index, value in enumerate(values):
            try:
                read.append(accept(value, f"{where}[{index}]"))
            except Refused as refused:
                self.fault(f"{where}[{index}]", str(refused))
        return tuple(read)

    def _opener(self, read: Callable[["Node"], T]) -> Callable[[object, str], T]:
        return lambda value, where: read(Node(as_object(value), where, self.faults))

    def _accepted(self, where: str, accept: Callable[[], T], blank: T) -> T:
        try:
            return accept()
        except Refused as refused:
            self.fault(where, str(refused))
            return blank

    def _if_present(self, key: str, read: Callable[[], T]) -> T | None:
        if self.has(key):
            return read()
        self.leave(key)
        return None
