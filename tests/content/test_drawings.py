"""Drawings of exercises and checks: up to date, complete, safe, and with alternative text."""

import gzip
import json
import re
import subprocess
import sys
from dataclasses import replace
from itertools import combinations
from math import dist
from pathlib import Path

import pytest

from runfit.lib.svg.validation import svg_fault

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "content" / "pictures"
FILES = sorted(PICTURES.glob("*.svg"))
CHECKS = sorted((PICTURES / "checks").glob("*.svg"))
RESULTS = sorted((PICTURES / "results").glob("*.svg"))
HERO = ROOT / "templates" / "assessments" / "hero.html"
HIP = ROOT / "templates" / "assessments" / "hip.html"
PLAN = ROOT / "templates" / "guides" / "plan_picture.html"
DRAWN_AGAIN = ("m1_switch", "a6_bird_dog")
"""Of the loops, since each takes as long as ten stills."""
VIEW_BOX = re.compile(r'viewBox="0 0 (\d+) (\d+)"')
TALLEST = 2 / 3
"""Height of a picture by its width: it stands beside or above what was found."""
PAGE_WIDTH = 288
"""Pixels of a drawing on the narrowest phone (320 px)."""
TARGET = 44
"""Pixels of a spot, which is round."""


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
        [sys.executable, "content/drawings/draw.py", "--check", "--loops", *DRAWN_AGAIN],
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
        exercise.id: {
            "file": f"pictures/{exercise.id}.svg",
            "alt": exercise.alt,
            "clip": f"pictures/loops/{exercise.id}.svg",
        }
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
    from content_files import self_check_with_drawings  # noqa: PLC0415

    text = (ROOT / "content" / "tight-hips.json").read_text()
    stale = json.loads(text)
    reach = next(q for q in stale["questions"] if q["key"] == "reach")
    reach["drawing"]["svg"] = "<svg/>"
    reach["choices"][0]["spot"] = [1, 1]
    reach["choices"][-1]["spot"] = [2, 2]
    stale["profiles"][0]["picture"] = {"alt": "", "svg": "<svg/>"}
    del stale["profiles"][1]["picture"]

    assert self_check_with_drawings(text) == text
    assert json.loads(self_check_with_drawings(json.dumps(stale))) == json.loads(text)


def test_every_result_type_has_a_picture(exercises):
    from poses import RESULTS as DRAWN  # noqa: PLC0415

    profiles = json.loads((ROOT / "content" / "tight-hips.json").read_text())["profiles"]

    assert {profile["key"]: profile["picture"]["alt"] for profile in profiles} == {
        picture.key: picture.alt for picture in DRAWN
    }
    assert [profile["picture"]["svg"] for profile in profiles] == [
        (PICTURES / "results" / f"{profile['key']}.svg").read_text() for profile in profiles
    ]
    assert [file.stem for file in RESULTS] == sorted(picture.key for picture in DRAWN)


@pytest.mark.parametrize("file", [*RESULTS, HERO, HIP, PLAN], ids=lambda file: file.stem)
def test_a_picture_of_a_page_is_small_and_low(file):
    text = file.read_text()

    width, height = map(int, VIEW_BOX.search(text).groups())
    assert height / width <= TALLEST or file in {HIP, PLAN}
    assert len(gzip.compress(text.encode())) < 3_000


@pytest.mark.parametrize("file", [HERO, HIP, PLAN], ids=lambda file: file.stem)
def test_a_picture_beside_its_words_is_hidden_from_screen_readers(file):
    assert 'aria-hidden="true"' in file.read_text().split(">")[0]


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
        assert nearest >= TARGET, check.key


def test_the_frames_of_a_check_are_its_first_steps(exercises, questions):
    from poses import CHECKS as DRAWN  # noqa: PLC0415

    for check in DRAWN:
        assert len(check.digits) == len(check.figures), check.key
        assert len(check.figures) < len(questions[check.key]["how_to"]), check.key


def test_a_check_is_low_enough_to_stand_above_its_steps(exercises):
    from poses import CHECKS as DRAWN  # noqa: PLC0415

    assert {check.height / check.width for check in DRAWN} == {0.75}


@pytest.mark.parametrize("file", CHECKS, ids=lambda file: file.stem)
def test_the_drawing_of_a_check_is_small(file):
    assert len(gzip.compress(file.read_bytes())) < 3_000


@pytest.mark.parametrize("file", [*FILES, *CHECKS, *RESULTS], ids=lambda file: file.stem)
def test_drawing_passes_the_svg_allowlist_and_keeps_its_inks(file):
    text = file.read_text()

    assert svg_fault(text) == ""
    assert 'stroke="#22302e"' in text
    assert "currentColor" not in text


def test_floating_pose_is_rejected(exercises):
    from scene import MisdrawnError, drawing  # noqa: PLC0415
    from vector import Vector  # noqa: PLC0415

    bridge = next(exercise for exercise in exercises if exercise.id == "a1_bridge")
    floating = replace(bridge.start, hips=bridge.start.hips + Vector(0, 3))

    with pytest.raises(MisdrawnError, match=r"seat is \+3\.0 off its rest"):
        drawing(replace(bridge, start=floating))
