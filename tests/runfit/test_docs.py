"""The documentation matches the code."""

import re
import subprocess
import tomllib
from dataclasses import fields
from pathlib import Path

from runfit.env import Environment

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
PATH = r"`((?:assessments|guides|runfit|tests|benchmarks|templates|docs|bin|content)/[\w/.-]+)`"


def tracked_documents():
    listing = ["git", "ls-files", "*.md", ":!CHANGELOG.md"]
    return subprocess.run(
        listing, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()


def test_the_settings_page_lists_every_variable_and_no_other():
    listed = set(re.findall(r"^\| `([A-Z_]+)` \|", SETTINGS, re.MULTILINE))

    assert listed == {field.name.upper() for field in fields(Environment)}


def test_the_settings_page_lists_every_check_and_no_other():
    listed = re.findall(r"`((?:guides|assessments|accounts)\.[EW]\d{3})`", SETTINGS)
    sources = [*ROOT.glob("*/checks.py"), *ROOT.glob("*/*/checks.py"), *ROOT.glob("*/checks/*.py")]
    ours = {
        found
        for path in sources
        for found in re.findall(r'id="(\w+\.[EW]\d{3})"', path.read_text(encoding="utf-8"))
    }

    assert sorted(listed) == sorted(ours)


def test_the_commands_page_lists_every_command_and_no_other():
    listed = set(re.findall(r"^\| `([a-z_]+)[ `]", COMMANDS, re.MULTILINE))
    ours = {
        path.stem
        for app in ("assessments", "guides", "runfit")
        for path in (ROOT / app).glob("**/management/commands/[a-z]*.py")
    }

    assert listed == ours


def test_linked_files_exist():
    for name in tracked_documents():
        document = ROOT / name
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", document.read_text()):
            assert (document.parent / target).exists(), f"{name} links to {target}"


def test_every_dependency_has_a_reason():
    for name in ("requirements.in", "requirements-dev.in", "bin/mutants.in"):
        for line in (ROOT / name).read_text().splitlines():
            if line and not line.startswith(("#", "-r", "-c")):
                assert re.search(r"  # \S", line), f"{name}: {line}"


def test_the_index_lists_every_decision():
    decisions = ROOT / "docs" / "decisions"
    index = (decisions / "README.md").read_text(encoding="utf-8")

    listed = re.findall(r"\]\((\d{4}-[a-z0-9-]+\.md)\)", index)

    assert listed == sorted(path.name for path in decisions.glob("0*.md"))


def test_architecture_map_matches_the_import_contracts():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for contract in contracts["tool"]["importlinter"]["contracts"]:
        if contract["type"] == "layers":
            (app,) = contract["containers"]
            table = CONTRIBUTING.split(f"`{app}/` ")[1].split("\n\n")[1].splitlines()[2:]
            rooms = [re.findall(r"`(\w+)`", row.split("|")[1]) for row in table]

            assert [sorted(each) for each in rooms] == [
                sorted(layer.split(" | ")) for layer in contract["layers"]
            ]


def test_paths_named_in_the_docs_exist():
    for name in tracked_documents():
        for path in re.findall(PATH, (ROOT / name).read_text(encoding="utf-8")):
            assert (ROOT / path).exists(), f"{name} names {path}"


def test_no_folder_is_crowded_and_no_module_long():
    for folder in ("assessments", "guides", "runfit"):
        for place in (ROOT / folder, *(ROOT / folder).rglob("*/")):
            modules = [path for path in place.glob("*.py") if path.name != "__init__.py"]
            if place.name != "migrations":
                assert len(modules) <= 15, place
                for path in modules:
                    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400, path
