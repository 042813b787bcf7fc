"""bin/bench runs to completion. Speed is not judged here."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = (
    "questionnaire",
    "guide-request",
    "mails-slow",
    "pdf-stored",
    "download-meanwhile",
    "list-first",
    "dashboard",
)


def bench(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "bin/bench", *options],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
        timeout=390,
    )


@pytest.mark.once
@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.bench
@pytest.mark.timeout(400)
def test_a_quick_run_measures_rows_of_each_kind_and_the_pages_of_a_list():
    ran = bench("--quick", "--json", "--lists=Links", *(f"--only={row}" for row in ROWS))

    assert ran.returncode == 0, ran.stderr
    measured = {each["row"]: each for each in json.loads(ran.stdout)}
    assert [name for name in measured if not name.startswith("Links, ")] == list(ROWS)
    assert len(measured) == len(ROWS) + 6
    assert all(each["ratio"] > 0 for each in measured.values())


def test_it_names_its_rows():
    assert {line.split()[0] for line in bench("--list").stdout.splitlines()} >= {*ROWS}


def test_an_unknown_row():
    ran = bench("--only=nothing")

    assert ran.returncode == 1
    assert ran.stdout == "bench: no row is called nothing; see bin/bench --list\n"
