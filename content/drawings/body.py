"""The runner's body parts and muscles as chains of spheres in 3D space."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from skeleton import SIDES, Bones, Pose, Side, Skeleton, sign
from vector import DOWN, Vector

Ball = tuple[Vector, float]
Muscle = Literal[
    "glute max",
    "glute med",
    "hip flexor",
    "hamstring",
    "quad",
    "adductor",
    "rotator",
    "calf",
    "low back",
]

TOLERANCE = 1.3
"""The allowed gap in centimeters between a body part and what it touches."""


def thigh(leg: Bones) -> list[Ball]:
    middle = leg.root.mix(leg.joint, 0.42) + _front(leg, leg.upper) * 0.9
    return [(leg.root, 8.6), (middle, 7.9), (leg.joint, 5.7)]


def shin(leg: Bones) -> list[Ball]:
    calf = leg.joint.mix(leg.end, 0.3) - _front(leg, leg.lower) * 1.4
    return [(leg.joint, 5.6), (calf, 5.6), (leg.joint.mix(leg.end, 0.75), 4), (leg.end, 3.5)]


def trouser(leg: Bones) -> list[Ball]:
    front = _front(leg, leg.upper)
    middle = leg.root.mix(leg.joint, 0.42) + front * 0.9
    return [(leg.root, 9.2), (middle, 8.8), (leg.root.mix(leg.joint, 0.66) + front * 0.6, 8.2)]


def trouser_leg(leg: Bones) -> list[Ball]:
    above = leg.root.mix(leg.joint, 0.5)
    return [(above, 8.4), (leg.joint, 7), (leg.joint.mix(leg.end, 0.4), 6.8), (leg.end, 5.6)]


def hem(leg: Bones) -> Vector:
    return leg.root.mix(leg.joint, 0.52)


def heel(leg: Bones) -> Ball:
    return leg.end + leg.sole * 4.2 - leg.tip * 4.3, 3.8


def foot_ball(leg: Bones) -> Ball:
    return leg.end + leg.sole * 5 + leg.tip * 10, 3


def toes(leg: Bones) -> Ball:
    return foot_ball(leg)[0] + leg.toes * 7, 2.8


def shoe_back(leg: Bones) -> list[Ball]:
    return [(leg.end - leg.lower * 0.8, 4.1), heel(leg), foot_ball(leg)]


def shoe_front(leg: Bones) -> list[Ball]:
    return [(leg.end - leg.lower * 0.8, 4.1), foot_ball(leg), toes(leg)]


def tread(leg: Bones) -> list[Vector]:
    """The bottom line of a shoe's sole."""
    back, ball, tip = heel(leg)[0], foot_ball(leg)[0], toes(leg)[0]
    under = leg.sole if leg.toes == leg.tip else leg.sole.across(leg.toes).unit
    return [
        back + leg.sole * 3.8 - leg.tip * 2.6,
        ball + leg.sole * 3,
        tip + under * 2.6 + leg.toes * 1.6,
    ]


def upper_arm(arm: Bones) -> list[Ball]:
    return [
        (arm.root.mix(arm.joint, 0.3), 4.8),
        (arm.root.mix(arm.joint, 0.5), 4.6),
        (arm.joint, 3.8),
    ]


def forearm(arm: Bones) -> list[Ball]:
    return [(arm.joint, 3.8), (arm.joint.mix(arm.end, 0.28), 4), (arm.end, 2.8)]


def hand(arm: Bones) -> list[Ball]:
    steps = (0, 2.8), (4.5, 3.5), (9, 3), (13.5, 1.9)
    return [(arm.end + arm.tip * along, radius) for along, radius in steps]


def thumb(arm: Bones) -> list[Ball]:
    palm = arm.end + arm.tip * 3.5
    return [(palm, 2.6), (palm + (arm.toes * 4.5 + arm.tip * 3.2), 1.5)]


def sleeve(arm: Bones) -> list[Ball]:
    steps = (0, 6.0), (0.4, 5.7), (0.8, 5.6)
    return [(arm.root.mix(arm.joint, share), radius) for share, radius in steps]


def cuff(arm: Bones) -> Vector:
    return arm.root.mix(arm.joint, 0.55)


def flank(body: Skeleton, side: Side) -> list[Ball]:
    """Half of the torso, from below the waist to the shoulder."""
    s = sign(side)
    chest = ((0.3, 0, 4.2, 8), (0.8, 12, 5, 9), (1.2, 21, 5.6, 9.4), (0, 28, 7, 7.4))
    low = body.pelvis.place(body.hips, 0, 9, 4.8 * s), 8.3
    ribs = [(body.chest.place(body.waist, f, u, r * s), size) for f, u, r, size in chest]
    return [low, *ribs, (body.chest.place(body.shoulders, -0.5, -1.4, 13.5 * s), 5.9)]


def bust(body: Skeleton) -> list[Ball]:
    return [(body.chest.place(body.waist, 4.4, 18.5, 5.4 * sign(side)), 6.6) for side in SIDES]


def slope(body: Skeleton, side: Side) -> list[Ball]:
    """The slope from the neck to the shoulder."""
    outer = body.chest.place(body.shoulders, -0.8, -0.2, 13 * sign(side))
    return [(body.chest.place(body.shoulders, -1, 1.5, 0), 5.2), (outer, 5.6)]


def breastbone(body: Skeleton) -> list[Ball]:
    return [
        (body.chest.place(body.waist, 1, 14, 0), 8.5),
        (body.chest.place(body.shoulders, -0.5, -2, 0), 7.2),
    ]


