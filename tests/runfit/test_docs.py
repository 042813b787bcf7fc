"""The documents say what is."""

import re
import subprocess
from dataclasses import fields
from pathlib import Path

from runfit.env import Environment

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


def test_the_settings_page_lists_every_variable_and_no_other():
    listed = set(re.findall(r"^\| `([A-Z_]+)` \|", SETTINGS, re.MULTILINE))

    assert listed == {field.name.upper() for field in fields(Environment)}


def test_the_commands_page_lists_every_command_and_no_other():
    listed = set(re.findall(r"^\| `([a-z_]+)[ `]", COMMANDS, re.MULTILINE))
    ours = {path.stem for path in ROOT.glob("*/management/commands/[a-z]*.py")}

    assert listed == ours


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


def test_the_index_lists_every_decision():
    decisions = ROOT / "docs" / "decisions"
    index = (decisions / "README.md").read_text(encoding="utf-8")

    listed = re.findall(r"\]\((\d{4}-[a-z0-9-]+\.md)\)", index)

    assert listed == sorted(path.name for path in decisions.glob("0*.md"))
