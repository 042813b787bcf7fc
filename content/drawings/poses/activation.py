"""Poses of phase 2: activate the glutes."""

from __future__ import annotations

from dataclasses import replace
from math import cos, pi, radians, sin

from moving.between import straight_way
from moving.rep import Beat
from paper import View
from props import DEEP, Arrow, Block, Cushion, Ground, LoopBand, Press, Shade, mat, straight
from scene import Exercise
from skeleton import Leans, Limb, Placed, Pose, Swung
from vector import DOWN, FORWARD, LEFT, RIGHT, UP, Turn, Vector, way

from poses.mobility import HANDS_AND_KNEES
from poses.postures import (
    FACING_US,
    LYING,
    SEAT,
    Arms,
    arms_beside,
    hand_down,
    kneeling,
    standing,
)

# Heels-close bridge

SHOULDERS = Vector(-47.8, 10.5, 0)
HEELS = 30
LYING_RESTS = {"back": 0.0, "head": 0.0, "right hand": 0.0, "left hand": 0.0}
FEET_DOWN = {"right heel": 0.0, "left heel": 0.0, "right ball": 0.0, "left ball": 0.0}

LOW = Pose(
    hips=Vector(0, SEAT, 0),
    pelvis=Turn(lean=LYING),
    chest=Turn(lean=LYING),
    head=Turn(lean=-82),
    **arms_beside(4, far=-32),
    right_leg=standing(HEELS, 9, knee=UP),
    left_leg=standing(HEELS, -9, knee=UP),
    rests=LYING_RESTS | FEET_DOWN | {"seat": 0},
)


def bridge_hips(tilt: float) -> Vector:
    """The position of the hips when the trunk rises from the shoulders at an angle."""
    return SHOULDERS + Vector(48 * cos(radians(tilt)), 48 * sin(radians(tilt)), 0)


HIGH = Pose(
    hips=bridge_hips(29),
    pelvis=Turn(lean=-119),
    chest=Turn(lean=-119),
    head=Turn(lean=-84),
    **arms_beside(4),
    right_leg=standing(HEELS, 9, knee=UP),
    left_leg=standing(HEELS, -9, knee=UP),
    rests=FEET_DOWN | {"head": 0, "right hand": 0, "left hand": 0},
)

BRIDGE = Exercise(
    id="a1_bridge",
    alt=(
        "A runner lies on her back with bent knees and heels close. "
        "Then she lifts her hips until knee, hip and shoulder make one line."
    ),
    start=LOW,
    end=HIGH,
    tints=(("glute max", "right"),),
    arrows=(straight(Vector(-10, 50), Vector(-10, 76)),),
    behind=(mat(-86, 62),),
    view=View(turn=15, rise=16, scale=1.6),
    rep=(Beat(1, 2), Beat(1, 2), Beat(0, 2), Beat(0, 0.6)),
)

# Bridge march

MARCHES = FEET_DOWN | {"head": 0, "right hand": 0, "left hand": 0}
LIFT = 5.5


def _marched(share: float) -> Pose:
    """Her left foot is up at 1, her right one at -1."""
    right, left = max(-share, 0), max(share, 0)
    up = {"left"} if left else {"right"} if right else set()
    return replace(
        HIGH,
        right_leg=standing(HEELS - right, 9, height=LIFT * right, knee=UP),
        left_leg=standing(HEELS - left, -9, height=LIFT * left, knee=UP),
        rests={name: 0 for name in MARCHES if name.split()[0] not in up or "hand" in name},
    )


MARCH = Exercise(
    id="a2_march",
    alt=(
        "A runner holds a bridge: shoulders and feet on the floor, hips high. "
        "Then she lifts one foot an inch, with a gap below it; her hips stay level."
    ),
    start=HIGH,
    end=_marched(1),
    tints=(("glute max", "right"),),
    arrows=(straight(Vector(62, 0, -9), Vector(62, 20, -9), size=0.8),),
    behind=(mat(-86, 76), Ground(Vector(37, 0, -9), 15, 5, fill=DEEP)),
    view=View(turn=33, rise=20, scale=1.66),
    rep=(Beat(1, 1), Beat(1, 2), Beat(0, 1), Beat(-1, 1), Beat(-1, 2), Beat(0, 1)),
    way=_marched,
)

# Side-lying wall slide

ON_HER_SIDE = Turn(roll=90, yaw=FACING_US)
WALL_BEHIND = (LEFT, 13.0)


def _side_lying(top_leg: float) -> Pose:
    return Pose(
        hips=Vector(0, 17.4, 0),
        pelvis=ON_HER_SIDE,
        chest=Turn(roll=84, yaw=FACING_US),
        head=Turn(roll=92, yaw=FACING_US),
        right_arm=Swung(Vector(-0.7, -0.05, 0.7), Vector(-0.55, 0, -0.83), Vector(-0.6, 0, -0.8)),
        left_arm=Placed(Vector(-28, 3.8, 30), Vector(0.6, 0.6, 0.5), tip=Vector(-1, 0, 0.3)),
        right_leg=Swung(Vector(0.62, -0.03, 0.78), Vector(0.5, -0.05, -0.9), Vector(0.7, 0, 0.7)),
        left_leg=Swung(way(top_leg, -4), way(top_leg, -4), RIGHT),
        rests={"right hip": 0, "left hand": 0},
        leans={"left heel": WALL_BEHIND, "right heel": WALL_BEHIND, "seat": WALL_BEHIND},
    )


