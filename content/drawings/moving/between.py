"""Poses between two others. Bones keep their lengths, and feet that stay keep their places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import acos, sin

from skeleton import Bones, Limb, Placed, Pose, Swung, skeleton
from vector import Turn, Vector

Way = Callable[[float], Pose]
"""The pose at each share of a movement: 0 is its start, 1 its end."""


def straight_way(*poses: Pose) -> Way:
    """From pose to pose; a whole share is one of them."""

    def way(share: float) -> Pose:
        index = min(max(int(share), 0), len(poses) - 2)
        return between(poses[index], poses[index + 1], share - index)

    return way


def between(start: Pose, end: Pose, share: float) -> Pose:
    if share in (0, 1):
        return end if share else start
    first, last = skeleton(start), skeleton(end)

    def limb(name: str, bones: tuple[Bones, Bones]) -> Limb:
        return _limb(getattr(start, name), getattr(end, name), *bones, share)

    return Pose(
        hips=start.hips.mix(end.hips, share),
        pelvis=_turn(start.pelvis, end.pelvis, share),
        chest=_turn(start.chest, end.chest, share),
        head=_turn(start.head, end.head, share),
        right_arm=limb("right_arm", (first.arms["right"], last.arms["right"])),
        left_arm=limb("left_arm", (first.arms["left"], last.arms["left"])),
        right_leg=limb("right_leg", (first.legs["right"], last.legs["right"])),
        left_leg=limb("left_leg", (first.legs["left"], last.legs["left"])),
        rests={
            name: start.rests[name] * (1 - share) + end.rests[name] * share
            for name in start.rests.keys() & end.rests.keys()
        },
        leans={name: start.leans[name] for name in start.leans.keys() & end.leans.keys()},
    )


def _turn(start: Turn, end: Turn, share: float) -> Turn:
    def mixed(first: float, last: float) -> float:
        return first + (last - first) * share

    return Turn(mixed(start.lean, end.lean), mixed(start.roll, end.roll), mixed(start.yaw, end.yaw))


def _limb(start: Limb, end: Limb, first: Bones, last: Bones, share: float) -> Limb:
    """A limb that both poses place is led by its hand or foot, any other one by its bones."""
    tip, toes = swing(first.tip, last.tip, share), swing(first.toes, last.toes, share)
    soles = first.under, last.under
    under = swing(first.sole, last.sole, share) if any(soles) else None
    if isinstance(start, Placed) and isinstance(end, Placed):
        bend = swing(start.bend.unit, end.bend.unit, share)
        return Placed(start.end.mix(end.end, share), bend, tip, toes, under)
    upper, lower = swing(first.upper, last.upper, share), swing(first.lower, last.lower, share)
    return Swung(upper, lower, tip, toes, under)


def swing(start: Vector, end: Vector, share: float) -> Vector:
    """A direction between two others, on the shortest way around."""
    angle = acos(max(-1, min(1, start.dot(end))))
    if angle < 1e-6:
        return start
    return (start * sin(angle * (1 - share)) + end * sin(angle * share)) * (1 / sin(angle))


def turned(poses: Sequence[Pose]) -> float:
    """The widest angle, in radians, that a bone turns from the first pose to the last."""
    first, last = skeleton(poses[0]), skeleton(poses[-1])
    pairs = [(first.chest.up, last.chest.up), (first.pelvis.up, last.pelvis.up)]
    for limbs, others in ((first.arms, last.arms), (first.legs, last.legs)):
        for side, bones in limbs.items():
            pairs += [(bones.upper, others[side].upper), (bones.lower, others[side].lower)]
    return max(acos(max(-1, min(1, one.dot(other)))) for one, other in pairs)
