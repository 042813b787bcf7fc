"""Poses of the checks in the self-check."""

from __future__ import annotations

from dataclasses import replace

from checks import Check
from paper import View
from picture import Figure
from props import EDGE, Block, Dashes, Ground, Leaders, straight
from skeleton import Placed, Pose, Swung
from vector import RIGHT, Turn, Vector, way

from poses.activation import HIGH, LOW
from poses.mobility import BED, on_the_bed
from poses.postures import Arms, standing

SHADOW = f"{EDGE}40"
"""A floor for light and dark pages."""

# Forward reach

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

REACH = Check(
    key="reach",
    alt=(
        "A barefoot runner seen from the side bends forward with straight knees "
        "and slides the fingertips down the front of the legs. "
        "The numbers on the drawing are those of the answers below."
    ),
    width=320,
    height=300,
    figures=(
        Figure(
            BENT,
            View(turn=16, rise=8, scale=2.5, origin=complex(116, 282)),
            behind=(Ground(Vector(10, 0), 48, 24, fill=SHADOW),),
            before=(straight(Vector(26, 40, 9), Vector(26, 18, 9), size=0.8),),
            barefoot=True,
        ),
    ),
    spots={
        "above_knee": Vector(-4, 66, 9),
        "knee": Vector(-3, 48, 9),
        "mid_shin": Vector(-1, 29, 9),
        "ankle": Vector(-1, 10, 9),
        "toes": Vector(18, 3, 9),
        "palms": Vector(37, 0, 9),
    },
)

# Bed-edge check

HIP_VIEW = View(turn=20, rise=10, scale=1.8, origin=complex(166, 224))
HUGGED = Swung(way(124), way(-26), way(64))
HANGING = {
    angle: replace(on_the_bed(thigh=angle, shin=-92, foot=-30), left_leg=HUGGED)
    for angle in (-8, 12, 36)
}


def _beyond_the_knee(angle: float) -> Vector:
    """A place in line with a thigh, where a spot doesn't hide it."""
    return HANGING[-8].hips + way(angle) * 66 + RIGHT * 9


HIP = Check(
    key="hip_check",
    alt=(
        "A runner lies on her back at the end of a bed and hugs one knee; "
        "the other leg hangs over the edge. Its thigh is drawn three times: "
        "level with the bed or lower, a little higher, and clearly up. "
        "The numbers on the drawing are those of the answers below."
    ),
    width=320,
    height=240,
    figures=(
        Figure(
            HANGING[-8],
            HIP_VIEW,
            ghosts=(HANGING[36], HANGING[12]),
            behind=(
                Block(Vector(-80, 0, -34), Vector(-2, BED - 14, 24)),
                Block(Vector(-86, BED - 14, -40), Vector(4, BED, 28)),
                Dashes([Vector(4, BED, 9), Vector(90, BED, 9)]),
            ),
            barefoot=True,
        ),
    ),
    spots={
        "rests": _beyond_the_knee(-9),
        "hovers": _beyond_the_knee(15),
        "clearly_up": _beyond_the_knee(36),
    },
)

# Single-leg bridge check

ARMS_CROSSED: Arms = {
    "right_arm": Swung(Vector(0.75, 0.4, 0.5), Vector(-0.3, 0.45, -0.8), Vector(-0.4, 0.1, -0.9)),
    "left_arm": Swung(Vector(0.75, 0.4, -0.5), Vector(-0.3, 0.45, 0.8), Vector(-0.4, 0.1, 0.9)),
}


def _one_foot_up(bridge: Pose, thigh: float) -> Pose:
    """Both thighs are side by side, and the arms crossed, so that the low back is seen."""
    lifted = Swung(way(thigh), way(thigh - 12), way(thigh + 78))
    rests = {name: bridge.rests[name] for name in ("head", "right heel", "right ball")}
    return replace(bridge, left_leg=lifted, rests=rests, **ARMS_CROSSED)


BRIDGE_VIEW = View(turn=15, rise=14, scale=1.85, origin=complex(161, 236))
LOW_BACK, GLUTE, HAMSTRING = Vector(-24, 22, 14), Vector(-6, 28, 16), Vector(16, 36, 14)


def _below(x: float) -> Vector:
    """A place for a spot in front of her, since the zones are too close for a finger each."""
    return Vector(x, -16, 33)


BRIDGE = Check(
    key="bridge_check",
    alt=(
        "A runner lies on her back, arms crossed, one foot on the floor, the other leg up. "
        "Then she lifts her hips until knee, hip and shoulder make one line. "
        "Numbers point at the glute, the hamstring, both of these, and the low back. "
        "They are those of the answers below."
    ),
    width=320,
    height=300,
    figures=(
        Figure(
            _one_foot_up(LOW, 57),
            View(turn=15, rise=14, scale=0.98, origin=complex(88, 96)),
            behind=(Ground(Vector(-18, 0), 70, 26, fill=SHADOW),),
            barefoot=True,
        ),
        Figure(
            _one_foot_up(HIGH, 24),
            BRIDGE_VIEW,
            tints=(("low back", "right"), ("glute max", "right"), ("hamstring", "right")),
            behind=(Ground(Vector(-18, 0), 70, 26, fill=SHADOW),),
            before=(
                straight(Vector(-3, 58), Vector(-3, 80), size=0.8),
                Leaders(
                    (
                        (_below(-51), LOW_BACK),
                        (_below(-24), GLUTE),
                        (_below(3), GLUTE),
                        (_below(3), HAMSTRING),
                        (_below(30), HAMSTRING),
                    )
                ),
            ),
            barefoot=True,
        ),
    ),
    spots={
        "glute": _below(-24),
        "both": _below(3),
        "back": _below(-51),
        "hamstring": _below(30),
    },
)

CHECKS = (REACH, HIP, BRIDGE)
