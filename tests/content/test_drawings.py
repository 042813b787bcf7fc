"""Exercise drawings: up to date, complete, safe, and with alternative text."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from runfit.lib.svg import svg_fault

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "content" / "pictures").glob("*.svg"))


@pytest.fixture
def exercises(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "content" / "drawings"))
    from poses import EXERCISES  # noqa: PLC0415

    return EXERCISES


def test_drawing_files_are_up_to_date():
    checked = subprocess.run(
        [sys.executable, "content/drawings/draw.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (checked.returncode, checked.stderr) == (0, "")


def test_every_exercise_has_a_drawing(exercises):
    content = json.loads((ROOT / "content" / "exercises.json").read_text())["exercises"]
    drawn = {
        exercise.id: {"file": f"pictures/{exercise.id}.svg", "alt": exercise.alt}
        for exercise in exercises
    }

    pictured = {exercise["id"]: exercise["picture"] for exercise in content}
    assert pictured == {name: drawn.get(name) for name in pictured}
    assert [file.stem for file in FILES] == sorted(drawn)


def test_a_stale_picture_is_mended_and_all_else_stays(exercises):
    from content_files import exercises_with_pictures  # noqa: PLC0415

    text = (ROOT / "content" / "exercises.json").read_text()
    stale = json.loads(text)
    stale["exercises"][4]["picture"]["alt"] = "Old."
    old = json.dumps(stale, ensure_ascii=False, indent=1) + "\n"

    assert exercises_with_pictures(text) == text
    assert exercises_with_pictures(old).rstrip() == text.rstrip()
    assert exercises_with_pictures(old).endswith("}\n")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_drawing_passes_the_svg_allowlist(file):
    assert svg_fault(file.read_text()) == ""


def test_floating_pose_is_rejected(exercises):
    from scene import MisdrawnError, drawing  # noqa: PLC0415
    from vector import Vector  # noqa: PLC0415

    bridge = next(exercise for exercise in exercises if exercise.id == "a1_bridge")
    floating = replace(bridge.start, hips=bridge.start.hips + Vector(0, 3))

    with pytest.raises(MisdrawnError, match=r"seat is \+3\.0 off its rest"):
        drawing(replace(bridge, start=floating))
