"""Poses of the checks in the self-check."""

from __future__ import annotations

from dataclasses import replace

from checks import Check
from paper import View
from picture import Figure
from props import Block, Dashes, Ground, Leaders, Panels, straight
from skeleton import Placed, Pose, Swung
from vector import BACKWARD, RIGHT, Turn, Vector, way

from poses.activation import HIGH, LOW
from poses.mobility import BED, on_the_bed
from poses.postures import Arms, standing

SHADOW = "#e6d9c8"
WIDTH, HEIGHT = 320, 240
ROWS = Panels([(1, 1, 156, 88), (163, 1, 156, 88), (1, 95, 318, 144)])
"""Two frames for getting there, above the one to measure in."""
ROW_DIGITS = (complex(15, 15), complex(177, 15), complex(15, 109))

# Forward reach

MARCHING = Pose(
    hips=Vector(0, 91.3, 0),
    pelvis=Turn(),
    chest=Turn(yaw=-6),
    head=Turn(),
    right_arm=Swung(way(-74, 8), way(14, -8), way(24)),
    left_arm=Swung(way(-112, -8), way(-28, 8), way(-20)),
    right_leg=standing(0, 9),
    left_leg=Swung(way(-4), way(-88), way(-12)),
    rests={"right heel": 0, "right ball": 0},
)
BENT = Pose(
    hips=Vector(-9, 91, 0),
    pelvis=Turn(lean=66),
    chest=Turn(lean=112),
    head=Turn(lean=150),
    right_arm=Placed(Vector(8.6, 42, 10), Vector(1, 0.3, 0), tip=Vector(-0.04, -1, 0)),
    left_arm=Placed(Vector(8.6, 42, -10), Vector(1, 0.3, 0), tip=Vector(-0.04, -1, 0)),
    right_leg=standing(0, 9),
    left_leg=standing(0, -9),
    rests={"right heel": 0, "right ball": 0, "left heel": 0, "left ball": 0},
)
LEVELS = {
    "above_knee": (Vector(-63, 78, 9), Vector(1, 57, 9)),
    "knee": (Vector(-31, 52, 9), Vector(2, 45, 9)),
    "mid_shin": (Vector(-63, 42, 9), Vector(3, 29, 9)),
    "ankle": (Vector(-31, 18, 9), Vector(4, 12, 9)),
    "toes": (Vector(36, 14, 9), Vector(19, 3, 9)),
    "palms": (Vector(68, 8, 9), Vector(50, -4, 9)),
}
"""Of each answer: its spot, and the place that fingertips reach."""

REACH = Check(
    key="reach",
    alt=(
        "A barefoot runner first marches in place. "
        "Then, seen from the side, she bends forward with straight knees "
        "and slides the fingertips down the front of the legs. "
        "The numbers on the drawing are those of the answers below."
    ),
    width=WIDTH,
    height=HEIGHT,
    far=(Panels([(1, 1, 70, 238), (77, 1, 242, 238)]),),
    digits=(complex(15, 15), complex(91, 15)),
    figures=(
        Figure(
            MARCHING,
            View(turn=16, rise=8, scale=0.78, origin=complex(23, 190)),
            behind=(Ground(Vector(2, 0), 34, 16, fill=SHADOW),),
            barefoot=True,
        ),
        Figure(
            BENT,
            View(turn=16, rise=8, scale=1.6, origin=complex(196, 214)),
            behind=(Ground(Vector(10, 0), 40, 22, fill=SHADOW),),
            before=(
                straight(Vector(45, 56, 9), Vector(45, 34, 9), size=0.7),
                Leaders(tuple(LEVELS.values())),
            ),
            barefoot=True,
        ),
    ),
    spots={answer: spot for answer, (spot, _) in LEVELS.items()},
)

# Bed-edge check

HUGGED = Swung(way(124), way(-26), way(64))
HANGING = {
    angle: replace(on_the_bed(thigh=angle, shin=-92, foot=-30), left_leg=HUGGED)
    for angle in (-8, 12, 36)
}
LYING_BACK = replace(on_the_bed(thigh=58, shin=-40, foot=30), left_leg=HUGGED)
SITTING = Pose(
    hips=Vector(-3, BED + 11.6, 0),
    pelvis=Turn(lean=-12),
    chest=Turn(lean=-12),
    head=Turn(lean=-2),
    right_arm=Placed(Vector(-18, BED + 3.6, 20), BACKWARD, tip=BACKWARD),
    left_arm=Placed(Vector(-18, BED + 3.6, -20), BACKWARD, tip=BACKWARD),
    right_leg=Swung(way(0), way(-88), way(-14)),
    left_leg=Swung(way(0), way(-80), way(-6)),
    rests={"seat": BED, "right hand": BED, "left hand": BED},
)


BEDDING = (
    Block(Vector(-80, 16, -34), Vector(-2, BED - 14, 24)),
    Block(Vector(-86, BED - 14, -40), Vector(4, BED, 28)),
)
HIP_VIEW = View(turn=20, rise=10, scale=1.14, origin=complex(124, 234))
THIGHS = {
    "clearly_up": (Vector(90, 116, 9), 36),
    "hovers": (Vector(112, 72, 9), 12),
    "rests": (Vector(100, 28, 9), -8),
}
"""Of each answer: its spot, and the angle of the thigh."""


