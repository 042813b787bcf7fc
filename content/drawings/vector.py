"""3D vectors in centimeters: x to the right, y up, z toward the viewer."""

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
        """The component perpendicular to a unit axis."""
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
    """A direction: 0 is forward, 90 up, 180 backward; `aside` turns it to the right."""
    flat = cos(radians(aside))
    return Vector(cos(radians(angle)) * flat, sin(radians(angle)) * flat, sin(radians(aside)))


@dataclass(frozen=True, slots=True)
class Frame:
    """The local axes of a body part."""

    forward: Vector
    up: Vector
    right: Vector

    def place(self, origin: Vector, forward: float, up: float, right: float) -> Vector:
        return origin + self.forward * forward + self.up * up + self.right * right


@dataclass(frozen=True, slots=True)
class Turn:
    """The rotation of a body part, in degrees, from standing upright and facing forward.

    It tilts to its right by `roll`, then leans forward by `lean`, then turns right by `yaw`.
    """

    lean: float = 0
    roll: float = 0
    yaw: float = 0

    @property
    def frame(self) -> Frame:
        return Frame(self._rotated(FORWARD), self._rotated(UP), self._rotated(RIGHT))

    def _rotated(self, vector: Vector) -> Vector:
        c, s = cos(radians(self.roll)), sin(radians(self.roll))
        vector = Vector(vector.x, vector.y * c - vector.z * s, vector.z * c + vector.y * s)
        c, s = cos(radians(self.lean)), sin(radians(self.lean))
        vector = Vector(vector.x * c + vector.y * s, vector.y * c - vector.x * s, vector.z)
        c, s = cos(radians(self.yaw)), sin(radians(self.yaw))
        return Vector(vector.x * c - vector.z * s, vector.y, vector.z * c + vector.x * s)
