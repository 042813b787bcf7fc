"""Reads mutants.toml: modules, tests, and changes that make no difference."""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LISTS = tomllib.loads((Path(__file__).parent / "mutants.toml").read_text(encoding="utf-8"))
GROUPS = LISTS["groups"]
AT_IMPORT = frozenset(LISTS["at_import"])
"""Functions that are called while modules are imported."""


@dataclass(frozen=True)
class Change:
    """`where`: module and function. `was`, `now`: the changed lines."""

    where: str
    was: str
    now: str


EQUIVALENT = frozenset(
    Change(each["in"], each["was"], each["now"]) for each in LISTS.get("equivalent", [])
)


def sources(paths: Iterable[str]) -> Iterator[Path]:
    """The modules of a group, below the working directory."""
    for path in map(Path, paths):
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path]
