"""bin/env: it fills in the example once, with keys that nobody knows."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SITE = ("https://runfit.example.org/", "--email", "smtp+tls://pt:pa$$word@smtp.example.org:587")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What bin/env needs, without the packages of .venv."""
    (tmp_path / "bin").mkdir()
    shutil.copy(ROOT / "bin" / "env", tmp_path / "bin" / "env")
    shutil.copy(ROOT / ".env.example", tmp_path)
    return tmp_path


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", folder / "bin" / "env", *options]
    return subprocess.run(command, env={}, capture_output=True, text=True, check=False, timeout=30)


def values(folder: Path) -> dict[str, str]:
    lines = (folder / ".env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_it_writes_a_site_with_fresh_keys_for_its_owner_alone(folder):
    ended = run(folder, *SITE)

    written = values(folder)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert (folder / ".env").stat().st_mode & 0o777 == 0o600
    assert written["SITE_URL"] == "https://runfit.example.org"
    assert written["EMAIL_URL"] == "smtp+tls://pt:pa%24%24word@smtp.example.org:587"
    keys = [written["SECRET_KEY"], written["POSTGRES_PASSWORD"]]
    keys.append(written["MAIL_WEBHOOK_SECRET"].removeprefix("runfit:"))
    assert all(re.fullmatch(r"[0-9a-f]{64}", key) for key in keys)
    assert len(set(keys)) == len(keys)


def test_it_never_overwrites(folder):
    run(folder, *SITE)
    before = (folder / ".env").read_text()

    ended = run(folder, "--try")

    assert ended.returncode == 1
    assert ended.stderr.startswith("env: .env is already there")
    assert (folder / ".env").read_text() == before


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "give a site and its --email, or --try alone"),
        (("https://runfit.example.org",), "a site needs --email"),
        (("--try", "--email", "smtp://host"), "give a site and its --email, or --try alone"),
        (("http://runfit.example.org",), "must look like https://runfit.example.org"),
        (("https://runfit.example.org/path",), "must look like https://runfit.example.org"),
        (("https://a.org", "--email", "smtp://a:b c@host"), "as %XX"),
        (("https://a.org", "--email", "host:587"), "must look like smtp+tls://"),
    ],
)
def test_it_says_what_is_missing(folder, options, told):
    ended = run(folder, *options)

    assert ended.returncode == 2
    assert told in " ".join(ended.stderr.split())
    assert not (folder / ".env").exists()