def _knee(angle: float) -> Vector:
    return HANGING[-8].hips + way(angle) * 46 + RIGHT * 9


HIP = Check(
    key="hip_check",
    alt=(
        "A runner sits on the edge of a bed, then lies back and hugs one knee. "
        "Then the other leg hangs over the edge. Its thigh is drawn three times: "
        "level with the bed or lower, a little higher, and clearly up. "
        "The numbers on the drawing are those of the answers below."
    ),
    width=WIDTH,
    height=HEIGHT,
    far=(ROWS,),
    digits=ROW_DIGITS,
    figures=(
        Figure(
            SITTING,
            View(turn=20, rise=10, scale=0.56, origin=complex(92, 88)),
            behind=BEDDING,
            barefoot=True,
        ),
        Figure(
            LYING_BACK,
            View(turn=20, rise=10, scale=0.7, origin=complex(250, 96)),
            behind=BEDDING,
            barefoot=True,
        ),
        Figure(
            HANGING[-8],
            HIP_VIEW,
            ghosts=(HANGING[36], HANGING[12]),
            behind=(*BEDDING, Dashes([Vector(4, BED, 9), Vector(84, BED, 9)])),
            before=(Leaders([(spot, _knee(angle)) for spot, angle in THIGHS.values()]),),
            barefoot=True,
        ),
    ),
    spots={answer: spot for answer, (spot, _) in THIGHS.items()},
)

# Single-leg bridge check

ARMS_CROSSED: Arms = {
    "right_arm": Swung(Vector(0.75, 0.4, 0.5), Vector(-0.3, 0.45, -0.8), Vector(-0.4, 0.1, -0.9)),
    "left_arm": Swung(Vector(0.75, 0.4, -0.5), Vector(-0.3, 0.45, 0.8), Vector(-0.4, 0.1, 0.9)),
}


def _arms_crossed(bridge: Pose) -> Pose:
    """So that the low back is seen."""
    rests = {name: rest for name, rest in bridge.rests.items() if "hand" not in name}
    return replace(bridge, rests=rests, **ARMS_CROSSED)


def _one_foot_up(bridge: Pose, thigh: float) -> Pose:
    """Both thighs are side by side."""
    lifted = Swung(way(thigh), way(thigh - 12), way(thigh + 78))
    rests = {name: bridge.rests[name] for name in ("head", "right heel", "right ball")}
    return replace(_arms_crossed(bridge), left_leg=lifted, rests=rests)


LOW_BACK, GLUTE, HAMSTRING = Vector(-24, 22, 14), Vector(-6, 28, 16), Vector(16, 36, 14)
GLUTE_AND_HAMSTRING = GLUTE.mix(HAMSTRING, 0.5)


def _below(x: float) -> Vector:
    """A place for a spot in front of her, since the zones are too close for a finger each."""
    return Vector(x, -14, 33)


def _floor(length: float = 70) -> Ground:
    return Ground(Vector(-16, 0), length, 26, fill=SHADOW)


SMALL_BRIDGE = View(turn=15, rise=14, scale=0.8)
BRIDGE = Check(
    key="bridge_check",
    alt=(
        "A runner lies on her back, arms crossed, knees bent, feet close. She lifts one foot. "
        "Then she lifts her hips until knee, hip and shoulder make one line. "
        "Numbers point at the glute, the hamstring, both of these, and the low back. "
        "They are those of the answers below."
    ),
    width=WIDTH,
    height=HEIGHT,
    far=(ROWS,),
    digits=ROW_DIGITS,
    figures=(
        Figure(
            _arms_crossed(LOW),
            replace(SMALL_BRIDGE, origin=complex(90, 77)),
            behind=(_floor(),),
            barefoot=True,
        ),
        Figure(
            _one_foot_up(LOW, 52),
            replace(SMALL_BRIDGE, origin=complex(242, 77)),
            behind=(_floor(),),
            barefoot=True,
        ),
        Figure(
            _one_foot_up(HIGH, 24),
            View(turn=15, rise=14, scale=1.21, origin=complex(158, 187)),
            tints=(("low back", "right"), ("glute max", "right"), ("hamstring", "right")),
            behind=(_floor(),),
            before=(
                straight(Vector(-6, 50), Vector(-6, 68), size=0.6),
                Leaders(
                    (
                        (_below(-82), LOW_BACK),
                        (_below(-38.5), GLUTE),
                        (_below(6.5), GLUTE_AND_HAMSTRING),
                        (_below(51), HAMSTRING),
                    )
                ),
            ),
            barefoot=True,
        ),
    ),
    spots={
        "glute": _below(-38.5),
        "both": _below(6.5),
        "back": _below(-82),
        "hamstring": _below(51),
    },
)

CHECKS = (REACH, HIP, BRIDGE)
