"""Prints the results: a row per module, and the changes that no test noticed."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mutmut.configuration import config
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code
from mutmut.utils.format_utils import orig_function_and_class_names_from_key

from tests.mutants.lists import AT_IMPORT, EQUIVALENT, Change

MUST = 95.0
"""Percent of the non-equivalent changes."""
NOTICED = {"killed", "timeout"}
OPTIONS = ("-x", "-q", "-p", "no:randomly")


@dataclass
class Module:
    path: str
    made: int = 0
    equivalent: int = 0
    missed: dict[str, Change] = field(default_factory=dict)

    @property
    def counted(self) -> int:
        return self.made - self.equivalent

    @property
    def noticed(self) -> int:
        return self.counted - len(self.missed)


def modules_of(changes: list[str], tests: list[str]) -> list[Module]:
    return [module for module in _modules(set(changes), tests) if module.made]


def _modules(changes: set[str], tests: list[str]) -> Iterator[Module]:
    for meta in sorted(Path("mutants").rglob("*.meta")):
        data = SourceFileMutationData(path=meta.relative_to("mutants").with_suffix(""))
        data.load()
        module = Module(str(data.path))
        for mutant in sorted(changes & data.exit_code_by_key.keys()):
            module.made += 1
            if status_by_exit_code[data.exit_code_by_key[mutant]] not in NOTICED:
                _look(mutant, module, tests)
        yield module


def _look(mutant: str, module: Module, tests: list[str]) -> None:
    change = _change(mutant, module.path)
    if change in EQUIVALENT:
        module.equivalent += 1
    elif change.where not in AT_IMPORT or not _noticed_at_import(mutant, tests):
        module.missed[mutant] = change


def _change(mutant: str, path: str) -> Change:
    function, owner = orig_function_and_class_names_from_key(mutant)
    lines = get_diff_for_mutant(mutant, path=path).splitlines()[3:]
    was = " ".join(line[1:].strip() for line in lines if line.startswith("-"))
    now = " ".join(line[1:].strip() for line in lines if line.startswith("+"))
    return Change(f"{path} {owner}.{function}" if owner else f"{path} {function}", was, now)


def _noticed_at_import(mutant: str, tests: list[str]) -> bool:
    """mutmut changes code after it is imported, so this needs a new process."""
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", *OPTIONS, *config().pytest_add_cli_args, *tests],
        cwd="mutants",
        env={**os.environ, "MUTANT_UNDER_TEST": mutant},
        capture_output=True,
        check=False,
    )
    return ended.returncode != 0


def reported(found: list[Module]) -> bool:
    print("\n| Module | Changes | Equivalent | Noticed | Score |\n|---|---|---|---|---|")
    for module in found:
        print(_row(f"`{module.path}`", [module]))
    print(_row("All", found), flush=True)
    for module in found:
        for mutant, change in module.missed.items():
            print(f"\nNobody notices in {change.where} ({mutant}):")
            print(f"  - {change.was}\n  + {change.now}")
    return _score(found) >= MUST


def _row(name: str, found: list[Module]) -> str:
    made, equivalent = sum(each.made for each in found), sum(each.equivalent for each in found)
    noticed = sum(each.noticed for each in found)
    return f"| {name} | {made} | {equivalent} | {noticed} | {_score(found):.1f}% |"


def _score(found: list[Module]) -> float:
    counted = sum(each.counted for each in found)
    return 100 * sum(each.noticed for each in found) / counted if counted else 100.0
