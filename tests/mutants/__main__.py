"""Make small changes to the code, one at a time, and list those that no test notices.

tests/mutants/mutants.toml lists the modules and their tests. mutmut makes the changes in a copy of
the code. Exits 0 only if enough are noticed.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from mutmut.configuration import reset_config
from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.utils.format_utils import get_mutant_name

from tests.mutants.lists import GROUPS, ROOT, sources
from tests.mutants.report import modules_of, reported

MUTATED = ("assessments", "guides", "runfit")
ALSO = (
    "benchmarks", "bin", "content", "docs", "templates", "tests",
    "README.md", "manage.py", "pyproject.toml",
)  # fmt: skip
SHORT = 40
"""Every Nth change."""


def main() -> int:
    options = arguments()
    groups = [options.only] if options.only else list(GROUPS)
    with TemporaryDirectory(prefix="runfit-mutants-") as folder:
        missed = [name for name in groups if not is_noticed(name, Path(folder) / name, options)]
        os.chdir(ROOT)
    return 1 if missed else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/mutants",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", choices=GROUPS, help="one group of modules")
    parser.add_argument("--module", metavar="PATH", default="", help="what begins so: guides/st")
    parser.add_argument(
        "--every", type=int, default=1, metavar="N", help="each Nth change, the same each time"
    )
    parser.add_argument(
        "--short", dest="every", action="store_const", const=SHORT, help=f"each {SHORT}th change"
    )
    parser.add_argument("--processes", type=int, default=1, metavar="N", help="so many at once")
    return parser.parse_args()


def is_noticed(name: str, copy: Path, options: argparse.Namespace) -> bool:
    group = GROUPS[name]
    copy_code(copy, settings(**group))
    reset_config()
    os.chdir(copy)  # where mutmut reads its settings and stores its results
    os.environ |= surroundings(copy)
    changes = chosen(group["modules"], options.module, options.every)
    print(f"\n{name}: {len(changes)} changes", flush=True)
    mutmut = Path(sys.executable).with_name("mutmut")
    command = [mutmut, "run", "--max-children", str(options.processes), *changes]
    with Path("mutmut.log").open("wb") as log:
        ended = subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, check=False)
    if ended.returncode:
        print(f"mutmut failed:\n{Path('mutmut.log').read_text(encoding='utf-8')[-3000:]}")
        return False
    return reported(modules_of(changes, group["tests"]))


def copy_code(copy: Path, settings: str) -> None:
    """Copy the code and its tests, and add mutmut's settings to pyproject.toml."""
    copy.mkdir()
    for each in (*MUTATED, *ALSO):
        if (ROOT / each).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / each, copy / each, ignore=ignored)
        else:
            shutil.copy2(ROOT / each, copy / each)
    with (copy / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[tool.mutmut]\n{settings}")


def settings(modules: list[str], tests: list[str], too_long: list[str]) -> str:
    """mutmut's settings. Even on a busy machine, only endless loops time out."""
    mutated = [path if path.endswith(".py") else f"{path}/*" for path in modules]
    redis = [] if "TEST_REDIS_URL" in os.environ else ["-m", "not redis"]
    options = ["-p", "tests.mutants.plugin", "-p", "no:cacheprovider", "--hypothesis-seed=0"]
    options += ["--timeout=0", *(f"--deselect={each}" for each in too_long)]
    return (
        f"source_paths = {[*MUTATED]}\n"
        f"only_mutate = {mutated}\n"
        f"also_copy = {[*ALSO]}\n"
        f"pytest_add_cli_args_test_selection = {tests}\n"
        f"pytest_add_cli_args = {options + redis}\n"
        "use_git_change_detection = false\n"
        "track_dependencies = false\n"
        "timeout_multiplier = 5.0\n"
        "timeout_constant = 20.0\n"
    )


def surroundings(copy: Path) -> dict[str, str]:
    """On SQLite."""
    return {
        "DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONDONTWRITEBYTECODE": "",
        "RUNFIT_MUTANTS_KEPT": str(copy / "kept"),
    }


def chosen(modules: list[str], beginning: str, every: int) -> list[str]:
    """mutmut's names of the changes to make."""
    found = [
        get_mutant_name(path, each)
        for path in sources(modules)
        if str(path).startswith(beginning)
        for each in mutate_file_contents(str(path), path.read_text(encoding="utf-8")).mutant_names
    ]
    return found[::every]


if __name__ == "__main__":
    sys.exit(main())
