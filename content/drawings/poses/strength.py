"""Poses of phase 3: strength for running."""

from __future__ import annotations

from dataclasses import replace
from math import pi, sin

from moving.between import between
from moving.rep import Beat
from paper import View
from props import Block, Ground, LoopBand, Shade, mat, straight
from scene import Exercise
from skeleton import Limb, Placed, Pose, Swung
from vector import DOWN, LEFT, RIGHT, UP, Turn, Vector, way

from poses.activation import HIGH, bridge_hips
from poses.postures import FACING_US, arms_beside, arms_hanging, hands_clasped, standing, tiptoe

# Split squat


def _split_stance(height: float, lean: float, heel: float) -> Pose:
    hips = Vector(0, height, 0)
    return Pose(
        hips=hips,
        pelvis=Turn(lean=lean),
        chest=Turn(lean=lean),
        head=Turn(lean=2),
        **hands_clasped(hips + Vector(20 + lean * 0.7, 30, 0), tip=way(100)),
        right_leg=standing(40, 9, knee=Vector(1, 0.4, 0)),
        left_leg=tiptoe(-40, -9, raised=heel),
        rests={"right heel": 0, "right ball": 0, "left ball": 0},
    )


SPLIT_SQUAT = Exercise(
    id="s1_split_squat",
    alt=(
        "A runner stands with one foot far in front, back heel up. "
        "Then she sinks straight down until the back knee is just off the floor."
    ),
    start=_split_stance(79.5, 4, heel=50),
    end=_split_stance(48, 8, heel=68),
    tints=(("quad", "right"), ("glute max", "right")),
    arrows=(straight(Vector(-32, 96), Vector(-32, 66)),),
    behind=(Ground(Vector(0, 0), 72),),
    rep=(Beat(1, 3), Beat(0, 1), Beat(0, 0.6)),
)

# Step-up

STEP = 22


def _on_the_step(hips: Vector, lean: float, left_leg: Limb) -> Pose:
    return Pose(
        hips=hips,
        pelvis=Turn(lean=lean),
        chest=Turn(lean=lean),
        head=Turn(lean=lean * 0.4),
        **hands_clasped(hips + Vector(22 + lean * 0.6, 31 - lean * 0.3, 0), tip=way(90)),
        right_leg=standing(30, 9, height=STEP, knee=Vector(1, 0.5, 0)),
        left_leg=left_leg,
        rests={"right heel": STEP, "right ball": STEP},
    )


STEP_UP = Exercise(
    id="s2_step_up",
    alt=(
        "A runner has one whole foot on a step, one on the floor, and leans a little forward. "
        "Then she pushes the step away and stands tall on it."
    ),
    start=_on_the_step(Vector(3, 81, 0), 20, tiptoe(-14, -9, raised=40)),
    end=_on_the_step(Vector(28, 112, 0), 3, Swung(way(-78), way(-134), way(-62))),
    tints=(("quad", "right"), ("glute max", "right")),
    arrows=(straight(Vector(-12, 96), Vector(-12, 130)),),
    behind=(Ground(Vector(8, 0), 66), Block(Vector(14, 0, -26), Vector(60, STEP, 26))),
    view=View(scale=1.34),
    rep=(Beat(1, 1), Beat(1, 0.6), Beat(0, 3.5), Beat(0, 0.6)),
)

# Single-leg deadlift

