"""benchmarks.cost runs to completion. Speed is not judged here."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.cost.__main__ import SHORT, arguments, checkout_of, line
from benchmarks.virtualenv import python_for
from tests.support.processes import ROOT

PAGES = (
    "first page", "questionnaire", "static file", "beacon", "submission", "result", "same result",
    "guide request", "on its way", "guide page", "session", "download", "links, scanned",
    "whole visit",
)  # fmt: skip


@pytest.mark.once
@pytest.mark.bench
@pytest.mark.timeout(400)
def test_a_run_beside_the_same_folder_measures_each_request() -> None:
    least = ["--rounds", "1", "--requests", "1", "--runners", "2", "--database", "sqlite"]

    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.cost", ROOT, *least],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=390,
    )

    assert run.returncode == 0, run.stderr
    head, rule, *rows = run.stdout.splitlines()
    assert (head.count("|"), rule.count("|")) == (8, 8)
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == [*PAGES]


def test_a_line_shows_the_median_of_the_rounds_ratios() -> None:
    turns = [(1.0, 2.0), (1.0, 4.0), (3.0, 4.0)]

    assert line("result", "0.5", [1.0, 4.0], turns, "0.10") == (
        "| result | 0.5 | 1.00 ms | 4.00 ms | **0.50** | 0.25 to 0.75 | 0.10 |"
    )


def test_a_short_run_takes_fewer_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["cost", "HEAD", "--short", "--rounds", "2"])

    options = vars(arguments())

    assert {name: options[name] for name in SHORT} == {**SHORT, "rounds": 2}


def test_a_commit_becomes_a_folder_until_it_was_measured() -> None:
    with checkout_of("HEAD") as checkout:
        assert (checkout / "manage.py").exists()
        assert python_for(checkout)

    assert not checkout.exists()
    listed = ["git", "worktree", "list"]
    assert (
        str(checkout)
        not in subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    )


def test_a_folder_is_measured_where_it_is(tmp_path: Path) -> None:
    with checkout_of(str(tmp_path)) as checkout:
        assert checkout == tmp_path
