"""bin/bench runs to its end. How quick things are is not judged here."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = ("questionnaire", "submission", "guide-request", "result")
OTHERS = ("mails-slow", "pdf-stored", "download-meanwhile")


def bench(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "bin/bench", *options],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )


@pytest.mark.once
@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.bench
def test_a_quick_run_measures_each_row():
    ran = bench("--quick", "--json", *(f"--only={row}" for row in ROWS))

    assert ran.returncode == 0, ran.stderr
    measured = {each["row"]: each for each in json.loads(ran.stdout)}
    assert set(measured) == set(ROWS)
    assert all(each["ratio"] > 0 for each in measured.values())


@pytest.mark.once
@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.bench
def test_a_quick_run_measures_mails_guides_and_downloads():
    ran = bench("--quick", "--json", *(f"--only={row}" for row in OTHERS))

    assert ran.returncode == 0, ran.stderr
    assert {each["row"] for each in json.loads(ran.stdout)} == set(OTHERS)


def test_it_names_its_rows():
    assert {line.split()[0] for line in bench("--list").stdout.splitlines()} >= {*ROWS, *OTHERS}


def test_an_unknown_row():
    ran = bench("--only=nothing")

    assert ran.returncode == 1
    assert ran.stdout == "bench: no row is called nothing; see bin/bench --list\n"
