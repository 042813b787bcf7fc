"""PostgreSQL: pg_dump of one moment, which a transaction of our own holds.

pg_dump and psql change settings of their session. A pooler that shares sessions would pass those on
to RunFit's pages, so these tools, and what goes with them, take `DIRECT_DATABASE_URL`.
"""

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from guides.backups.faults import BackupError

VENDOR = "postgresql"
SCRATCH = "runfit_check_"
VARIABLES = {
    "NAME": "PGDATABASE",
    "USER": "PGUSER",
    "PASSWORD": "PGPASSWORD",
    "HOST": "PGHOST",
    "PORT": "PGPORT",
}
ANYWHERE = ("--no-owner", "--no-privileges")  # roles of another server may have other names
SHARED = (
    "A pooler shares its sessions between programs, which pg_dump and psql can't use. Set "
    "DIRECT_DATABASE_URL to PostgreSQL itself."
)
ROUNDS = 3
MISSING = "{tool} isn't installed: it comes with PostgreSQL's client (postgresql-client)."


class PostgresSnapshot:
    def __init__(self, own: BaseDatabaseWrapper) -> None:
        self._own = own
        with own.cursor() as cursor:
            cursor.execute("SELECT pg_export_snapshot()")
            (self._name,) = cursor.fetchone()

    def dump(self, path: Path) -> None:
        told = f"--snapshot={self._name}"
        _run("pg_dump", "--format=custom", "--compress=1", *ANYWHERE, told, f"--file={path}")

    def counts(self) -> dict[str, int]:
        return _counts(self._own)


@contextmanager
def snapshot() -> Iterator[PostgresSnapshot]:
    """The database as it is now, whatever is written meanwhile."""
    _own_session_check()
    with closing(_direct()) as own:
        own.set_autocommit(False)
        with own.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            # The server ends transactions that do nothing for minutes, as this one does.
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        yield PostgresSnapshot(own)


def is_empty() -> bool:
    return not connection.introspection.table_names(include_views=True)


def put_back(dump: Path, *, then: str) -> None:
    """Runs the dump and the statements in one transaction: all of it, or nothing."""
    _own_session_check()
    connection.close()
    _load(dump, then=then)


def counts_of(dump: Path, *, folder: Path) -> dict[str, int]:
    """Rows by table of a dump, restored into a database of its own that goes at the end."""
    _own_session_check()
    _drop_left_behind()
    name = f"{SCRATCH}{uuid.uuid4().hex[:8]}"
    _administer(f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        _load(dump, database=name)
        return _counts_in(name)
    finally:
        _administer(f'DROP DATABASE "{name}" WITH (FORCE)')


def _load(dump: Path, *, then: str = "", database: str = "") -> None:
    """The commit comes last, and only once pg_restore has written all of the script."""
    environ = _environ(**({"PGDATABASE": database} if database else {}))
    read = ["pg_restore", *ANYWHERE, "--exit-on-error", "--file=-", str(dump)]
    write = ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    with tempfile.TemporaryFile() as said:
        with (
            _process(read, said, stdout=subprocess.PIPE, env=environ) as script,
            _process(write, said, stdin=subprocess.PIPE, env=environ) as into,
        ):
            whole = _pipe(script, into, then)
        if not whole or into.returncode:
            said.seek(0)
            raise BackupError(f"PostgreSQL didn't take the dump: {_reason(said.read())}")


def _pipe(script: "subprocess.Popen[bytes]", into: "subprocess.Popen[bytes]", then: str) -> bool:
    """Whether the whole script was written, with its commit."""
    assert script.stdout  # noqa: S101 - both are pipes
    assert into.stdin  # noqa: S101
    try:
        into.stdin.write(b"BEGIN;\n")
        shutil.copyfileobj(script.stdout, into.stdin)
        if script.wait():
            return False
        # The script has emptied the search path.
        into.stdin.write(f"SET LOCAL search_path TO DEFAULT;\n{then}\nCOMMIT;\n".encode())
        into.stdin.flush()
    except BrokenPipeError:  # psql stopped at an error
        script.kill()
        return False
    return True


def _process(command: list[str], said: IO[bytes], **options: Any) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(command, stderr=said, **options)  # noqa: S603 - our own words
    except FileNotFoundError as error:
        raise BackupError(MISSING.format(tool=command[0])) from error


def _run(tool: str, *arguments: str) -> None:
    try:
        subprocess.run([tool, *arguments], env=_environ(), capture_output=True, check=True)  # noqa: S603 - our own words
    except FileNotFoundError as error:
        raise BackupError(MISSING.format(tool=tool)) from error
    except subprocess.CalledProcessError as error:
        raise BackupError(f"{tool} failed: {_reason(error.stderr)}") from error


def _reason(said: bytes) -> str:
    """The first line that says error; what follows is often about its effects."""
    lines = said.decode(errors="replace").strip().splitlines()
    return next((line for line in lines if "error" in line.lower()), lines[-1] if lines else "?")


def _environ(**more: str) -> dict[str, str]:
    """How libpq reaches the database. Not as arguments, which everybody on this host may read."""
    known: Mapping[str, Any] = _direct().settings_dict
    own = {variable: str(known[name]) for name, variable in VARIABLES.items() if known.get(name)}
    options = {
        f"PG{name.upper()}": str(value)
        for name, value in known.get("OPTIONS", {}).items()
        if name.startswith("ssl") or name == "options"
    }
    return {**os.environ, **own, **options, **more}


def _counts(own: BaseDatabaseWrapper) -> dict[str, int]:
    counts = {}
    with own.cursor() as cursor:
        for name in sorted(own.introspection.table_names(cursor)):
            cursor.execute(f"SELECT count(*) FROM {own.ops.quote_name(name)}")  # noqa: S608 - a table's name
            (counts[name],) = cursor.fetchone()
    return counts


def _counts_in(database: str) -> dict[str, int]:
    with closing(_direct(NAME=database)) as own:
        return _counts(own)


def _administer(statement: str) -> None:
    with closing(_direct()) as own, own.cursor() as cursor:
        cursor.execute(statement)


def _drop_left_behind() -> None:
    """Drops the databases of checks that were killed. Those of others at work are in use."""
    with closing(_direct()) as own, own.cursor() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s AND datname NOT IN"
            " (SELECT datname FROM pg_stat_activity WHERE datname IS NOT NULL)",
            [f"{SCRATCH}%"],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP DATABASE IF EXISTS {own.ops.quote_name(name)}")


def _direct(**changed: str) -> BaseDatabaseWrapper:
    """A connection of its own, past a pooler."""
    own = connection.copy()
    own.settings_dict = {**own.settings_dict, **settings.DIRECT_DATABASE, **changed}
    return own


def _own_session_check() -> None:
    """Raises BackupError behind a pooler that shares sessions: what one connection has set is then
    seen by another, or no longer by itself."""
    mark = uuid.uuid4().hex
    with closing(_direct()) as one:
        _session_value(one, f"SELECT set_config('runfit.session', '{mark}', false)")
        for _round in range(ROUNDS):
            with closing(_direct()) as other:
                other.set_autocommit(False)
                seen = _session_value(other) == mark
                if seen or _session_value(one) != mark:
                    raise BackupError(SHARED)


def _session_value(
    own: BaseDatabaseWrapper, query: str = "SELECT current_setting('runfit.session', true)"
) -> str:
    with own.cursor() as cursor:
        cursor.execute(query)
        (value,) = cursor.fetchone()
    return str(value)
