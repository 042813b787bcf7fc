"""Poses of phase 1: hip mobility."""

from __future__ import annotations

from dataclasses import replace
from math import radians, sin

from moving.between import between, straight_way, swing
from moving.rep import Beat
from paper import View
from props import Arrow, Block, Cushion, Ground, Strap, mat, straight
from scene import Exercise
from skeleton import THIGH, Placed, Pose, Swung
from vector import DOWN, FORWARD, LEFT, RIGHT, Turn, Vector, way

from poses.postures import (
    FACING_US,
    FLOOR,
    LYING,
    SEAT,
    Arms,
    Legs,
    arms_hanging,
    flat_on_back,
    hand_down,
    hands_on_hips,
    kneeling,
    over_the_knee,
    standing,
    tiptoe,
)

# Hip switches

SITTING = Turn(lean=-17, yaw=FACING_US)
SITTING_LOOK = Turn(lean=0, yaw=FACING_US)
HANDS_BEHIND: Arms = {
    "right_arm": Placed(Vector(-27, 3.8, -20), LEFT, tip=Vector(-0.8, 0, -0.6)),
    "left_arm": Placed(Vector(27, 3.8, -20), LEFT, tip=Vector(0.8, 0, -0.6)),
}


def _seated(right_knee: Vector, left_knee: Vector, ankle: float) -> Pose:
    return Pose(
        hips=Vector(0, 11.6, 0),
        pelvis=SITTING,
        chest=Turn(lean=-14, yaw=FACING_US),
        head=SITTING_LOOK,
        **HANDS_BEHIND,
        right_leg=Placed(Vector(-29, ankle, 46), right_knee, tip=RIGHT),
        left_leg=Placed(Vector(29, ankle, 46), left_knee, tip=RIGHT),
        rests={"seat": 0, "right heel": 0, "left heel": 0, "right hand": 0, "left hand": 0},
    )


UPRIGHT, OVER, UNDER = Vector(0, 1, 0.2), Vector(-1, 0.08, 0), Vector(-1, 0.35, 0)


def _switched(share: float) -> Pose:
    """Knees over to her right at 1, to her left at -1."""
    over, part = (1 if share >= 0 else -1), abs(share)
    low, high = (
        swing(UPRIGHT.unit, Vector(knee.x * over, knee.y).unit, part) for knee in (OVER, UNDER)
    )
    right, left = (low, high) if over > 0 else (high, low)
    return _seated(right, left, ankle=8 - 3.4 * part**3)


SWITCH = Exercise(
    id="m1_switch",
    alt=(
        "A runner sits with bent knees, feet wide, hands on the floor behind her. "
        "Then both knees drop to one side, and over to the other, while she sits tall."
    ),
    start=_switched(0),
    end=_switched(1),
    tints=(),
    longer=(("rotator", "left"),),
    arrows=(Arrow(Vector(-38, 0, 68), Vector(0, 0, 86), Vector(38, 0, 68), both=True),),
    behind=(Block(Vector(-68, -1.8, -44), Vector(68, 0, 90)),),
    view=View(turn=0, rise=30, scale=1.6),
    shift=-24j,
    layers=(
        "left arm",
        "right arm",
        "trunk",
        "head",
        "right leg",
        "left leg",
        "shorts",
        "right knee",
        "left knee",
    ),
    end_layers=(
        "left arm",
        "right arm",
        "right leg",
        "trunk",
        "head",
        "left leg",
        "shorts",
        "left knee",
    ),
    rep=(Beat(1, 3), Beat(1, 2), Beat(-1, 3), Beat(-1, 2)),
    way=_switched,
)

# Half-kneel rock and squeeze

PILLOW = 6


def _half_kneeling(ahead: float, tuck: float) -> Pose:
    hips = over_the_knee(ahead, knee=5.7 + PILLOW)
    return Pose(
        hips=hips,
        pelvis=Turn(lean=tuck),
        chest=Turn(lean=1),
        head=Turn(),
        **hands_on_hips(hips + Vector(-2, 18, 0)),
        right_leg=kneeling(0, 8.5),
        left_leg=standing(38, -9, knee=Vector(1, 0.5, 0)),
        rests={"right knee": PILLOW, "left heel": 0, "left ball": 0},
    )


ROCK = Exercise(
    id="m2_rock",
    alt=(
        "A runner kneels on one knee, the other foot in front. "
        "Then she squeezes the glute of the kneeling leg and rocks her hips a little forward."
    ),
    start=_half_kneeling(-2, tuck=6),
    end=_half_kneeling(9, tuck=-7),
    tints=(("glute max", "right"),),
    longer=(("hip flexor", "right"),),
    arrows=(straight(Vector(26, 76), Vector(52, 76)),),
    behind=(mat(-62, 68), Cushion([(Vector(-12, 4, 9), 4), (Vector(13, 4, 9), 4)])),
    view=View(turn=16, rise=8, scale=1.6),
    rep=(Beat(1, 2), Beat(1, 2), Beat(0, 2), Beat(0, 0.6)),
    way=lambda share: _half_kneeling(-2 + 11 * share, tuck=6 - 13 * share),
)

