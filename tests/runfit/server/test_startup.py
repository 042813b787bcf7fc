"""No process starts with settings that can't be meant."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
CELERY = ("celery", "--app", "runfit", "--quiet")
REFUSED = (
    "RunFit doesn't start:\n"
    "guides.E005: SECRET_KEY has fewer than 5 different characters: anyone can guess it. "
    'Make one with: python3 -c "import secrets; print(secrets.token_hex(32))"\n'
)


COMMANDS = pytest.mark.parametrize(
    "command",
    [
        ("runfit.server", "--port", "0"),
        (*CELERY, "worker"),
        (*CELERY, "beat", "--schedule", "beat"),
    ],
    ids=["web", "worker", "beat"],
)


def start(command: tuple[str, ...], folder: Path, **environ: str) -> tuple[int, str]:
    """The exit code, and what it said."""
    ended = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "VAR_DIR": str(folder / "var"),
            **environ,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return ended.returncode, ended.stderr


@COMMANDS
def test_guessable_key_is_refused(tmp_path, command):
    code, told = start(command, tmp_path, SITE_URL="http://runfit.example.org", SECRET_KEY="a" * 50)

    assert code == 1
    assert told.endswith(REFUSED)


@COMMANDS
def test_value_that_cannot_be_read_is_told_in_one_line(tmp_path, command):
    assert start(command, tmp_path, SITE_URL="nonsense") == (
        1,
        "RunFit doesn't start:\nSITE_URL must look like https://example.org, not 'nonsense'.\n",
    )