WALL_SLIDE = Exercise(
    id="a3_wall_slide",
    alt=(
        "A runner seen from above lies on her side, back and heels against a wall, "
        "bottom knee bent, top leg straight. "
        "Then she slides the top heel up the wall; it touches the wall all the way."
    ),
    start=_side_lying(-6),
    end=_side_lying(17),
    tints=(("glute med", "left"),),
    arrows=(Arrow(Vector(100, 12, -12), Vector(104, 32, -12), Vector(98, 54, -12)),),
    behind=(
        Block(Vector(-84, -1.8, -18), Vector(114, 68, -13)),
        Block(Vector(-84, -1.8, -13), Vector(114, 0, 46)),
        Shade(("back", "seat", "left heel"), *WALL_BEHIND),
    ),
    view=View(turn=36, rise=37, scale=1.42),
    shift=-4 - 12j,
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
    rep=(Beat(1, 2), Beat(1, 2), Beat(0, 3), Beat(0, 0.6)),
)

# Band side steps


def _low_squat(middle: float, right: float, left: float) -> Pose:
    return Pose(
        hips=Vector(middle, 73, -15),
        pelvis=Turn(lean=18, yaw=FACING_US),
        chest=Turn(lean=14, yaw=FACING_US),
        head=Turn(lean=2, yaw=FACING_US),
        right_arm=Placed(Vector(middle - 3, 106, 22), Vector(-1, -1, 0), tip=Vector(0.4, 1, 0)),
        left_arm=Placed(Vector(middle + 3, 106, 22), Vector(1, -1, 0), tip=Vector(-0.4, 1, 0)),
        right_leg=Placed(Vector(right, 8, 0), Vector(-0.15, 0, 1), tip=RIGHT),
        left_leg=Placed(Vector(left, 8, 0), Vector(0.15, 0, 1), tip=RIGHT),
        rests=FEET_DOWN,
    )


def _sideways(share: float) -> Pose:
    """Her left foot steps out up to 1, her right one follows up to 2."""
    out, after = min(share, 1), max(share - 1, 0)
    pose = _low_squat(9 * share, -13 + 18 * after, 13 + 18 * out)
    leg = "left" if share <= 1 else "right"
    up = Vector(0, 3 * sin(pi * share) if share < 1 else 3 * sin(pi * after), 0)
    limb = getattr(pose, f"{leg}_leg")
    lifted = replace(limb, end=limb.end + up)
    stay = {name: 0.0 for name in pose.rests if not (up.y > 0.1 and leg in name)}
    return replace(pose, rests=stay, **{f"{leg}_leg": lifted})


BAND_STEP = Exercise(
    id="a4_band_step",
    alt=(
        "A runner stands in a small squat with a band around both ankles. "
        "Then one foot steps to the side against the band; she stays low."
    ),
    start=_low_squat(0, -13, 13),
    end=_low_squat(9, -13, 31),
    tints=(("glute med", "right"), ("glute med", "left")),
    arrows=(straight(Vector(44, 16, 6), Vector(76, 16, 6)),),
    behind=(Ground(Vector(9, 0), 58, 26), LoopBand()),
    before=(LoopBand(front=True),),
    view=View(turn=-17, rise=8),
    layers=("trunk", "head", "right leg", "left leg", "shorts", "left arm", "right arm"),
    rep=(Beat(1, 2), Beat(2, 2), Beat(1, 2), Beat(0, 2)),
    way=_sideways,
)

# Face-down bent-knee lift


def _face_down(thigh: float) -> Pose:
    return Pose(
        hips=Vector(0, 15.2, 0),
        pelvis=Turn(lean=92),
        chest=Turn(lean=93.5),
        head=Turn(lean=94),
        right_arm=Placed(Vector(69, 3.6, 6), Vector(0.2, -0.1, 1), tip=Vector(0.3, 0, -1)),
        left_arm=Placed(Vector(69, 3.6, -6), Vector(0.2, -0.1, -1), tip=Vector(0.3, 0, 1)),
        right_leg=Swung(way(thigh), way(thigh - 92), way(180)),
        left_leg=Placed(Vector(-83, 5, -9), DOWN, tip=way(202)),
        rests={"left toes": 0, "right hand": 0, "left hand": 0},
    )


