"""A runner's skeleton. Bones have fixed lengths; joints are computed from the pose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import acos, atan2, degrees, sqrt
from typing import Literal, Protocol

from vector import FORWARD, Frame, Turn, Vector

Side = Literal["right", "left"]
SIDES: tuple[Side, Side] = ("right", "left")

THIGH, SHIN = 41.5, 42
UPPER_ARM, FOREARM = 30, 25
HIP, SHOULDER = 8.5, 15.5
LOW_BACK, RIBS, NECK = 15, 33, 22.5
ANKLE = 8
"""The height of the ankle above a flat foot's sole."""

Leans = dict[str, tuple[Vector, float]]

STRAIGHT = 1.2
"""A limb whose joint is closer than this to its axis counts as straight."""


class UnreachableError(ValueError):
    """A limb can't reach the position that the pose asks for."""


@dataclass(frozen=True, slots=True)
class Bones:
    """The joints of a limb, and the directions of its front and of its hand or foot."""

    root: Vector
    joint: Vector
    end: Vector
    front: Vector
    tip: Vector
    toes: Vector
    under: Vector | None

    @property
    def upper(self) -> Vector:
        return (self.joint - self.root).unit

    @property
    def lower(self) -> Vector:
        return (self.end - self.joint).unit

    @property
    def bend(self) -> float:
        return degrees(acos(max(-1, min(1, self.upper.dot(self.lower)))))

    @property
    def sole(self) -> Vector:
        """The direction from the ankle to the sole."""
        return (self.under or self.lower).across(self.tip).unit


class Limb(Protocol):
    def bones(self, root: Vector, upper: float, lower: float) -> Bones: ...


@dataclass(frozen=True, slots=True)
class Placed:
    """A limb given by the position of its end; its joint bends toward `bend`."""

    end: Vector
    bend: Vector
    tip: Vector = FORWARD
    toes: Vector | None = None
    under: Vector | None = None

    def bones(self, root: Vector, upper: float, lower: float) -> Bones:
        line = self.end - root
        if line.length > upper + lower + 0.3:
            raise UnreachableError(f"{self.end} is {line.length:.1f} away from {root}.")
        span = min(line.length, upper + lower - 1e-6)
        axis = line.unit
        along = (span * span + upper * upper - lower * lower) / (2 * span)
        aside = sqrt(max(upper * upper - along * along, 0))
        joint = root + axis * along + self.bend.across(axis).unit * aside
        front = self.bend.across(axis).unit
        end = root + axis * span
        return Bones(
            root, joint, end, front, self.tip.unit, (self.toes or self.tip).unit, self.under
        )


@dataclass(frozen=True, slots=True)
class Swung:
    """A limb given by the directions of its two bones and its hand or foot."""

    upper: Vector
    lower: Vector
    tip: Vector
    toes: Vector | None = None
    under: Vector | None = None

    def bones(self, root: Vector, upper: float, lower: float) -> Bones:
        joint = root + self.upper.unit * upper
        end = joint + self.lower.unit * lower
        axis = (end - root).unit
        aside = (joint - root).across(axis)
        front = aside if aside.length > STRAIGHT else self.tip.across(axis)
        return Bones(
            root, joint, end, front.unit, self.tip.unit, (self.toes or self.tip).unit, self.under
        )


@dataclass(frozen=True, slots=True)
class Pose:
    """A pose. `hips` is the midpoint between the hip joints.

    `rests` maps parts that rest on something to its height. `leans` maps parts that touch a wall to
    the wall's direction and distance.
    """

    hips: Vector
    pelvis: Turn
    chest: Turn
    head: Turn
    right_arm: Limb
    left_arm: Limb
    right_leg: Limb
    left_leg: Limb
    rests: dict[str, float] = field(default_factory=dict)
    leans: Leans = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Skeleton:
    pelvis: Frame
    chest: Frame
    head: Frame
    hips: Vector
    waist: Vector
    shoulders: Vector
    skull: Vector
    arms: dict[Side, Bones]
    legs: dict[Side, Bones]


def sign(side: Side) -> int:
    return 1 if side == "right" else -1


def skeleton(pose: Pose) -> Skeleton:
    pelvis, chest, head = pose.pelvis.frame, pose.chest.frame, pose.head.frame
    waist = pose.hips + pelvis.up * LOW_BACK
    shoulders = waist + chest.up * RIBS
    nape = chest.place(shoulders, -1, 4, 0)
    limbs = {"right": (pose.right_arm, pose.right_leg), "left": (pose.left_arm, pose.left_leg)}
    arms: dict[Side, Bones] = {}
    legs: dict[Side, Bones] = {}
    for side in SIDES:
        arm, leg = limbs[side]
        shoulder = chest.place(shoulders, -0.5, -1, SHOULDER * sign(side))
        hip = pelvis.place(pose.hips, 0, 0, HIP * sign(side))
        arms[side] = arm.bones(shoulder, UPPER_ARM, FOREARM)
        legs[side] = leg.bones(hip, THIGH, SHIN)
    skull = head.place(nape, 1.5, NECK - 4, 0)
    return Skeleton(pelvis, chest, head, pose.hips, waist, shoulders, skull, arms, legs)


def faults(body: Skeleton) -> Iterator[str]:
    """Reports joints bent beyond the range of a flexible runner."""
    for side in SIDES:
        leg, arm = body.legs[side], body.arms[side]
        flexion = degrees(atan2(leg.upper.dot(body.pelvis.forward), -leg.upper.dot(body.pelvis.up)))
        yield from _beyond(f"{side} hip", flexion, -28, 132)
        yield from _beyond(f"{side} knee", leg.bend, 0, 150)
        yield from _beyond(f"{side} elbow", arm.bend, 0, 150)
        ankle = degrees(atan2(leg.tip.dot(leg.lower), leg.tip.dot(_shin_front(leg))))
        yield from _beyond(f"{side} ankle", ankle, -38, 80)


def _shin_front(leg: Bones) -> Vector:
    return leg.front.across(leg.lower).unit


def _beyond(joint: str, angle: float, least: float, most: float) -> Iterator[str]:
    if not least <= angle <= most:
        yield f"{joint} at {angle:.0f} degrees, beyond {least} to {most}"