def buttock(body: Skeleton, side: Side) -> list[Ball]:
    s = sign(side)
    places = ((0.2, 15, 4.3, 8.4), (-0.3, 9, 5, 8.9), (-2.6, 0.5, 6.8, 9.6), (-2, -3, 7, 8.6))
    return [(body.pelvis.place(body.hips, f, u, r * s), size) for f, u, r, size in places]


def belt(body: Skeleton) -> Vector:
    return body.pelvis.place(body.hips, 0, 13, 0)


def neck(body: Skeleton) -> list[Ball]:
    nape = body.chest.place(body.shoulders, -1, 3, 0)
    return [(nape, 4.5), (body.head.place(body.skull, -2.4, -5, 0), 4.4)]


def skull(body: Skeleton, side: Side) -> list[Ball]:
    """Half of the head: crown, cheek, and jaw."""
    s = sign(side)
    places = (-0.8, 1.5, 0, 9.2), (1.8, -3, 0.8, 7.4), (3.2, -7.2, 1.3, 4.8)
    return [(body.head.place(body.skull, f, u, r * s), size) for f, u, r, size in places]


def nose(body: Skeleton) -> list[Ball]:
    place = body.head.place
    return [(place(body.skull, 7.6, 0.5, 0), 1.1), (place(body.skull, 9.9, -2.8, 0), 1.3)]


def _front(limb: Bones, axis: Vector) -> Vector:
    return limb.front.across(axis).unit


def muscle(name: Muscle, body: Skeleton, side: Side) -> list[Ball]:
    s, leg = sign(side), body.legs[side]
    front = _front(leg, leg.upper)
    inward = leg.upper.cross(front).unit
    inward = inward * (1 if inward.dot(body.pelvis.right) * s < 0 else -1)

    def at_hip(forward: float, up: float, out: float) -> Vector:
        return body.pelvis.place(body.hips, forward, up, out * s)

    def on_thigh(share: float, ahead: float) -> Vector:
        return leg.root.mix(leg.joint, share) + front * ahead

    def on_calf(share: float, behind: float) -> Vector:
        return leg.joint.mix(leg.end, share) - _front(leg, leg.lower) * behind

    def inner(share: float, aside: float) -> Vector:
        return leg.root.mix(leg.joint, share) + inward * aside

    muscles: dict[Muscle, list[Ball]] = {
        "glute max": [(at_hip(-8, 8, 7), 4), (at_hip(-8, 1, 8), 5.8), (at_hip(-6.4, -5, 9), 4.8)],
        "glute med": [(at_hip(-2, 11, 12.5), 5), (at_hip(-1.5, 1, 15), 5)],
        "hip flexor": [(at_hip(6, 7, 7), 3), (on_thigh(0.16, 6), 3.6), (on_thigh(0.46, 5.6), 2.6)],
        "hamstring": [(on_thigh(0.2, -5), 3.6), (on_thigh(0.5, -4.2), 4), (on_thigh(0.9, -3), 2)],
        "quad": [(on_thigh(0.16, 5), 3.4), (on_thigh(0.5, 4.6), 4.4), (on_thigh(0.88, 2.6), 2.8)],
        "adductor": [(inner(0.1, 5.5), 3.4), (inner(0.4, 4.8), 3.6), (inner(0.72, 4), 2.2)],
        "calf": [(on_calf(0.1, 2.4), 3), (on_calf(0.32, 3), 3.8), (on_calf(0.62, 1.2), 2)],
        "low back": [(at_hip(-4.5, 14, 6), 3.4), (at_hip(-4, 20, 6), 4.2), (at_hip(-4, 28, 6), 3)],
        "rotator": [(at_hip(-2, 6, 10), 4.5), (at_hip(0, 0, 12), 5.5)],
    }  # fmt: skip
    return muscles[name]


def parts(body: Skeleton) -> Iterator[tuple[str, list[Ball]]]:
    """The parts that can touch the floor or a prop, with their names."""
    yield "head", [(body.head.place(body.skull, -1.6, 2.4, 0), 9.6)]
    yield "back", [*flank(body, "right")[2:4], *flank(body, "left")[2:4]]
    yield "seat", [*buttock(body, "right"), *buttock(body, "left")]
    for side in SIDES:
        leg, arm = body.legs[side], body.arms[side]
        yield f"{side} heel", [heel(leg)]
        yield f"{side} ball", [foot_ball(leg)]
        yield f"{side} toes", [toes(leg)]
        yield f"{side} knee", [(leg.joint, 5.7)]
        yield f"{side} thigh", thigh(leg)[1:2]
        yield f"{side} shin", shin(leg)
        yield f"{side} elbow", [(arm.joint, 3.8)]
        yield f"{side} forearm", forearm(arm)[1:]
        yield f"{side} hand", hand(arm)
        yield f"{side} shoulder", sleeve(arm)[:1]
        yield f"{side} hip", [(leg.root, 9.2)]


def misplaced(body: Skeleton, pose: Pose) -> Iterator[str]:
    """Reports parts below the floor, and parts that don't touch what the pose says."""
    balls_by_name = dict(parts(body))
    for name, balls in balls_by_name.items():
        height = -_reach(balls, DOWN)
        if height < -TOLERANCE:
            yield f"{name} is {-height:.1f} below the floor"
    for name, surface in pose.rests.items():
        if abs(gap := -_reach(balls_by_name[name], DOWN) - surface) > TOLERANCE:
            yield f"{name} is {gap:+.1f} off its rest"
    for name, (way, wall) in pose.leans.items():
        if abs(gap := wall - _reach(balls_by_name[name], way)) > TOLERANCE:
            yield f"{name} is {gap:+.1f} off its wall"


def _reach(balls: list[Ball], way: Vector) -> float:
    return max(place.dot(way) + radius for place, radius in balls)
