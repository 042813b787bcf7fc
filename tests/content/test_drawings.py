"""Drawings of exercises and checks: up to date, complete, safe, and with alternative text."""

import json
import subprocess
import sys
from dataclasses import replace
from itertools import combinations
from math import dist
from pathlib import Path

import pytest

from runfit.lib.svg import svg_fault

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "content" / "pictures"
FILES = sorted(PICTURES.glob("*.svg"))
CHECKS = sorted((PICTURES / "checks").glob("*.svg"))
PAGE_WIDTH = 296
"""Pixels of a drawing on the self-check (18.5rem)."""
SPOT = 32
"""Pixels of a numbered spot's visible circle."""


@pytest.fixture
def exercises(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "content" / "drawings"))
    from poses import EXERCISES  # noqa: PLC0415

    return EXERCISES


@pytest.fixture
def questions():
    content = json.loads((ROOT / "content" / "tight-hips.json").read_text())
    return {question["key"]: question for question in content["questions"]}


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
    del stale["exercises"][4]["picture"]
    old = json.dumps(stale, ensure_ascii=False, indent=1) + "\n"

    assert exercises_with_pictures(text) == text
    assert exercises_with_pictures(old).rstrip() == text.rstrip()
    assert exercises_with_pictures(old).endswith("}\n")


def test_a_stale_check_is_mended_and_all_else_stays(exercises):
    from content_files import questions_with_drawings  # noqa: PLC0415

    text = (ROOT / "content" / "tight-hips.json").read_text()
    stale = json.loads(text)
    reach = next(q for q in stale["questions"] if q["key"] == "reach")
    reach["drawing"]["svg"] = "<svg/>"
    reach["choices"][0]["spot"] = [1, 1]
    reach["choices"][-1]["spot"] = [2, 2]

    assert questions_with_drawings(text) == text
    assert json.loads(questions_with_drawings(json.dumps(stale))) == json.loads(text)


def test_every_spot_is_that_of_an_answer(exercises, questions):
    from poses import CHECKS as DRAWN  # noqa: PLC0415

    for check in DRAWN:
        answers = {choice["key"] for choice in questions[check.key]["choices"]}
        assert set(check.spots) <= answers, check.key
    assert [file.stem for file in CHECKS] == sorted(check.key for check in DRAWN)


def test_spots_do_not_cover_each_other(exercises):
    from checks import spots  # noqa: PLC0415
    from poses import CHECKS as DRAWN  # noqa: PLC0415

    for check in DRAWN:
        share = PAGE_WIDTH / check.width / 100
        places = [
            (x * share * check.width, y * share * check.height) for x, y in spots(check).values()
        ]
        nearest = min(dist(*pair) for pair in combinations(places, 2))
        assert nearest > SPOT, check.key


@pytest.mark.parametrize("file", CHECKS, ids=lambda file: file.stem)
def test_the_drawing_of_a_check_is_small_and_fits_light_and_dark_pages(file):
    text = file.read_text()

    assert svg_fault(text) == ""
    assert len(text) < 7_000
    assert 'stroke="currentColor"' in text


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
