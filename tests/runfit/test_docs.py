"""The documents say what is."""

import re
import subprocess
from dataclasses import fields
from pathlib import Path

from runfit.env import Environment

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_lists_every_variable_and_no_other():
    listed = set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE))

    assert listed == {field.name.upper() for field in fields(Environment)}


def test_files_that_the_documents_link_to_exist():
    tracked = subprocess.run(
        ["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()

    for name in tracked:
        document = ROOT / name
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", document.read_text()):
            assert (document.parent / target).exists(), f"{name} links to {target}"


def test_every_dependency_has_its_reason():
    for name in ("requirements.in", "requirements-dev.in", "bin/mutants.in"):
        for line in (ROOT / name).read_text().splitlines():
            if line and not line.startswith(("#", "-r", "-c")):
                assert re.search(r"  # \S", line), f"{name}: {line}"