HINGE = Exercise(
    id="s3_hinge",
    alt=(
        "A runner stands on one leg, knee soft. "
        "Then she pushes her hips back; trunk and free leg tip as one until both are almost level."
    ),
    start=Pose(
        hips=Vector(2, 90.5, 0),
        pelvis=Turn(lean=2),
        chest=Turn(lean=2),
        head=Turn(lean=2),
        **arms_hanging(),
        right_leg=standing(0, 9),
        left_leg=tiptoe(-18, -9, raised=40),
        rests={"right heel": 0, "right ball": 0, "left ball": 0},
    ),
    end=Pose(
        hips=Vector(-12, 87, 0),
        pelvis=Turn(lean=74),
        chest=Turn(lean=74),
        head=Turn(lean=66),
        right_arm=Swung(way(-86), way(-84), way(-84), toes=way(0)),
        left_arm=Swung(way(-86), way(-84), way(-84), toes=way(0)),
        right_leg=standing(0, 9),
        left_leg=Swung(way(193), way(191), way(-82)),
        rests={"right heel": 0, "right ball": 0},
    ),
    tints=(("glute max", "right"), ("hamstring", "right")),
    arrows=(straight(Vector(-8, 114), Vector(-44, 114)),),
    behind=(Ground(Vector(0, 0), 60),),
    view=View(scale=1.38),
    rep=(Beat(1, 3), Beat(0, 1), Beat(0, 0.6)),
)

# Single-leg hip thrust

COUCH = 40
COUCH_EDGE = Vector(-34, COUCH, 0)


def _on_the_couch(fall: float, free_thigh: float, head: float, rests: dict[str, float]) -> Pose:
    """Only her shoulder blades touch the edge, which her trunk turns around."""
    trunk = Turn(lean=-90 + fall).frame
    hips = trunk.place(COUCH_EDGE, 9, -36, 0)
    belly = trunk.forward * 10 + trunk.up * 12
    return Pose(
        hips=hips,
        pelvis=Turn(lean=-90 + fall),
        chest=Turn(lean=-90 + fall),
        head=Turn(lean=head),
        right_arm=Placed(
            hips + belly + RIGHT * 11, Vector(-0.4, -1, 1), tip=Vector(0.6, 0.1, -0.8)
        ),
        left_arm=Placed(hips + belly + LEFT * 11, Vector(-0.4, -1, -1), tip=Vector(0.6, 0.1, 0.8)),
        right_leg=standing(43, 9, knee=Vector(0.3, 1, 0)),
        left_leg=Swung(way(free_thigh), way(free_thigh - 82), way(free_thigh + 12)),
        rests={"right heel": 0, "right ball": 0} | rests,
    )


THRUST = Exercise(
    id="s4_thrust",
    alt=(
        "A runner has only her shoulder blades on the edge of a couch, "
        "one foot on the floor, one knee up, hips low. "
        "Then she drives through the heel until her hips are level."
    ),
    start=_on_the_couch(36, free_thigh=66, head=-40, rests={}),
    end=_on_the_couch(0, free_thigh=62, head=-50, rests={"back": COUCH}),
    tints=(("glute max", "right"),),
    arrows=(straight(Vector(10, 6, 30), Vector(10, 30, 30)),),
    behind=(
        Block(Vector(-112, 0, -48), Vector(-92, 76, 44)),
        Block(Vector(-92, 0, -48), Vector(COUCH_EDGE.x, COUCH, 44)),
    ),
    view=View(turn=8, scale=1.45),
    shift=16,
    rep=(Beat(1, 1), Beat(1, 1), Beat(0, 3)),
)

# Slow side step-down

LOW_STEP = 16


def _beside_the_step(hips: Vector, lean: float, left_leg: Limb) -> Pose:
    turn = Turn(lean=lean, yaw=FACING_US)
    waist = turn.frame.place(hips, 1, 16, 0)
    return Pose(
        hips=hips,
        pelvis=turn,
        chest=turn,
        head=Turn(lean=lean / 3, yaw=FACING_US),
        right_arm=Placed(waist + Vector(-16, 0, 0), Vector(-1, 0, -0.6), tip=Vector(0.3, -0.6, 1)),
        left_arm=Placed(waist + Vector(16, 0, 0), Vector(1, 0, -0.6), tip=Vector(-0.3, -0.6, 1)),
        right_leg=Placed(Vector(-8, LOW_STEP + 8, 0), Vector(-0.06, 0, 1), tip=RIGHT),
        left_leg=left_leg,
        rests={"right heel": LOW_STEP, "right ball": LOW_STEP},
    )


