"""Finding a Python for Django 6."""

import importlib.util
from pathlib import Path

import pytest

SETUP = Path(__file__).resolve().parents[2] / "bin" / "_setup.py"


@pytest.fixture
def setup(monkeypatch, tmp_path):
    """With only the test's own folder on PATH."""
    spec = importlib.util.spec_from_file_location("setup_of_bin", SETUP)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setenv("PATH", str(tmp_path))
    return module


def make(folder: Path, name: str, code: int) -> None:
    program = folder / name
    program.write_text(f"#!/bin/sh\nexit {code}\n")
    program.chmod(0o755)


def test_newest_working_python_is_used(setup, tmp_path):
    for name, code in {
        "python3.11": 0,
        "python3.12": 0,
        "python3.13": 0,
        "python3.14": 127,
    }.items():
        make(tmp_path, name, code)

    name, environ = setup._newest_python()

    assert (name, environ["PYENV_VERSION"]) == ("python3.13", "3.13")


def test_a_machine_without_a_python_for_django_6(setup, tmp_path, capsys):
    make(tmp_path, "python3.11", 0)

    with pytest.raises(SystemExit):
        setup._newest_python()

    assert "Python 3.12 or newer" in capsys.readouterr().err
