"""Validation errors of a content file, with their paths."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from runfit.lib.messages import message as _


@dataclass(frozen=True, slots=True)
class Fault:
    """One validation error. `where` is a path such as `questions[3].choices[0].points.mobility`."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


class FaultsError(ValueError):
    """An invalid file, with all its faults."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


def shown(key: object) -> str:
    """A key for a message, escaped and truncated."""
    return json.dumps(key)[1:-1][:64] if isinstance(key, str) else "?"


def at(where: str, key: str) -> str:
    """The path of a key of the object at `where`."""
    return f"{where}.{key}" if where else key


def missing(where: str, key: str) -> Fault:
    return Fault(at(where, key), _("is missing."))


def unknown(where: str, key: object) -> Fault:
    name = shown(key)
    return Fault(at(where, name), _("“{name}” is not known here. Remove or correct it.", name=name))


def repeated(where: str, entries: Iterable[Any], key: str = "key") -> Iterator[Fault]:
    """A fault for every list entry that repeats an earlier key."""
    seen = set()
    for index, entry in enumerate(entries):
        name = getattr(entry, key)
        if name in seen:
            yield Fault(f"{where}[{index}].{key}", _("“{name}” is used twice.", name=shown(name)))
        seen.add(name)