TAPPING = replace(
    _beside_the_step(
        Vector(0, 84, -17), 32, Placed(Vector(17, 9.3, 14), RIGHT, tip=Vector(0.05, 0.9, 1))
    ),
    rests={"right heel": LOW_STEP, "right ball": LOW_STEP, "left heel": 0},
)

STEP_DOWN = Exercise(
    id="s5_step_down",
    alt=(
        "A runner seen from the front stands on a low step, one foot off its side, hands on hips. "
        "Then she bends the standing knee and sits back "
        "until the free heel taps the floor beside the step."
    ),
    start=_beside_the_step(
        Vector(0, 106, 0), 2, Placed(Vector(15, LOW_STEP + 8.4, 6), RIGHT, tip=Vector(0.05, 0.2, 1))
    ),
    end=TAPPING,
    tints=(("glute med", "right"), ("quad", "right")),
    arrows=(straight(Vector(-46, 104, -20), Vector(-46, 70, -20)),),
    behind=(
        Ground(Vector(0, 0), 60, 36),
        Block(Vector(-44, 0, -24), Vector(1, LOW_STEP, 28)),
    ),
    view=View(turn=-14, rise=10, scale=1.38),
    layers=("trunk", "head", "left leg", "right leg", "shorts", "left arm", "right arm"),
    rep=(Beat(1, 4), Beat(0, 1), Beat(0, 0.6)),
)

# Heel walkout

HEELS_AWAY = Pose(
    hips=bridge_hips(27),
    pelvis=Turn(lean=-113),
    chest=Turn(lean=-117),
    head=Turn(lean=-84),
    **arms_beside(4),
    right_leg=Placed(Vector(73, 9.4, 9), UP, tip=way(58)),
    left_leg=Placed(Vector(73, 9.4, -9), UP, tip=way(58)),
    rests={"right heel": 0, "left heel": 0, "head": 0, "right hand": 0, "left hand": 0},
)
STEPS = 6


def _walked(share: float) -> Pose:
    """Her heels take turns; each whole share is one step."""
    pose = between(HIGH, HEELS_AWAY, share / STEPS)
    step, part = int(share), share - int(share)
    lift = 2.5 * sin(pi * part)
    legs = {}
    for side, first in (("right", 0), ("left", 1)):
        mine = (step + 1 - first) // 2 + (part if step % 2 == first else 0)
        leg = getattr(between(HIGH, HEELS_AWAY, 2 * mine / STEPS), f"{side}_leg")
        legs[f"{side}_leg"] = replace(leg, end=leg.end + UP * (lift * (step % 2 == first)))
    up = ("right", "left")[step % 2] if lift > 0.1 else "none"
    stay = {name: 0.0 for name in HEELS_AWAY.rests if name != f"{up} heel"}
    return replace(pose, rests=stay, **legs)


WALKOUT = Exercise(
    id="s6_walkout",
    alt=(
        "A runner holds a bridge with her heels close. "
        "Then she walks her heels away until the knees are almost straight; her hips stay up."
    ),
    start=HIGH,
    end=HEELS_AWAY,
    tints=(("hamstring", "right"),),
    arrows=tuple(straight(Vector(x, 0, 26), Vector(x + 18, 0, 26), size=0.7) for x in (24, 48)),
    behind=(mat(-86, 96),),
    view=View(scale=1.5),
    rep=(
        *(Beat(step, 5 / STEPS) for step in range(1, STEPS + 1)),
        *(Beat(step, 5 / STEPS) for step in reversed(range(STEPS))),
        Beat(0, 0.6),
    ),
    way=_walked,
)

# Band knee drive


HAND_ON_WALL = (LEFT, 36.0)


def _tall_by_the_wall(right_leg: Limb, right_arm: Limb) -> Pose:
    return Pose(
        hips=Vector(0, 91, 0),
        pelvis=Turn(),
        chest=Turn(),
        head=Turn(),
        right_arm=right_arm,
        left_arm=Placed(Vector(22, 120, -32), Vector(-0.3, -1, 0), tip=Vector(0.3, 1, 0)),
        right_leg=right_leg,
        left_leg=standing(0, -11),
        rests={"left heel": 0, "left ball": 0},
        leans={"left hand": HAND_ON_WALL},
    )