PRONE_LIFT = Exercise(
    id="a5_prone_lift",
    alt=(
        "A runner lies face down, a pillow under her hips, one knee bent, sole up. "
        "Then she squeezes the glute and lifts that thigh an inch or two."
    ),
    start=_face_down(193),
    end=_face_down(184.5),
    tints=(("glute max", "right"),),
    arrows=(straight(Vector(-68, 26), Vector(-68, 54)),),
    behind=(mat(-96, 88), Cushion([(Vector(-16, 4.4, 18), 4.4), (Vector(22, 4.4, 18), 4.4)])),
    view=View(scale=1.45),
    rep=(Beat(1, 1), Beat(2, 1), Beat(2, 3), Beat(1, 2), Beat(0, 0.6)),
    way=straight_way(_face_down(193), _face_down(193), _face_down(184.5)),
)

# Bird dog

POINTING = Pose(
    hips=HANDS_AND_KNEES.hips,
    pelvis=HANDS_AND_KNEES.pelvis,
    chest=HANDS_AND_KNEES.chest,
    head=HANDS_AND_KNEES.head,
    right_arm=hand_down(47, 16),
    left_arm=Swung(way(10), way(7), way(5), toes=UP),
    right_leg=Swung(way(181), way(178), way(-95)),
    left_leg=kneeling(0, -9),
    rests={"left knee": 0, "right hand": 0},
)
FOOT_BACK = replace(
    HANDS_AND_KNEES,
    right_leg=Placed(Vector(-71, 10, 9), Vector(1, -1, 0), tip=way(222)),
    rests={"left knee": 0, "right hand": 0, "left hand": 0, "right toes": 0},
)
"""One foot has slid back along the floor."""

BIRD_DOG = Exercise(
    id="a6_bird_dog",
    alt=(
        "A runner is on hands and knees with a flat back. "
        "Then she stretches one leg back at hip height and the opposite arm forward."
    ),
    start=HANDS_AND_KNEES,
    end=POINTING,
    tints=(("glute max", "right"),),
    arrows=(straight(Vector(-40, 66), Vector(-76, 66)), straight(Vector(78, 84), Vector(112, 86))),
    behind=(mat(-62, 78),),
    view=View(turn=14, rise=8, scale=1.34),
    rep=(Beat(1, 1), Beat(2, 1), Beat(2, 3), Beat(1, 1), Beat(0, 1), Beat(0, 0.6)),
    way=straight_way(HANDS_AND_KNEES, FOOT_BACK, POINTING),
)

# Wall drive hold

WALL = 27.0
RUNNING_ARMS: Arms = {
    "right_arm": Swung(Vector(-0.3, -0.9, 0.25), Vector(0.2, 0.35, 0.9), Vector(0.15, 0.6, 0.8)),
    "left_arm": Swung(Vector(0.1, -0.85, -0.5), Vector(-0.1, 0.25, 0.9), Vector(-0.1, 0.6, 0.8)),
}


def _by_the_wall(left_leg: Limb, leans: Leans, arms: Arms) -> Pose:
    return Pose(
        hips=Vector(0, 90, 0),
        pelvis=Turn(lean=2, yaw=FACING_US),
        chest=Turn(lean=1, yaw=FACING_US),
        head=Turn(yaw=FACING_US),
        **arms,
        right_leg=Placed(Vector(-8, 8, 0), RIGHT, tip=RIGHT),
        left_leg=left_leg,
        rests={"right heel": 0, "right ball": 0},
        leans=leans,
    )


WALL_DRIVE = Exercise(
    id="a7_wall_drive",
    alt=(
        "A runner seen from the front stands sideways to a wall, close but not leaning on it. "
        "Then she lifts the knee next to the wall to hip height "
        "and presses the outside of that knee into it."
    ),
    start=_by_the_wall(
        Placed(Vector(9, 8, 0), RIGHT, tip=RIGHT),
        {},
        {
            "right_arm": Swung(Vector(-0.1, -1, -0.06), Vector(0, -1, 0.14), DOWN),
            "left_arm": Swung(Vector(0.02, -1, -0.06), Vector(0, -1, 0.14), DOWN),
        },
    ),
    end=_by_the_wall(
        Swung(Vector(12.8, 0, 39.5), Vector(-0.06, -1, -0.12), Vector(0, 0.1, 1)),
        {"left knee": (FORWARD, WALL)},
        RUNNING_ARMS,
    ),
    tints=(("glute med", "right"),),
    arrows=(Press(Vector(WALL, 90, 40), FORWARD),),
    behind=(
        Ground(Vector(-8, 0), 40, 30),
        Block(Vector(WALL, -1, -44), Vector(WALL + 10, 150, 48)),
    ),
    view=View(turn=-5, rise=9),
    layers=(
        "trunk",
        "head",
        "right leg",
        "left leg",
        "shorts",
        "left arm",
        "left knee",
        "right arm",
    ),
    rep=(Beat(1, 1.5), Beat(1, 5), Beat(0, 1.5), Beat(0, 1)),
)

EXERCISES = (BRIDGE, MARCH, WALL_SLIDE, BAND_STEP, PRONE_LIFT, BIRD_DOG, WALL_DRIVE)
