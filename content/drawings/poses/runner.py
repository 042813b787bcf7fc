"""The running runner: on the cover of the guide, and on the first page."""

from __future__ import annotations

import shape
from paper import View
from picture import Figure, Picture, placed
from props import Ground, Scenery
from skeleton import Pose, Swung
from vector import Turn, Vector, way

from poses.postures import tiptoe

# Pushing off: the right knee drives forward and up, the left leg is long behind her.
RUNNING = Pose(
    hips=Vector(0, 88, 0),
    pelvis=Turn(lean=9),
    chest=Turn(lean=11, yaw=-8),
    head=Turn(lean=2),
    right_arm=Swung(way(228, 14), way(310, -6), way(318)),
    left_arm=Swung(way(292, -12), way(52, 20), way(60)),
    right_leg=Swung(way(-14), way(-106), way(-8)),
    left_leg=tiptoe(-38, -8, raised=62),
    rests={"left ball": 0},
)

COVER = Picture(
    key="cover",
    alt="",
    width=380,
    detail=shape.DETAIL,
    height=412,
    figures=(
        Figure(
            RUNNING,
            placed(View(turn=18, rise=6, scale=2.05), complex(380 * 0.52, 396)),
            behind=(Ground(Vector(-32, 0), 34, 9, "#ccd8d5"),),
        ),
    ),
)

HERO = Picture(
    key="hero",
    alt="",
    width=640,
    height=320,
    far=(
        Scenery("#f8e7d5", "M0 0h640v320H0z"),
        Scenery("#f2c9a6", "M504 150a84 84 0 1 0-168 0 84 84 0 1 0 168 0"),
        Scenery("#dfe3d3", "M0 214c90-74 190-62 300-14s210 22 340-66v150H0z"),
        Scenery("#c9d5c6", "M0 240c130-32 250 10 360 6s180-48 280-40v80H0z"),
        Scenery("#d58a63", "M0 258q320-22 640 0v62H0z"),
        Scenery("", "M0 261q320-22 640 0M0 281q320-20 640 0M0 310q320-18 640 0", line="#fff6ec"),
    ),
    figures=(
        Figure(
            RUNNING,
            placed(View(turn=18, rise=6, scale=1.56), complex(318, 290)),
            behind=(Ground(Vector(-22, 0), 46, 12, "#b96f4a"),),
        ),
    ),
)