# Bed-edge leg lower

BED = 52


def on_the_bed(thigh: float, shin: float, foot: float) -> Pose:
    hips = Vector(0, BED + SEAT, 0)
    knee = Vector(-20, 40, -8)
    return Pose(
        hips=hips,
        pelvis=Turn(lean=LYING),
        chest=Turn(lean=LYING),
        head=Turn(lean=-80),
        right_arm=Placed(hips + knee + RIGHT * 6, Vector(0, -1, 0.6), tip=Vector(0.6, -0.2, -0.9)),
        left_arm=Placed(hips + knee + LEFT * 6, Vector(0, -1, -0.6), tip=Vector(0.6, -0.2, 0.9)),
        right_leg=Swung(way(thigh), way(shin), way(foot)),
        left_leg=Swung(way(124), way(-22), way(40)),
        rests={"seat": BED, "back": BED, "head": BED},
    )


BED_EDGE = Exercise(
    id="m3_bed_edge",
    alt=(
        "A runner lies on her back at the end of a bed and hugs one knee; the other knee is up. "
        "Then she lowers that leg, knee bent, over the edge and presses the thigh down."
    ),
    start=on_the_bed(thigh=58, shin=-40, foot=30),
    end=on_the_bed(thigh=-8, shin=-92, foot=-40),
    tints=(("glute max", "right"),),
    longer=(("hip flexor", "right"),),
    arrows=(Arrow(Vector(52, 104, 9), Vector(74, 92, 9), Vector(72, 66, 9)),),
    behind=(
        Block(Vector(-86, 0, -36), Vector(-2, BED - 14, 24)),
        Block(Vector(-92, BED - 14, -40), Vector(4, BED, 28)),
        Cushion([(Vector(-80, BED + 1, -16), 2), (Vector(-58, BED + 1, -16), 2)]),
    ),
    rep=(Beat(1, 4), Beat(1, 3), Beat(0.5, 3)),
)

# Hands-and-knees rock back

HANDS_AND_KNEES = Pose(
    hips=Vector(0, 47.1, 0),
    pelvis=Turn(lean=78),
    chest=Turn(lean=78),
    head=Turn(lean=72),
    right_arm=hand_down(47, 16),
    left_arm=hand_down(47, -16),
    right_leg=kneeling(0, 9),
    left_leg=kneeling(0, -9),
    rests={"right knee": 0, "left knee": 0, "right hand": 0, "left hand": 0},
)

SAT_BACK = Pose(
    hips=Vector(-30.5, 34, 0),
    pelvis=Turn(lean=76),
    chest=Turn(lean=76),
    head=Turn(lean=70),
    right_arm=hand_down(47, 16, DOWN),
    left_arm=hand_down(47, -16, DOWN),
    right_leg=kneeling(0, 9),
    left_leg=kneeling(0, -9),
    rests=HANDS_AND_KNEES.rests,
)

FARTHEST_BACK = radians(47)


def _rocked(share: float) -> Pose:
    hips = over_the_knee(-THIGH * sin(FARTHEST_BACK * share))
    return replace(between(HANDS_AND_KNEES, SAT_BACK, share), hips=hips)


ROCK_BACK = Exercise(
    id="m4_rockback",
    alt=(
        "A runner is on hands and knees with a flat back. "
        "Then she slides her hips back toward her heels, and her back stays flat."
    ),
    start=HANDS_AND_KNEES,
    end=SAT_BACK,
    tints=(),
    longer=(("glute max", "right"),),
    arrows=(straight(Vector(-2, 72), Vector(-36, 66)),),
    behind=(mat(-62, 78),),
    view=FLOOR,
    rep=(Beat(1, 3), Beat(-0.25, 3)),
    way=_rocked,
)

# Side-kneel groin rock


def _side_kneeling(hips: Vector, lean: float) -> Pose:
    return Pose(
        hips=hips,
        pelvis=Turn(lean=lean),
        chest=Turn(lean=lean),
        head=Turn(lean=lean - 8),
        right_arm=hand_down(47, 16),
        left_arm=hand_down(47, -16),
        right_leg=Placed(Vector(2, 8, 81), Vector(1, 0.4, 0), under=Vector(0, -1, 0.25)),
        left_leg=kneeling(0, -9),
        rests={"left knee": 0, "right hand": 0, "left hand": 0, "right ball": 0},
    )


SQUARE = _side_kneeling(Vector(0, 47.1, 0), 78)
ROCKED_OUT = _side_kneeling(Vector(-27, 37.5, 0), 77)

