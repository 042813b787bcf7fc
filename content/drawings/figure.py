"""Draws a posed runner, layer by layer from far to near."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import body as flesh
from body import Ball, Muscle
from paper import INK, Paper, View
from shape import (
    Circle,
    Field,
    blend,
    chain,
    cut,
    hatching,
    inside,
    outline,
    runs,
    union,
    without,
)
from skeleton import SIDES, Bones, Side, Skeleton
from vector import Vector

SHOE, SOLE = "#55646a", "#ffffff"
WORKING, LONGER = "#e0523a", "#f2b441"
THIN = 1.6

FACING_RIGHT = ("left arm", "left leg", "trunk", "head", "right leg", "shorts", "right arm")
"""Layers from far to near. Limbs before the trunk are darker; legs after it join the shorts.

A "right knee" or "left knee" after the shorts is a leg that points at the viewer: it's drawn there,
from the hem of the shorts down.
"""

Tints = Sequence[tuple[Muscle, Side]]


@dataclass(frozen=True, slots=True)
class Outfit:
    """Colors of skin, hair, and clothes, each with a darker one for limbs behind the trunk."""

    skin: str
    far_skin: str
    shorts: str
    far_shorts: str
    top: str
    far_top: str
    hair: str = "#2d3534"
    bun: tuple[float, float] = (-9, 7.5)
    """Where her bun is: so far ahead of the middle of the head, and above it."""
    long: bool = False
    """Trousers down to the ankles."""


RUNNER = Outfit("#d9a07b", "#b97f5b", "#3d5a66", "#2f4650", "#eef2f0", "#ccd6d2")
THERAPIST = Outfit(
    *("#9a6543", "#7d4f33", "#5b5149", "#463e38", "#8fc1b3", "#6fa294"),
    hair="#857f7b",
    bun=(-9.5, -3.5),
    long=True,
)


@dataclass(slots=True)
class Runner:
    paper: Paper
    view: View
    body: Skeleton
    layers: Sequence[str] = FACING_RIGHT
    tints: Tints = ()
    longer: Tints = ()
    barefoot: bool = False
    outfit: Outfit = RUNNER
    skins: dict[Side, Field] = field(default_factory=dict)

    def draw(self) -> None:
        for layer in self.layers:
            self.draw_layer(layer)

    def draw_layer(self, layer: str) -> None:
        for side in SIDES:
            if layer == f"{side} arm":
                self.draw_arm(side, self.is_far(layer))
            elif layer == f"{side} leg":
                self.draw_leg(side, self.is_far(layer))
            elif layer == f"{side} knee":
                self.draw_knee(self.body.legs[side])
        if layer == "trunk":
            self.draw_trunk()
        elif layer == "head":
            self.draw_head()
        elif layer == "shorts":
            self.draw_shorts()

    def is_far(self, layer: str) -> bool:
        """Whether a limb lies behind the trunk. No leg does where the trunk covers the hips."""
        place = self.layers.index
        covered = "leg" in layer and place("shorts") < place("trunk")
        return place(layer) < place("trunk") and not covered

    def circles(self, balls: Sequence[Ball]) -> list[Circle]:
        return [self.view.ball(*ball) for ball in balls]

    def shape(self, balls: Sequence[Ball]) -> Field:
        return chain(self.circles(balls))

    def trimmed(self, balls: Sequence[Ball], place: Vector, outward: Vector) -> Field:
        return cut(self.shape(balls), self.view.flat(place), self.view.direction(outward))

    # Arms

    def draw_arm(self, side: Side, far: bool) -> None:
        arm = self.body.arms[side]
        skin = union(self.shape(flesh.upper_arm(arm)), self.shape(flesh.forearm(arm)))
        skin = blend(3, skin, self.hand(arm))
        seed = self.view.flat(arm.joint)
        self.paper.area(outline(skin, seed), self.outfit.far_skin if far else self.outfit.skin)
        self.draw_sleeve(arm, self.outfit.far_top if far else self.outfit.top)

    def hand(self, arm: Bones) -> Field:
        palm = self.shape(flesh.hand(arm))
        if arm.toes == arm.tip:
            return palm
        return blend(3, palm, self.shape(flesh.thumb(arm)))

    def draw_sleeve(self, arm: Bones, fill: str) -> None:
        """Draws a sleeve, without an outline where it joins the shirt."""
        shape = self.trimmed(flesh.sleeve(arm), flesh.cuff(arm), arm.upper)
        line = outline(shape, self.view.flat(arm.root))
        (shoulder, reach), shirt = self.view.ball(arm.root, 7.5), self.shirt
        self.paper.area(line, fill, stroke="none")
        strokes = runs(line, lambda p: shirt(p) > -0.8 or abs(p - shoulder) > reach)
        self.paper.lines(strokes)

    # Legs

    def draw_leg(self, side: Side, far: bool) -> None:
        leg = self.body.legs[side]
        skin = self.skins[side] = union(self.shape(flesh.thigh(leg)), self.shape(flesh.shin(leg)))
        if f"{side} knee" in self.layers:
            return
        self.draw_skin(leg, skin, self.outfit.far_skin if far else self.outfit.skin)
        if far:
            trouser = self.trouser(leg)
            line = outline(trouser, self.view.flat(leg.root))
            self.paper.area(line, self.outfit.far_shorts)
            self.draw_tints(side, union(skin, trouser))

    def draw_knee(self, leg: Bones) -> None:
        above = self.trimmed(flesh.thigh(leg), flesh.hem(leg), leg.upper * -1)
        self.draw_skin(leg, union(above, self.shape(flesh.shin(leg))), self.outfit.skin)

    def draw_skin(self, leg: Bones, skin: Field, fill: str) -> None:
        if self.barefoot:
            skin = blend(3, skin, self.foot(leg))
        self.paper.area(outline(skin, self.view.flat(leg.joint)), fill)
        if not self.barefoot:
            self.draw_shoe(leg)

    def trouser(self, leg: Bones) -> Field:
        if self.outfit.long:
            return union(self.shape(flesh.trouser(leg)), self.trouser_leg(leg))
        return self.trimmed(flesh.trouser(leg), flesh.hem(leg), leg.upper)

    def trouser_leg(self, leg: Bones) -> Field:
        return self.trimmed(flesh.trouser_leg(leg), leg.joint.mix(leg.end, 0.9), leg.lower)

    def foot(self, leg: Bones) -> Field:
        back, front = self.shape(flesh.shoe_back(leg)), self.shape(flesh.shoe_front(leg))
        return blend(3, back, front)

    def draw_shoe(self, leg: Bones) -> None:
        self.paper.area(outline(self.foot(leg), self.view.flat(flesh.heel(leg)[0])), SHOE)
        sole = [self.view.flat(place) for place in flesh.tread(leg)]
        self.paper.lines([sole], stroke_width=5.4)
        self.paper.lines([sole], stroke=SOLE, stroke_width=2.2)

    # Trunk

    @property
    def shirt(self) -> Field:
        halves = [self.shape(flesh.flank(self.body, side)) for side in SIDES]
        slopes = [self.shape(flesh.slope(self.body, side)) for side in SIDES]
        front = [self.shape(flesh.bust(self.body)), self.shape(flesh.breastbone(self.body))]
        return blend(4, union(*halves, *front), *slopes)

    def draw_trunk(self) -> None:
        neck = flesh.neck(self.body)
        self.paper.area(outline(self.shape(neck), self.view.flat(neck[1][0])), self.outfit.skin)
        middle = flesh.breastbone(self.body)[0][0]
        self.paper.area(outline(self.shirt, self.view.flat(middle)), self.outfit.top)
        self.draw_tints("trunk", self.shirt)

    def draw_shorts(self) -> None:
        """Draws the hips and all legs in front of the trunk as one shape."""
        near = [side for side in SIDES if not self.is_far(f"{side} leg")]
        halves = [flesh.buttock(self.body, side) for side in SIDES]
        across = [self.shape([half[level] for half in halves]) for level in (1, 2)]
        seat = union(*(self.shape(half) for half in halves), *across)
        band = self.view.flat(flesh.belt(self.body))
        seat = cut(seat, band, self.view.direction(self.body.pelvis.up))
        trousers = [self.trouser(self.body.legs[side]) for side in near]
        shorts = blend(6, seat, *trousers)
        self.paper.area(outline(shorts, self.view.flat(self.body.hips)), self.outfit.shorts)
        if len(near) > 1:
            self.draw_inseam(shorts)
        for side in near:
            self.draw_tints(side, union(shorts, self.skins[side]))

    def draw_inseam(self, shorts: Field) -> None:
        """Parts the legs of shorts seen from the front where they hang side by side."""
        right, left = (self.body.legs[side] for side in SIDES)
        hem = flesh.hem(right).mix(flesh.hem(left), 0.5)
        seam = [self.view.flat(hem.mix(self.body.hips, share)) for share in (0.06, 0.45)]
        hanging = all(leg.upper.dot(self.body.pelvis.up) < -0.8 for leg in (right, left))
        if hanging and self.faces(self.body.pelvis.forward) > 0.8 and shorts(seam[0]) < 0:
            self.paper.lines([seam], stroke_width=THIN)

    # Head

    def head_spot(self, forward: float, up: float, right: float = 0) -> complex:
        return self.view.flat(self.body.head.place(self.body.skull, forward, up, right))

    def head_ball(self, forward: float, up: float, radius: float) -> Circle:
        return self.view.ball(self.body.head.place(self.body.skull, forward, up, 0), radius)

    def faces(self, way: Vector) -> float:
        return way.dot(self.view.towards)

    def draw_head(self) -> None:
        halves = [self.shape(flesh.skull(self.body, side)) for side in SIDES]
        head = blend(2, union(*halves), self.shape(flesh.nose(self.body)))
        self.paper.area(outline(head, self.head_spot(-0.8, 1.5)), self.outfit.skin)
        self.draw_hair()
        self.draw_ear()
        self.draw_eyes()
        if self.faces(self.body.head.forward) > 0.6:
            ridge = [self.head_spot(10, 0), self.head_spot(11.4, -3)]
            self.paper.lines([ridge], stroke_width=THIN)

    def draw_hair(self) -> None:
        self.paper.disc(self.head_ball(*self.outfit.bun, 4), fill=self.outfit.hair)
        crown, face = self.head_ball(-1.5, 2.2, 9.9), self.head_ball(6.5, -4, 9.8)
        hair = chain([crown, crown])
        if self.faces(self.body.head.forward) > -0.5:
            hair = without(hair, chain([face, face]))
        self.paper.area(outline(hair, self.head_spot(-6, 8)), self.outfit.hair)

    def draw_ear(self) -> None:
        for way, aside in ((self.body.head.right, 7), (self.body.head.right * -1, -7)):
            if self.faces(way) > 0.35:
                spot = self.body.head.place(self.body.skull, -1.2, -2, aside)
                self.paper.disc(self.view.ball(spot, 1.9), fill=self.outfit.skin, stroke_width=THIN)

    def draw_eyes(self) -> None:
        for aside in (-3.2, 3.2):
            out = self.body.head.forward + self.body.head.right * (0.25 * aside)
            if self.faces(out) > 0.25:
                spot = self.body.head.place(self.body.skull, 7.8, 0.2, aside)
                self.paper.disc(self.view.ball(spot, 0.9), fill=INK, stroke="none")

    # Muscles

    def draw_tints(self, owner: Side | Literal["trunk"], bounds: Field) -> None:
        """Draws working muscles red and striped, stretched ones amber and dotted."""
        for tints, fill in ((self.longer, LONGER), (self.tints, WORKING)):
            for name, side in tints:
                if owner == ("trunk" if name == "low back" else side):
                    self.draw_tint(flesh.muscle(name, self.body, side), bounds, fill)

    def draw_tint(self, balls: Sequence[Ball], bounds: Field, fill: str) -> None:
        circles = self.circles(balls)
        shape = inside(blend(2, chain(circles)), bounds, 2.2)
        seed = inner_spot(circles, shape)
        self.paper.area(outline(shape, seed), fill, stroke_width=THIN)
        ends = circles[-1][0] - circles[0][0]
        middle = (circles[-1][0] + circles[0][0]) / 2
        strokes = list(hatching(shape, middle, ends, abs(ends)))
        if fill == WORKING:
            self.paper.lines(strokes, stroke="#ffffff", stroke_width=1.6)
        else:
            self.paper.lines(strokes, stroke_width=2.2, stroke_dasharray=".1 5")


def inner_spot(circles: Sequence[Circle], shape: Field) -> complex:
    """A point well inside a shape that follows a chain of circles."""
    spots = [a[0] + (b[0] - a[0]) * t / 8 for a, b in pairwise(circles) for t in range(9)]
    return min(spots, key=shape)
