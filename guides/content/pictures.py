"""The pictures of an exercise as data of a content file, even if incomplete."""

from collections.abc import Callable, Mapping
from typing import Any

Data = Mapping[str, Any]
FILES = ("file", "clip")


def pictures_of(exercise: Data) -> list[Data]:
    """In order: the first, and those that follow it."""
    first = [exercise["picture"]] if exercise.get("picture") else []
    return [*first, *exercise.get("more_pictures", ())]


def with_pictures(exercise: Data, made: Callable[[Data], Data]) -> Data:
    """The exercise with something else `made` of each of its pictures."""
    first, more = exercise.get("picture"), exercise.get("more_pictures")
    return {
        **exercise,
        **({"picture": made(first)} if first else {}),
        **({"more_pictures": [*map(made, more)]} if more else {}),
    }


def files_of(picture: Data) -> list[str]:
    """A picture's file, and that of its clip."""
    return [picture[name] for name in FILES if name in picture]


def with_files(picture: Data, names: Mapping[str, str]) -> Data:
    """The picture with other names for those of its files that have one."""
    files = {name: picture[name] for name in FILES if name in picture}
    return {**picture, **{name: names.get(file, file) for name, file in files.items()}}