ADDUCTOR = Exercise(
    id="m5_adductor",
    alt=(
        "A runner seen from the front has both hands and one knee on the floor, "
        "the other leg straight out to the side, foot flat. Then she rocks her hips straight back."
    ),
    start=SQUARE,
    end=ROCKED_OUT,
    tints=(),
    longer=(("adductor", "right"),),
    arrows=(straight(Vector(24, 78), Vector(-40, 68)),),
    behind=(Block(Vector(-60, -1.8, -24), Vector(70, 0, 96)),),
    view=View(turn=52, rise=20, scale=1.5),
    shift=14,
    layers=("left leg", "right leg", "shorts", "left arm", "trunk", "head", "right arm"),
    rep=(Beat(1, 2), Beat(1, 2), Beat(0, 2), Beat(0, 0.6)),
    way=lambda share: replace(between(SQUARE, ROCKED_OUT, share), hips=over_the_knee(-27 * share)),
)

# Strap leg raise and lower


def _with_strap(angle: float, hands: Vector) -> Pose:
    return Pose(
        hips=Vector(0, SEAT, 0),
        pelvis=Turn(lean=LYING),
        chest=Turn(lean=LYING),
        head=Turn(lean=-82),
        right_arm=Placed(hands + RIGHT * 6, Vector(0.3, -1, 0.5), tip=way(60)),
        left_arm=Placed(hands + LEFT * 6, Vector(0.3, -1, -0.5), tip=way(60)),
        right_leg=Swung(way(angle + 1), way(angle - 3), way(angle + 82)),
        left_leg=flat_on_back(83),
        rests={"seat": 0, "back": 0, "head": 0, "left heel": 0},
    )


DOWN_LOW, UP_HIGH = _with_strap(28, Vector(-18, 33, 0)), _with_strap(76, Vector(-26, 40, 0))

STRAP = Exercise(
    id="m6_strap",
    alt=(
        "A runner lies on her back, one leg long, a strap around the other foot. "
        "Then she lifts that straight leg with the strap until it points up."
    ),
    start=DOWN_LOW,
    end=UP_HIGH,
    tints=(),
    longer=(("hamstring", "right"),),
    arrows=(Arrow(Vector(86, 50, 9), Vector(78, 78, 9), Vector(50, 92, 9)),),
    behind=(mat(-86, 98),),
    before=(Strap("right"),),
    view=View(scale=1.45),
    rep=(Beat(1, 3), Beat(1, 5), Beat(1, 3), Beat(2, 4), Beat(0, 0)),
    way=straight_way(DOWN_LOW, UP_HIGH, DOWN_LOW),
    let_go=1,
)

# Lunge and reach

STRIDE: Legs = {"right_leg": tiptoe(-48, 9), "left_leg": standing(38, -9)}
ON_BOTH_FEET = {"left heel": 0.0, "left ball": 0.0, "right ball": 0.0, "right toes": 0.0}

TALL = Pose(
    hips=Vector(-3, 78, 0),
    pelvis=Turn(),
    chest=Turn(),
    head=Turn(),
    **arms_hanging(),
    **STRIDE,
    rests=ON_BOTH_FEET,
)
LEANING = Pose(
    hips=Vector(3, 74, 0),
    pelvis=Turn(lean=1, roll=-3),
    chest=Turn(lean=-2, roll=-15),
    head=Turn(lean=-6, roll=-10),
    right_arm=Swung(Vector(0, 1, -0.1), Vector(0, 1, -0.35), Vector(0, 1, -0.4)),
    left_arm=Swung(Vector(0.05, 1, -0.45), Vector(0, 1, -0.3), Vector(0, 1, -0.35)),
    **STRIDE,
    rests=ON_BOTH_FEET,
)
REACHING = replace(
    between(TALL, LEANING, 0.5),
    right_arm=Swung(FORWARD, way(10, 4), way(10)),
    left_arm=Swung(FORWARD, way(10, -4), way(10)),
)
"""The arms go up in front of her."""

LUNGE = Exercise(
    id="m7_lunge_reach",
    alt=(
        "A runner seen from the front stands tall in a long step, back heel up. "
        "Then she bends both knees a little, reaches both arms up "
        "and leans to the side of the front leg."
    ),
    start=TALL,
    end=LEANING,
    tints=(),
    longer=(("hip flexor", "right"),),
    arrows=(Arrow(Vector(0, 138, 42), Vector(0, 176, 34), Vector(0, 194, 4)),),
    behind=(Ground(Vector(-2, 0), 66, 26),),
    view=View(turn=66, rise=10, scale=1.36),
    layers=("trunk", "head", "right leg", "left leg", "shorts", "right arm", "left arm"),
    rep=(Beat(1, 2), Beat(1, 3), Beat(0, 2), Beat(0, 0.6)),
    way=lambda share: straight_way(TALL, REACHING, LEANING)(2 * share),
)

EXERCISES = (SWITCH, ROCK, BED_EDGE, ROCK_BACK, ADDUCTOR, STRAP, LUNGE)
