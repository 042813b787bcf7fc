"""Limb positions that several exercises share."""

from __future__ import annotations

from math import sqrt
from typing import TypedDict

from paper import View
from skeleton import ANKLE, THIGH, Limb, Placed, Swung
from vector import BACKWARD, FORWARD, LEFT, RIGHT, UP, Vector, way

FLOOR = View(scale=1.6)
"""A closer view for low positions, which would look small otherwise."""

LYING = -95
"""The lean in degrees of a runner on her back, head to the left."""

FACING_US = 90

SEAT = 12.2
"""The height of her hips above the surface when lying on her back."""


class Arms(TypedDict):
    right_arm: Limb
    left_arm: Limb


class Legs(TypedDict):
    right_leg: Limb
    left_leg: Limb


def standing(x: float, z: float, height: float = 0, knee: Vector = FORWARD) -> Placed:
    """A leg with its foot flat on the floor, or on a surface at `height`."""
    return Placed(Vector(x, height + ANKLE, z), knee)


def tiptoe(x: float, z: float, raised: float = 55, height: float = 0) -> Placed:
    """A leg on the ball of its foot, the heel raised by `raised` degrees."""
    tip, sole = way(-raised), way(-raised - 90)
    ankle = Vector(x, height + 3, z) - sole * 5 - tip * 10
    return Placed(ankle, Vector(1, 0.05, 0), tip=tip, toes=FORWARD, under=sole)


def kneeling(x: float, z: float) -> Placed:
    """A leg with its shin on the floor."""
    return Placed(Vector(x - 41.8, 6, z), Vector(1, -1, 0), tip=way(198))


def over_the_knee(ahead: float, knee: float = 5.7) -> Vector:
    """The hips so far ahead of a knee that's down, at its height above the floor."""
    return Vector(ahead, knee + sqrt(THIGH**2 - ahead**2), 0)


def hand_down(x: float, z: float, bend: Vector = BACKWARD) -> Placed:
    """A palm on the floor."""
    return Placed(Vector(x, 3.6, z), bend, tip=Vector(1, -0.03, 0))


def arms_beside(x: float, far: float = -24) -> Arms:
    """Both palms on the floor beside a runner on her back."""
    return {
        "right_arm": Placed(Vector(x, 3.4, 24), RIGHT, tip=FORWARD),
        "left_arm": Placed(Vector(x, 3.4, far), LEFT, tip=FORWARD),
    }


def arms_hanging(lean: float = 0) -> Arms:
    """Arms at the sides, elbows slightly bent."""
    upper, lower = way(-97 + lean, 8), way(-80 + lean, 0)
    tip = way(-78 + lean)
    return {
        "right_arm": Swung(upper, lower, tip, toes=way(-20)),
        "left_arm": Swung(Vector(upper.x, upper.y, -upper.z), lower, tip, toes=way(-20)),
    }


def hands_on_hips(waist: Vector) -> Arms:
    """Hands on the hips; `waist` is the midpoint between them."""
    return {
        "right_arm": Placed(waist + RIGHT * 16, Vector(-1, 0.1, 0.5), tip=Vector(1, -0.5, -0.2)),
        "left_arm": Placed(waist + LEFT * 16, Vector(-1, 0.1, -0.5), tip=Vector(1, -0.5, 0.2)),
    }


def hands_clasped(place: Vector, tip: Vector = UP) -> Arms:
    """Both hands together in front of the chest."""
    return {
        "right_arm": Placed(place + RIGHT * 3, Vector(-0.3, -1, 0.5), tip=tip),
        "left_arm": Placed(place + LEFT * 3, Vector(-0.3, -1, -0.5), tip=tip),
    }


def flat_on_back(x: float) -> Placed:
    """A straight leg of a runner on her back."""
    return Placed(Vector(x, ANKLE, -9), UP, tip=way(80))
