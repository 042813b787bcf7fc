"""A new database is made by squashed migrations, an older one goes through all that they replace.
Both end with the same tables and the same rows."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg2
import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tests.support import postgres

ROOT = Path(__file__).resolve().parents[2]
APPS = ("assessments", "guides")
# Up to some migration in the middle, as a release from before left it, and then as an update.
LONG_WAY = """
import sys
import django; django.setup()
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

class Earlier(MigrationLoader):
    def load_disk(self):
        super().load_disk()
        for key, migration in [*self.disk_migrations.items()]:
            if migration.replaces and key[0] in ("assessments", "guides"):
                del self.disk_migrations[key]

earlier = MigrationExecutor(connection)
earlier.loader = Earlier(connection)
earlier.migrate([("guides", "0030_series")])
call_command("migrate", verbosity=0, skip_checks=True)
call_command("migrate", check_unapplied=True, verbosity=0, skip_checks=True)
call_command(
    "dumpdata", use_natural_foreign_keys=True, use_natural_primary_keys=True, output=sys.argv[1]
)
"""
POSTGRESQL = (
    "SELECT table_name, column_name, udt_name, character_maximum_length, column_default,"
    " is_nullable, is_identity FROM information_schema.columns WHERE table_schema = 'public'",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "SELECT extname FROM pg_extension",
)
OF_TESTS = ("migrated_", "kept_")
"""Tables that tests/support keeps copies of rows in."""


def schema(cursor: Any) -> set[tuple[object, ...]]:
    """Everything about the tables except the order of their columns."""
    if connection.vendor == "sqlite":
        cursor.execute("SELECT tbl_name, type, name, sql FROM sqlite_master")
        found = [(*names, *sorted(clauses(sql or ""))) for *names, sql in cursor.fetchall()]
    else:
        found = []
        for query in POSTGRESQL:
            cursor.execute(query)
            found += cursor.fetchall()
    return {row for row in found if not row[0].startswith(OF_TESTS)}


def clauses(sql: str) -> Iterator[str]:
    """What stands between a statement's commas: columns and constraints, each with what's in its
    own parentheses."""
    depth, clause = 0, ""
    for char in sql.removesuffix(")"):
        depth += {"(": 1, ")": -1}.get(char, 0)
        if depth == 1 and char in "(,":
            yield clause.strip()
            clause = ""
        else:
            clause += char
    yield clause.strip()


def rows(file: Path) -> list[str]:
    """Without what counts and dates them."""
    listed = json.loads(file.read_text())
    for row in listed:
        row.pop("pk", None)
        row["fields"] = {
            name: sorted(value) if isinstance(value, list) else value
            for name, value in row["fields"].items()
        }
    return sorted(json.dumps(row, sort_keys=True) for row in listed)


@pytest.fixture
def another_database(tmp_path: Path) -> Iterator[tuple[dict[str, str], Any]]:
    """An empty one: the settings to use it, and what opens it."""
    environ = {"SECRET_KEY": "only-for-tests", "SITE_URL": "http://testserver"}
    if connection.vendor == "sqlite":
        yield {"VAR_DIR": str(tmp_path)}, lambda: sqlite3.connect(tmp_path / "db.sqlite3")
        return
    with postgres.database(f"runfit_long_way_{uuid4().hex}") as url:
        yield (
            environ | {"DATABASE_URL": url, "VAR_DIR": str(tmp_path)},
            lambda: psycopg2.connect(url),
        )


@pytest.mark.once
@pytest.mark.django_db
def test_tables_and_rows_are_those_of_the_long_way(another_database, tmp_path):
    environ, connect = another_database
    theirs, ours = tmp_path / "theirs.json", tmp_path / "ours.json"
    environ |= {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "runfit.settings"}

    subprocess.run([sys.executable, "-c", LONG_WAY, theirs], cwd=ROOT, env=environ, check=True)
    call_command(
        "dumpdata", use_natural_foreign_keys=True, use_natural_primary_keys=True, output=str(ours)
    )

    with closing(connect()) as opened, closing(opened.cursor()) as cursor:
        long_way = schema(cursor)
    with connection.cursor() as cursor:
        assert schema(cursor) == long_way
    assert rows(ours) == rows(theirs)
    assert len(long_way) > 200


def test_a_new_database_takes_the_short_way():
    taken = {key for key in MigrationLoader(None).graph.nodes if key[0] in APPS}

    assert {(app, "0001_initial") for app in APPS}.isdisjoint(taken)
