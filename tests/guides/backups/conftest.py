"""A second, empty place: VAR_DIR and database of their own, and the commands run there."""

import os
import sqlite3
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings as site
from django.core.management import call_command
from django.db import connection

from tests.support import postgres

ROOT = Path(__file__).resolve().parents[3]


@dataclass
class Place:
    var: Path
    database_url: str

    def run(self, *command: object, **settings: str) -> subprocess.CompletedProcess[str]:
        environ = {
            **{name: value for name, value in os.environ.items() if name.startswith("AWS_")},
            "PATH": os.environ["PATH"],
            "SECRET_KEY": site.SECRET_KEY,
            "SITE_URL": "http://localhost:8000",
            "VAR_DIR": str(self.var),
            **({"DATABASE_URL": self.database_url} if self.database_url else {}),
            **settings,
        }
        return subprocess.run(
            [sys.executable, "manage.py", *map(str, command)],
            cwd=ROOT,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def value(self, query: str) -> object:
        """The first value of a query."""
        if not self.database_url:
            own = sqlite3.connect(self.var / "db.sqlite3")
        else:
            own = psycopg2.connect(self.database_url)
        cursor = own.cursor()
        cursor.execute(query)
        value = cursor.fetchone()[0]
        own.commit()
        own.close()
        return value


@pytest.fixture
def empty_place(tmp_path, transactional_db):
    with ExitStack() as stack:
        url = ""
        if connection.vendor == "postgresql":
            name = f"{connection.settings_dict['NAME']}_empty"
            postgres.drop(name)
            url = stack.enter_context(postgres.database(name))
        yield Place(tmp_path / "other", url)


@pytest.fixture
def backups(tmp_path, settings):
    """The folder of archives. The list of erasures is elsewhere, on the host."""
    settings.VAR_DIR = tmp_path / "here"
    settings.ERASURE_LIST = tmp_path / "here" / "erasures.txt"
    settings.VAR_DIR.mkdir()
    return tmp_path / "backups"


@pytest.fixture
def back_up(backups, capsys):
    """Makes a backup; returns the archive."""

    def make(*arguments: str) -> Path:
        call_command("backup", str(backups), *arguments)
        return backups / capsys.readouterr().out.splitlines()[0].partition(":")[0]

    return make


@pytest.fixture
def check(capsys):
    """Tries an archive; returns what was said."""

    def try_out(archive: object, *, key: Path | None = None) -> str:
        call_command("restore", str(archive), "--check", *([f"--key={key}"] if key else []))
        return capsys.readouterr().out

    return try_out
