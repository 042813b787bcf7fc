"""Exercises as loops: small, in their tempo, and right on the whole way."""

import gzip
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from runfit.lib.svg.validation import loop_fault

ROOT = Path(__file__).resolve().parents[2]
LOOPS = sorted((ROOT / "content" / "pictures" / "loops").glob("*.svg"))
MOST_BYTES = 25 * 1024
"""As sent, compressed."""
VIEW_BOX = re.compile(r'viewBox="\S+ \S+ (\S+) (\S+)" width="640" height="300"')
ANIMATE = re.compile(
    r'dur="([\d.]+)s" repeatCount="indefinite" keyTimes="([^"]*)" values="([^"]*)"'
)
NUMBER = re.compile(r"-?\d*\.?\d+")


@pytest.fixture
def exercises(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "content" / "drawings"))
    from poses import EXERCISES  # noqa: PLC0415

    return {exercise.id: exercise for exercise in EXERCISES}


def way_of(exercise):
    from moving.between import straight_way  # noqa: PLC0415

    return exercise.way or straight_way(exercise.start, exercise.end)


def moments_of(exercise):
    from moving.rep import moments  # noqa: PLC0415

    return moments(way_of(exercise), exercise.rep)


def shares_of(exercise):
    return way_of(exercise), sorted({moment.share for moment in moments_of(exercise)})


def test_every_exercise_loops(exercises):
    assert [file.stem for file in LOOPS] == sorted(exercises)


@pytest.mark.parametrize("file", LOOPS, ids=lambda file: file.stem)
def test_loop_is_small_and_safe(file):
    text = file.read_text()

    assert loop_fault(text) == ""
    assert len(gzip.compress(text.encode())) <= MOST_BYTES
    width, height = map(float, VIEW_BOX.search(text).groups())
    assert width / height == pytest.approx(640 / 300, rel=0.01)


@pytest.mark.parametrize("file", LOOPS, ids=lambda file: file.stem)
def test_loop_has_one_length_and_each_part_can_be_followed(file, exercises):
    found = ANIMATE.findall(file.read_text())

    [(length, listed)] = {(length, times) for length, times, _ in found}
    exercise = exercises[file.stem]
    assert float(length) == pytest.approx(sum(beat.seconds for beat in exercise.rep))
    times = [*map(float, listed.split(";"))]
    assert times == [pytest.approx(moment.at, abs=0.001) for moment in moments_of(exercise)]
    assert (times[0], times[-1], times) == (0, 1, sorted(times))
    for _, _, listed in found:
        values = listed.split(";")
        assert len(values) == len(times)
        shapes = {(len(NUMBER.findall(value)), *re.findall("[a-zA-Z]", value)) for value in values}
        assert len(shapes) == 1, "a browser can't go from one to the next"


def test_loop_keeps_the_tempo_that_its_exercise_tells(exercises):
    content = json.loads((ROOT / "content" / "exercises.json").read_text())["exercises"]
    told = {
        each["id"]: [*map(int, re.findall(r"(?<!-)\b\d+", each["dose"]["tempo"]))]
        for each in content
        if each["dose"]["tempo"]
    }

    for name, seconds in told.items():
        stretches = spans(exercises[name].rep)
        assert [each for each in seconds if each not in stretches] == [], name


def spans(rep):
    """The seconds of each beat, and of those that go on in one direction."""
    result, place, run, last = [], rep[-1].to, 0, 0
    for beat in rep:
        way = (beat.to > place) - (beat.to < place)
        run = run + beat.seconds if way == last else beat.seconds
        result += [beat.seconds, round(run, 6), int(run)]
        place, last = beat.to, way
    return result


def test_bones_keep_their_length_on_the_whole_way(exercises):
    from skeleton import FOREARM, SHIN, THIGH, UPPER_ARM, skeleton  # noqa: PLC0415

    for exercise in exercises.values():
        way, shares = shares_of(exercise)
        for body in (skeleton(way(share)) for share in shares):
            lengths = [
                (limb.joint - limb.root).length - upper + (limb.end - limb.joint).length - lower
                for limbs, upper, lower in (
                    (body.arms, UPPER_ARM, FOREARM),
                    (body.legs, THIGH, SHIN),
                )
                for limb in limbs.values()
            ]
            assert max(map(abs, lengths)) < 0.01, exercise.id


def spoiled(exercise, name, by):
    """The exercise, whose limb is somewhere else half of the way."""
    way, _ = shares_of(exercise)

    def other(share):
        pose = way(share)
        limb = getattr(pose, name)
        off = by * (1 - abs(2 * share - 1))
        return replace(pose, **{name: replace(limb, end=limb.end + off)})

    return replace(exercise, way=other)


@pytest.mark.parametrize(
    ("by", "fault"),
    [
        ((0, -6, 0), r"at 0\.50 right heel is \d\.\d below the floor"),
        ((0, 6, 0), r"at 0\.50 right heel is \+\d\.\d off its rest"),
        ((5, 0, 0), r"at 0\.50 right heel slips by \d\.\d"),
    ],
    ids=["sinks", "floats", "slips"],
)
def test_foot_that_leaves_its_place_on_the_way_is_rejected(exercises, by, fault):
    from moving.loop import loop  # noqa: PLC0415
    from picture import MisdrawnError  # noqa: PLC0415
    from vector import Vector  # noqa: PLC0415

    squat = exercises["s1_split_squat"]
    squat = replace(squat, rep=[replace(beat, seconds=1) for beat in squat.rep])
    with pytest.raises(MisdrawnError, match=r"s1_split_squat, moving: .*" + fault):
        loop(spoiled(squat, "right_leg", Vector(*by)))


def test_joint_that_bends_too_far_only_on_the_way_is_rejected(exercises):
    from moving.loop import loop  # noqa: PLC0415
    from picture import MisdrawnError  # noqa: PLC0415

    raise_ = exercises["s9_calf_raise"]
    way, _ = shares_of(raise_)

    def folded(share):
        pose = way(share)
        turn = 60 * (1 - abs(2 * share - 1))
        return replace(pose, pelvis=replace(pose.pelvis, lean=-turn))

    with pytest.raises(MisdrawnError, match=r"at 0\.\d+ right hip at -\d+ degrees, beyond -28"):
        loop(replace(raise_, way=folded))


def test_outlines_are_matched_by_the_nearest_beginning(exercises):
    from moving.morph import matched  # noqa: PLC0415

    square = [complex(x, 0) for x in range(20)] + [complex(20, y) for y in range(20)]
    square += [complex(20 - x, 20) for x in range(20)] + [complex(0, 20 - y) for y in range(20)]
    later = [point + 3 for point in square[33:] + square[:33]]

    first, last = matched([square, later], closed=True)

    assert len(first) == len(last)
    assert max(abs(b - a - 3) for a, b in zip(first, last, strict=True)) < 1.1
