"""The second try of bin/test."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOOKS = "pytest_addoption, pytest_collection_modifyitems, pytest_terminal_summary"
UNLUCKY = """
tries = []

def test_unlucky_once():
    tries.append(1)
    assert len(tries) == 2

def test_twice():
    raise AssertionError
"""


def test_only_what_starts_processes_is_tried_again_and_named(tmp_path):
    (tmp_path / "conftest.py").write_text(f"from tests.conftest import {HOOKS}\n")
    (tmp_path / "test_processes.py").write_text(f"import subprocess\n{UNLUCKY}")
    (tmp_path / "test_pure.py").write_text(UNLUCKY)
    names = tmp_path / "names"
    command = (sys.executable, "-m", "pytest", "-c", "pyproject.toml", "--rootdir", tmp_path)
    options = ("-rfR", "--second-try", names, tmp_path)

    done = subprocess.run(
        (*command, *options), check=False, cwd=ROOT, capture_output=True, text=True
    )

    assert sorted(set(re.findall(r"^FAILED \S*(test_\w+\.py::\w+)", done.stdout, re.M))) == [
        "test_processes.py::test_twice",
        "test_pure.py::test_twice",
        "test_pure.py::test_unlucky_once",
    ]
    assert names.read_text() == "test_processes.py::test_unlucky_once\n"
