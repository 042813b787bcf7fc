"""Poses of phase 3: strength and spring for the calves."""

from __future__ import annotations

from paper import View
from props import DEEP, Block, Ground, Shade, straight
from scene import Exercise
from skeleton import Placed, Pose, Swung
from vector import DOWN, FORWARD, UP, Turn, Vector, way

from poses.postures import tiptoe

# Single-leg calf raise

STEP = 16
WALL_AHEAD = (FORWARD, 44.0)


def _on_one_ball(hips: Vector, raised: float) -> Pose:
    """She stands on the ball of one foot at the edge of a step; negative: the heel hangs low."""
    return Pose(
        hips=hips,
        pelvis=Turn(lean=2),
        chest=Turn(lean=2),
        head=Turn(lean=2),
        right_arm=Swung(way(-99, 8), way(-84), way(-80), toes=way(-20)),
        left_arm=Placed(Vector(40.4, 133, -16), DOWN, tip=UP),
        right_leg=tiptoe(0, 9, raised, height=STEP),
        left_leg=Swung(way(-84), way(-152), way(-80)),
        rests={"right ball": STEP, "right toes": STEP},
        leans={"left hand": WALL_AHEAD},
    )


CALF_RAISE = Exercise(
    id="s9_calf_raise",
    alt=(
        "A runner stands on the ball of one foot at the edge of a step, one hand on a wall, "
        "that heel below the edge, the other foot off the step. "
        "Then, with a straight knee, she lifts the heel as high as it goes."
    ),
    start=_on_one_ball(Vector(-6, 103.5, 0), raised=-20),
    end=_on_one_ball(Vector(-1, 113, 0), raised=46),
    tints=(("calf", "right"),),
    arrows=(straight(Vector(-26, 8, 9), Vector(-26, 40, 9)),),
    behind=(
        Ground(Vector(8, 0), 62),
        Block(Vector(44, 0, -34), Vector(50, 150, 30)),
        Block(Vector(-3, 0, -20), Vector(44, STEP, 24)),
        Shade(("left hand",), *WALL_AHEAD),
    ),
    view=View(turn=-14, rise=8, scale=1.3),
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
    start=_springy(Vector(1, 90.8, 0), raised=14, height=0),
    end=_springy(Vector(5, 103.4, 0), raised=48, height=7),
    tints=(("calf", "right"),),
    arrows=(straight(Vector(-24, 2, 9), Vector(-24, 44, 9), both=True),),
    behind=(Ground(Vector(8, 0), 46), Ground(Vector(12, 0), 16, 14, fill=DEEP)),
    view=View(turn=24, rise=10, scale=1.34),
)

EXERCISES = (CALF_RAISE, POGO)
