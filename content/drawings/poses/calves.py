"""Poses of phase 3: strength and spring for the calves."""

from __future__ import annotations

from moving.rep import Beat
from paper import View
from props import DEEP, Block, Ground, Shade, straight
from scene import Exercise
from skeleton import Limb, Placed, Pose, Swung
from vector import LEFT, UP, Turn, Vector, way

from poses.postures import standing, tiptoe

# Single-leg calf raise

HAND_ON_WALL = (LEFT, 34.0)


def _on_one_leg(hips: Vector, right_leg: Limb, rests: dict[str, float]) -> Pose:
    return Pose(
        hips=hips,
        pelvis=Turn(),
        chest=Turn(),
        head=Turn(),
        right_arm=Swung(way(-99, 8), way(-84), way(-80), toes=way(-20)),
        left_arm=Placed(Vector(30, 126, -31.2), Vector(-0.3, -1, 0), tip=UP),
        right_leg=right_leg,
        left_leg=Swung(way(-86), way(-170), way(-98)),
        rests=rests,
        leans={"left hand": HAND_ON_WALL},
    )


CALF_RAISE = Exercise(
    id="s9_calf_raise",
    alt=(
        "A runner stands on one leg next to a wall, fingertips on it, the whole foot on the floor. "
        "Then, with a straight knee, she rises onto the ball of that foot, the heel high."
    ),
    start=_on_one_leg(Vector(1, 91.2, 0), standing(0, 9), {"right heel": 0, "right ball": 0}),
    end=_on_one_leg(
        Vector(7.5, 97, 0), tiptoe(10, 9, raised=48), {"right ball": 0, "right toes": 0}
    ),
    tints=(("calf", "right"),),
    arrows=(straight(Vector(-20, 2, 9), Vector(-20, 30, 9)),),
    behind=(
        Ground(Vector(4, 0), 52),
        Block(Vector(-50, -1, -40), Vector(66, 152, -34)),
        Shade(("left hand",), *HAND_ON_WALL),
    ),
    view=View(turn=26, rise=10, scale=1.36),
    rep=(Beat(1, 1), Beat(1, 1), Beat(0, 2), Beat(0, 0.4)),
)

# Low pogo hops


def _springy(hips: Vector, raised: float, height: float) -> Pose:
    return Pose(
        hips=hips,
        pelvis=Turn(lean=4),
        chest=Turn(lean=5),
        head=Turn(lean=2),
        right_arm=Swung(way(-112, 10), way(-12), way(-4), toes=way(80)),
        left_arm=Swung(way(-112, -10), way(-12), way(-4), toes=way(80)),
        right_leg=tiptoe(12, 9, raised, height),
        left_leg=tiptoe(12, -9, raised, height),
        rests={} if height else {"right ball": 0, "left ball": 0},
    )


POGO = Exercise(
    id="s10_pogo",
    alt=(
        "A runner stands tall on the balls of both feet, heels just off the floor, knees soft. "
        "Then she hops straight up, only an inch or two, from springy ankles."
    ),
    start=_springy(Vector(2, 92.3, 0), raised=14, height=0),
    end=_springy(Vector(5, 103.4, 0), raised=48, height=7),
    tints=(("calf", "right"),),
    arrows=(straight(Vector(-24, 2, 9), Vector(-24, 44, 9), both=True),),
    behind=(Ground(Vector(8, 0), 46), Ground(Vector(12, 0), 16, 14, fill=DEEP)),
    view=View(turn=24, rise=10, scale=1.34),
    rep=(Beat(1, 0.25), Beat(0, 0.25)),
)

EXERCISES = (CALF_RAISE, POGO)
