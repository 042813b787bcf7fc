"""Poses of the result types, and of the runner on the first page."""

from __future__ import annotations

from figure import THERAPIST
from paper import View
from picture import Figure, Picture, placed
from props import Block, Board, Ground, Kettlebell, Sun, Track, mat, straight
from skeleton import Placed, Pose, Swung
from vector import BACKWARD, FORWARD, Turn, Vector, way

from poses.activation import HIGH
from poses.postures import hands_on_hips, kneeling, standing, tiptoe

WIDTH, HEIGHT = 450, 300
SUN = Sun(complex(225, 148), 138)


def _wide(scale: float, at: complex, turn: float = 16, rise: float = 8) -> View:
    """A view in which the middle of the floor lies at a point of the sheet."""
    return placed(View(turn=turn, rise=rise, scale=scale), at)


# It's new: she walks, hands on her hips.

WALK_HIPS = Vector(0, 89.5, 0)
WALK = _wide(1.52, complex(225, 272))
FRESH = Picture(
    key="fresh_load",
    alt="A runner walks along a track, hands on her hips, and catches her breath.",
    width=WIDTH,
    height=HEIGHT,
    far=(SUN, Track(212, 21, Vector(0, 0, 4))),
    figures=(
        Figure(
            Pose(
                hips=WALK_HIPS,
                pelvis=Turn(lean=2),
                chest=Turn(lean=2),
                head=Turn(lean=6),
                **hands_on_hips(WALK_HIPS + Vector(-1, 18, 0)),
                right_leg=Placed(Vector(24, 10, 9), FORWARD, tip=way(12)),
                left_leg=tiptoe(-26, -9, raised=34),
                rests={"right heel": 0, "left ball": 0},
            ),
            WALK,
            behind=(Ground(Vector(0, 0), 52, 16, "#dfb898"),),
        ),
    ),
)

# Mobility: a deep half-kneel, arms up.

REACH_HIPS = Vector(17, 43.6, 0)
MOBILITY = Picture(
    key="mobility_first",
    alt=(
        "A runner in a deep half-kneel on a mat reaches both arms up. "
        "The front of the hip of the kneeling leg is marked: that's where it gets longer."
    ),
    width=WIDTH,
    height=HEIGHT,
    far=(SUN,),
    figures=(
        Figure(
            Pose(
                hips=REACH_HIPS,
                pelvis=Turn(lean=-3),
                chest=Turn(lean=-8),
                head=Turn(lean=-8),
                right_arm=Swung(way(88, 8), way(94, -4), way(96)),
                left_arm=Swung(way(80, -8), way(86, 4), way(88)),
                right_leg=kneeling(0, 8.5),
                left_leg=standing(52, -9, knee=Vector(1, 0.5, 0)),
                rests={"right knee": 0, "left heel": 0, "left ball": 0},
            ),
            _wide(1.5, complex(212, 278)),
            longer=(("hip flexor", "right"),),
            behind=(mat(-84, 106),),
        ),
    ),
)

# Activation: a bridge.

ACTIVATION = Picture(
    key="activation_first",
    alt=(
        "A runner lies on her back, feet close, and lifts her hips into a bridge. "
        "The glute is marked: that's the muscle that works."
    ),
    width=WIDTH,
    height=HEIGHT,
    far=(SUN,),
    figures=(
        Figure(
            HIGH,
            _wide(2.42, complex(260, 258), 15, 14),
            tints=(("glute max", "right"),),
            behind=(mat(-98, 64, 34),),
            before=(straight(Vector(-8, 56), Vector(-8, 80)),),
        ),
    ),
)

# Strength: a single-leg deadlift with a weight.

STRENGTH = Picture(
    key="strength_gap",
    alt=(
        "A runner stands on one leg and tips forward with a weight in her hand, "
        "the other leg straight out behind her. "
        "The glute and the back of the thigh of the standing leg are marked: they work."
    ),
    width=WIDTH,
    height=HEIGHT,
    far=(SUN,),
    figures=(
        Figure(
            Pose(
                hips=Vector(-12, 87, 0),
                pelvis=Turn(lean=70),
                chest=Turn(lean=70),
                head=Turn(lean=58),
                right_arm=Swung(way(-88), way(-86), way(-86), toes=way(0)),
                left_arm=Swung(way(172, -24), way(176, -12), way(178)),
                right_leg=standing(0, 9),
                left_leg=Swung(way(193), way(191), way(-82)),
                rests={"right heel": 0, "right ball": 0},
            ),
            _wide(1.85, complex(226, 276)),
            tints=(("glute max", "right"), ("hamstring", "right")),
            layers=(
                "left arm", "left leg", "trunk", "head", "right leg", "shorts",
                Kettlebell("right"), "right arm",
            ),
            behind=(Ground(Vector(8, 0), 84, 26, "#e9c6ab"),),
        ),
    ),
)  # fmt: skip

