"""Migrations are safe while the previous release still serves: nothing that it needs goes, and what
it doesn't know of has a default."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from django_migration_linter import MigrationLinter

ROOT = Path(__file__).resolve().parents[2]
APPS = {"assessments": "assessments", "guides": "guides", "accounts": "runfit/accounts"}
ITS_TESTS = (
    "tests/assessments/submissions/test_services.py",
    "tests/guides/guide_requests/test_services.py",
    "tests/guides/consents/test_services.py",
    "tests/guides/delivery/test_dispatch.py",
)
"""Of the previous release: answers, requests, consents, and emails."""
OPTIONS = (
    "-q", "-n", "0", "--reuse-db", "-p", "no:cacheprovider", "--ds", "on_new_tables",
)  # fmt: skip
SETTINGS = """
from tests.settings import *
DATABASES["default"]["TEST"]["NAME"] = {database!r}
"""


def git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=True).stdout


@cache
def previous_release() -> str:
    """The commit that bin/release made: the last one that changed the number."""
    changed = ("-1", "--format=%H", "-G^__version__ = ", "--", "runfit/__init__.py")
    return git("log", *changed).decode().strip()


def lint(names: list[str], app: str) -> int:
    linter = MigrationLinter(
        path=str(ROOT), no_cache=True, include_name=names, analyser_string="postgresql"
    )
    linter.lint_all_migrations(app_label=app)
    return linter.nb_erroneous


def new_migrations(app: str) -> list[str]:
    folder = f"{APPS[app]}/migrations"
    known = git("ls-tree", "--name-only", previous_release(), f"{folder}/").decode().splitlines()
    here = {f"{folder}/{path.name}" for path in (ROOT / folder).glob("[0-9]*.py")}
    return sorted(Path(name).stem for name in here - {*known})


@pytest.mark.history
@pytest.mark.only_postgres
@pytest.mark.django_db
@pytest.mark.parametrize("app", APPS)
def test_new_migrations_leave_the_previous_release_what_it_needs(app):
    names = new_migrations(app)

    assert not names or lint(names, app) == 0  # the output above says what's wrong


@pytest.mark.only_postgres
@pytest.mark.django_db
def test_a_migration_that_drops_a_column_is_found():
    assert lint(["0026_exercise_pictures"], "guides") == 1


@pytest.mark.history
def test_the_previous_release_works_on_the_new_tables(tmp_path):
    old, var = tmp_path / "old", tmp_path / "var"
    old.mkdir()
    archive = git("archive", previous_release())
    subprocess.run(["tar", "--extract", "--directory", old], input=archive, check=True)
    environ = {"PATH": os.environ["PATH"], "VAR_DIR": str(var), "PYTHONDONTWRITEBYTECODE": "1"}
    migrated = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(migrated, cwd=ROOT, env=environ, check=True)
    (old / "on_new_tables.py").write_text(SETTINGS.format(database=str(var / "db.sqlite3")))

    run = subprocess.run(
        [sys.executable, "-m", "pytest", *OPTIONS, *ITS_TESTS],
        cwd=old,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout[-3000:]
    assert " passed" in run.stdout
