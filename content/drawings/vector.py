"""Places and directions in the room, in centimetres: x to the right, y up, z towards the eye."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, hypot, radians, sin


@dataclass(frozen=True, slots=True)
class Vector:
    x: float
    y: float
    z: float = 0

    def __add__(self, other: Vector) -> Vector:
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other: Vector) -> Vector:
        return Vector(self.x - other.x, self.y - other.y, self.z - other.z)

    def __mul__(self, factor: float) -> Vector:
        return Vector(self.x * factor, self.y * factor, self.z * factor)

    def dot(self, other: Vector) -> float:
        return self.x * other.x + self.y * other.y + self.z * other.z

    def cross(self, other: Vector) -> Vector:
        return Vector(
            self.y * other.z - self.z * other.y,
            self.z * other.x - self.x * other.z,
            self.x * other.y - self.y * other.x,
        )

    @property
    def length(self) -> float:
        return hypot(self.x, self.y, self.z)

    @property
    def unit(self) -> Vector:
        return self * (1 / self.length)

    def across(self, axis: Vector) -> Vector:
        """What is left of this once its share along a unit axis is taken away."""
        return self - axis * self.dot(axis)

    def mix(self, other: Vector, share: float) -> Vector:
        return self + (other - self) * share


FORWARD = Vector(1, 0, 0)
BACKWARD = Vector(-1, 0, 0)
UP = Vector(0, 1, 0)
DOWN = Vector(0, -1, 0)
RIGHT = Vector(0, 0, 1)
LEFT = Vector(0, 0, -1)


def way(angle: float, aside: float = 0) -> Vector:
    """A direction: 0 is forward, 90 up, 180 backward; `aside` turns it towards the right."""
    flat = cos(radians(aside))
    return Vector(cos(radians(angle)) * flat, sin(radians(angle)) * flat, sin(radians(aside)))


@dataclass(frozen=True, slots=True)
class Frame:
    """Which way the front, the top and the right of a part of the body look."""

    forward: Vector
    up: Vector
    right: Vector

    def place(self, origin: Vector, forward: float, up: float, right: float) -> Vector:
        return origin + self.forward * forward + self.up * up + self.right * right


@dataclass(frozen=True, slots=True)
class Turn:
    """How a part of the body is turned, in degrees, from standing tall and facing forward.

    It tips to its right by `roll`, then leans forward by `lean`, then faces right by `yaw`.
    """

    lean: float = 0
    roll: float = 0
    yaw: float = 0

    @property
    def frame(self) -> Frame:
        return Frame(self._turned(FORWARD), self._turned(UP), self._turned(RIGHT))

    def _turned(self, it: Vector) -> Vector:
        c, s = cos(radians(self.roll)), sin(radians(self.roll))
        it = Vector(it.x, it.y * c - it.z * s, it.z * c + it.y * s)
        c, s = cos(radians(self.lean)), sin(radians(self.lean))
        it = Vector(it.x * c + it.y * s, it.y * c - it.x * s, it.z)
        c, s = cos(radians(self.yaw)), sin(radians(self.yaw))
        return Vector(it.x * c - it.z * s, it.y, it.z * c + it.x * s)
