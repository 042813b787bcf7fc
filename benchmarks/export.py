"""The table of all answers, with few rows and with many: `.venv/bin/python -m benchmarks.export`.

Needs a PostgreSQL server (DATABASE_URL, or the one on this machine) that lets it make databases.
Fills one with 10,000 and one with 1,000,000 answers, writes the table of each to a file as the
command does, and prints rows per second and the most memory as the table of docs/speed.md. Exits 1
where the large one takes more memory than the small one. `--quick` fills with less, and judges
nothing.
"""

import argparse
import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2

HERE = Path(__file__).resolve().parent.parent
CONTENT = sorted(str(path) for path in (HERE / "content").glob("*.json"))
SERVER = "postgres://postgres@127.0.0.1:5432/postgres"
SIZES, QUICK_SIZES = (10_000, 1_000_000), (300, 3_000)
MOST = 1.1
"""How many times more memory the large one may take."""

ANSWERS = {
    "duration": "6to12w", "pattern": "after_most", "load_change": "no", "worst_pain": 2,
    "hamstring_feel": "sometimes", "reach": "ankle", "strength_days": "two",
    "strength_type": "some_single", "relief": "lt1h",
}  # fmt: skip
ONE = f"""
from assessments.selectors import edition_live
from assessments.submissions.services import submission_create
edition = edition_live("tight-hips")
submission_create(edition=edition, answers={json.dumps(ANSWERS)}, safety=["none"], nonce="one")
"""
COLUMNS = "edition_id, answers, safety, result, safety_level, profile, total, source"
COPY = f"""
INSERT INTO assessments_submission (token, created_at, {COLUMNS})
SELECT 'copy' || n, created_at - n * interval '8 seconds', {COLUMNS}
FROM assessments_submission, generate_series(2, %s) AS n
"""
EXPORT = """
import resource
from time import perf_counter, process_time
from django.core.management import call_command
from assessments.selectors import assessment_default
from assessments.submissions.export import Answers, Days, answers_about, answers_export
check = assessment_default()
start = perf_counter()
about = answers_about(answers=Answers(check, Days(), "labels"))
looked = perf_counter()
pieces = answers_export(answers=Answers(check, Days(), "labels"))
next(pieces), next(pieces)
first = perf_counter()
pieces.close()
begun, idle = perf_counter(), process_time()
call_command("answers_export", check=check.slug, out=Path({file!r}), verbosity=0)
ended, busy = perf_counter(), process_time()
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(looked - start, first - looked, ended - begun, busy - idle, memory / 1000)
"""


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="smaller databases, no judgement")
    quick = parser.parse_args().quick
    print(
        "| Answers | In all | Rows a second | Python alone | File | Most memory | How much "
        "| First row |\n|---|---|---|---|---|---|---|---|",
        flush=True,
    )
    few, many = map(measured, QUICK_SIZES if quick else SIZES)
    return 0 if quick else int(many > MOST * few)


def measured(rows: int) -> float:
    """Prints a line; returns the most megabytes that the process held."""
    with database(rows) as environ, tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "answers.csv"
        said = shell(environ, f"from pathlib import Path\n{EXPORT.format(file=str(file))}")
        look, first, seconds, busy, memory = map(float, said.split())
        size = file.stat().st_size / 1e6
    print(
        f"| {rows:,} | {seconds:.1f} s | {rows / seconds:,.0f} | {busy:.1f} s | {size:,.1f} MB "
        f"| {memory:.0f} MB | {look:.2f} s | {first:.2f} s |",
        flush=True,
    )
    return memory


def shell(environ: dict[str, str], code: str) -> str:
    return python(environ, "shell", "--no-imports", "-c", code)


def python(environ: dict[str, str], *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=HERE, env=environ, check=True, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ).stdout  # fmt: skip


@contextmanager
def database(rows: int) -> Iterator[dict[str, str]]:
    """One of its own, with that many answers; gone afterwards."""
    server = os.environ.get("DATABASE_URL") or SERVER
    name = f"export_{secrets.token_hex(4)}"
    url = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    with tempfile.TemporaryDirectory() as folder:
        environ = {
            **os.environ, "DATABASE_URL": url, "VAR_DIR": folder,
            "SECRET_KEY": "only-for-measuring", "SITE_URL": "http://localhost",
        }  # fmt: skip
        run(server, f"CREATE DATABASE {name}")
        try:
            python(environ, "migrate", "--verbosity", "0")
            python(environ, "content_load", "--verbosity", "0", *CONTENT)
            shell(environ, ONE)
            run(url, COPY, [rows])
            run(url, "VACUUM ANALYZE")
            yield environ
        finally:
            run(server, f"DROP DATABASE {name} WITH (FORCE)")


def run(url: str, statement: str, values: list[int] | None = None) -> None:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(statement, values)


if __name__ == "__main__":
    raise SystemExit(main())
