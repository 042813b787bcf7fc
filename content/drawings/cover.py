"""Draws the runner on the cover of the guide, in the style of the exercises."""

from __future__ import annotations

from dataclasses import replace

from figure import Runner
from paper import Paper, View
from poses.postures import tiptoe
from props import Ground
from scene import MisdrawnError
from skeleton import Pose, Swung, faults, skeleton
from vector import Turn, Vector, way

WIDTH, HEIGHT = 380, 412
FLOOR = 396
SHADE = "#ccd8d5"

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
LAYERS = ("left arm", "left leg", "trunk", "head", "right leg", "shorts", "right arm")


def cover() -> str:
    body = skeleton(RUNNING)
    if problems := [*faults(body)]:
        raise MisdrawnError("; ".join(problems))
    paper = Paper(width=WIDTH, height=HEIGHT)
    view = replace(View(turn=18, rise=6, scale=2.05), origin=complex(WIDTH * 0.52, FLOOR))
    Ground(Vector(-32, 0), 34, 9, SHADE).draw(paper, view, body)
    Runner(paper, view, body, LAYERS).draw()
    return paper.svg