BAND_MARCH = Exercise(
    id="s7_band_march",
    alt=(
        "A runner stands tall, one hand on a wall, a band around both feet. "
        "Then she lifts one knee to hip height against the band."
    ),
    start=_tall_by_the_wall(
        standing(0, 13), Swung(way(-100, 8), way(-84), way(-80), toes=way(-20))
    ),
    end=_tall_by_the_wall(
        Swung(way(1), way(-92), way(8)), Swung(way(-118, 12), way(-70), way(-60), toes=way(20))
    ),
    tints=(("hip flexor", "right"),),
    arrows=(straight(Vector(62, 58, 9), Vector(62, 98, 9)),),
    behind=(
        Ground(Vector(0, 0), 50),
        Block(Vector(-56, -1, -42), Vector(76, 156, -36)),
        Shade(("left hand",), *HAND_ON_WALL),
        LoopBand(around_feet=True),
    ),
    before=(LoopBand(around_feet=True, front=True),),
    view=View(turn=40, rise=12),
    rep=(Beat(1, 1), Beat(1, 1), Beat(0, 3), Beat(0, 0.6)),
)

# Short side plank

BENCH = 38
FOREARM_UNDER = Swung(DOWN, Vector(-0.8, -0.02, 0.6), Vector(-0.8, 0, 0.6))


def _side_plank(hips: Vector, roll: float, top_thigh: float, bottom: Limb) -> Pose:
    turn = Turn(roll=roll, yaw=FACING_US)
    return Pose(
        hips=hips,
        pelvis=turn,
        chest=turn,
        head=Turn(roll=roll - 2, yaw=FACING_US),
        right_arm=FOREARM_UNDER,
        left_arm=Placed(hips + Vector(-12, 13, 12), Vector(-0.6, 1, 0.6), tip=Vector(1, -0.5, 0.3)),
        right_leg=bottom,
        left_leg=Swung(way(top_thigh), way(0), RIGHT),
        rests={"left knee": BENCH, "right elbow": 0, "right forearm": 0},
    )


SIDE_PLANK = Exercise(
    id="s8_side_plank",
    alt=(
        "A runner lies on one forearm, hips down, the inside of the top knee well onto a bench. "
        "Then she presses that knee down and lifts her hips "
        "until her body is straight from ear to knee."
    ),
    start=_side_plank(
        Vector(-6, 16.8, 0),
        52,
        29.4,
        Swung(Vector(0.72, -0.1, 0.68), Vector(0.5, 0, -0.86), Vector(0.7, 0, 0.6)),
    ),
    end=_side_plank(
        Vector(-8.5, 45.8, 0),
        86,
        -14.8,
        Swung(Vector(0.62, -0.6, 0.5), Vector(0.55, -0.08, -0.83), Vector(0.7, 0, 0.6)),
    ),
    tints=(("adductor", "left"), ("glute med", "right")),
    arrows=(
        straight(Vector(-4, 76, 10), Vector(-4, 106, 10)),
        straight(Vector(34, 74, 0), Vector(34, 56, 0), size=0.8),
    ),
    behind=(
        mat(-92, 96, 50),
        Block(Vector(16, 0, -20), Vector(21, BENCH - 8, 4)),
        Block(Vector(82, 0, -20), Vector(87, BENCH - 8, 4)),
        Block(Vector(9, BENCH - 8, -24), Vector(94, BENCH, 14)),
    ),
    view=View(turn=8, rise=14, scale=1.45),
    layers=(
        "right arm",
        "trunk",
        "head",
        "left leg",
        "right leg",
        "shorts",
        "right knee",
        "left arm",
    ),
    rep=(Beat(1, 2), Beat(1, 5), Beat(0, 2), Beat(0, 1)),
)

EXERCISES = (
    SPLIT_SQUAT,
    STEP_UP,
    HINGE,
    THRUST,
    STEP_DOWN,
    WALKOUT,
    BAND_MARCH,
    SIDE_PLANK,
)
