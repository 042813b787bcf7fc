"""bin/release: one number in every place that names it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from runfit import __version__

ROOT = Path(__file__).resolve().parents[2]
PLACES = (
    "runfit/__init__.py",
    "docker-compose.yml",
    "docs/kubernetes/web.yaml",
    "CHANGELOG.md",
)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("bin/release", *PLACES):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    git(tmp_path, "init", "--quiet")
    commit(tmp_path)
    return tmp_path


def git(checkout: Path, *words: str) -> str:
    own = ("-c", "user.name=PT", "-c", "user.email=pt@example.org")
    command = ["git", *own, *words]
    return subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=True).stdout


def commit(checkout: Path) -> None:
    git(checkout, "add", "--all")
    git(checkout, "commit", "--quiet", "--message", "All")


def release(checkout: Path, version: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", checkout / "bin" / "release", version]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_each_place_names_the_same_version():
    compose = (ROOT / "docker-compose.yml").read_text()
    changelog = (ROOT / "CHANGELOG.md").read_text()

    assert re.findall(r"VERSION: (\S+)\}", compose) == [__version__]
    assert re.findall(r"image: runfit:(\S+)", compose) == [__version__]
    latest = re.findall(r"^## (\S+) \(\d{4}-\d\d-\d\d\)$", changelog, re.MULTILINE)[0]
    assert latest == __version__


def test_a_release_changes_them_all(checkout):
    before = {name: (checkout / name).read_text() for name in PLACES}

    ended = release(checkout, "9.1.0")

    assert ended.returncode == 0, ended.stderr
    assert "git tag v9.1.0" in ended.stdout
    changed = git(checkout, "diff", "--name-only").split()
    assert sorted(changed) == sorted(PLACES)
    for name, text in before.items():
        assert "9.1.0" not in text
        assert "9.1.0" in (checkout / name).read_text()
    commit(checkout)
    assert release(checkout, "9.1.1").returncode == 0


@pytest.mark.parametrize("version", [__version__, "0.9.0", "2", "v2.0.0"])
def test_a_lower_or_misspelt_number_is_refused(checkout, version):
    ended = release(checkout, version)

    assert ended.returncode == 1
    assert "higher than" in ended.stderr
    assert git(checkout, "diff") == ""


def test_open_changes_are_no_release(checkout):
    (checkout / "CHANGELOG.md").write_text("Open")

    ended = release(checkout, "9.1.0")

    assert ended.returncode == 1
    assert ended.stderr.startswith("release: commit your changes first")