# A while: a PT listens.

PLINTH, STOOL = 56, 46
CLINIC = View(turn=14, rise=8, scale=1.84)
SHE_HIPS, PT_HIPS = Vector(0, PLINTH + 11.6, 0), Vector(0, STOOL + 11.6, 0)
NOTES = Board(
    [Vector(-52, 88, -14), Vector(-25, 76, -14), Vector(-22, 70, 13), Vector(-49, 82, 13)]
)
PERSISTENT = Picture(
    key="persistent_unclear",
    alt=(
        "A runner sits on a treatment table and holds her hip. "
        "A physical therapist sits across from her, takes notes, and listens."
    ),
    width=WIDTH,
    height=HEIGHT,
    far=(SUN,),
    figures=(
        Figure(
            Pose(
                hips=SHE_HIPS,
                pelvis=Turn(lean=2),
                chest=Turn(lean=4),
                head=Turn(lean=2),
                right_arm=Placed(
                    SHE_HIPS + Vector(3, 9, 16), Vector(-1, 0.1, 0.6), tip=Vector(1, -0.5, -0.4)
                ),
                left_arm=Placed(
                    SHE_HIPS + Vector(27, 10, -11), Vector(-1, -0.6, -0.3), tip=way(-14)
                ),
                right_leg=Swung(way(-2, 2), way(-86), way(-10)),
                left_leg=Swung(way(-2, -2), way(-100), way(-24)),
                rests={"seat": PLINTH},
            ),
            placed(CLINIC, complex(138, 280)),
            behind=(
                Block(Vector(-54, 0, -20), Vector(-46, PLINTH - 9, 12)),
                Block(Vector(6, 0, -20), Vector(14, PLINTH - 9, 12)),
                Block(Vector(-63, PLINTH - 9, -28), Vector(22, PLINTH, 22)),
            ),
        ),
        Figure(
            Pose(
                hips=PT_HIPS,
                pelvis=Turn(lean=6, yaw=180),
                chest=Turn(lean=10, yaw=180),
                head=Turn(lean=0, yaw=180),
                right_arm=Placed(
                    PT_HIPS + Vector(-30, 20, -8), Vector(0.6, -1, -0.6), tip=BACKWARD
                ),
                left_arm=Placed(
                    PT_HIPS + Vector(-27, 21, 10), Vector(0.8, -1, 0.6), tip=Vector(-1, -0.1, -0.4)
                ),
                right_leg=Placed(Vector(-42, 8, -11), Vector(-1, 0.6, 0), tip=BACKWARD),
                left_leg=Placed(Vector(-34, 8, 11), Vector(-1, 0.6, 0), tip=BACKWARD),
                rests={"seat": STOOL, "left heel": 0, "right heel": 0},
            ),
            placed(CLINIC, complex(370, 280)),
            layers=(
                "right arm", "right leg", "trunk", "head", "left leg", "shorts",
                NOTES,
                "left arm",
            ),
            behind=(
                Block(Vector(-16, 0, -14), Vector(16, 4, 14)),
                Block(Vector(-3, 4, -3), Vector(3, STOOL - 6, 3)),
                Block(Vector(-19, STOOL - 6, -18), Vector(19, STOOL, 18)),
            ),
            outfit=THERAPIST,
        ),
    ),
)  # fmt: skip

# Ready: a strong, long stride.

READY = Picture(
    key="ready_maintain",
    alt="A runner flies along a track in a long, strong stride, both feet off the ground.",
    width=WIDTH,
    height=HEIGHT,
    far=(SUN, Track(212, 21, Vector(0, 0, 4))),
    figures=(
        Figure(
            Pose(
                hips=Vector(0, 97, 0),
                pelvis=Turn(lean=8),
                chest=Turn(lean=9, yaw=-8),
                head=Turn(lean=2),
                right_arm=Swung(way(226, 14), way(312, -6), way(320)),
                left_arm=Swung(way(294, -12), way(42, 20), way(52)),
                right_leg=Swung(way(6), way(-70), way(16)),
                left_leg=Swung(way(-119), way(-158), way(-100)),
            ),
            _wide(1.44, complex(220, 275)),
            behind=(Ground(Vector(4, 0), 50, 12, "#dfb898"),),
        ),
    ),
)

RESULTS = (FRESH, MOBILITY, ACTIVATION, STRENGTH, PERSISTENT, READY)
