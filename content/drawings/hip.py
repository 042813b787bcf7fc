"""Draws the hip of a standing runner from the side, as a template that fills its front and back.

A side is filled from below as its score rises, and hatched if it wasn't checked.
"""

from __future__ import annotations

import body as flesh
from figure import Runner
from paper import Paper, View, number, path
from picture import DETAIL, placed
from poses.postures import arms_hanging, standing
from props import WARM
from shape import Field, blend, chain, inside, outline, union
from skeleton import Pose, skeleton
from vector import Turn, Vector

WIDTH, HEIGHT = 150, 190
VIEW = placed(View(turn=8, rise=0, scale=3.5), complex(74, 410))
STANDING = Pose(
    hips=Vector(0, 91.3, 0),
    pelvis=Turn(lean=3),
    chest=Turn(lean=-2),
    head=Turn(),
    **arms_hanging(),
    right_leg=standing(0, 8.5),
    left_leg=standing(0, -8.5),
    rests={"right heel": 0, "right ball": 0},
)
SEEN = ("left leg", "trunk", "right leg", "shorts")
GROWN = 1.3
"""The two areas are larger than a muscle's tint on an exercise, since they're what's looked at."""

SIDE = """\
<g clip-path="url(#{side}-only)"><use href="#{side}" class="empty"/>\
{{% if balance.{side}.score is None %}}\
<path class="unknown" fill="url(#hatch)" d="M{left} {top}h{width}v{height}h-{width}z"/>\
{{% else %}}\
<rect class="full" x="{left}" width="{width}" height="{{{{ balance.{side}.score }}}}" \
transform="matrix(1 0 0 -{share} 0 {bottom})"/>\
{{% endif %}}</g>
"""


def hip() -> str:
    paper = Paper(WIDTH, HEIGHT, detail=DETAIL)
    paper.draw(f"M0 0h{WIDTH}v{HEIGHT}H0z", fill=WARM, stroke="none")
    runner = Runner(paper, VIEW, skeleton(STANDING), SEEN, barefoot=True)
    for layer in SEEN:
        runner.draw_layer(layer)
    lines = {"back": _area(runner, "glute max"), "front": _area(runner, "hip flexor")}
    clips = "".join(
        f'<path id="{side}" d="{path(line, closed=True, detail=DETAIL)}"/>'
        f'<clipPath id="{side}-only"><use href="#{side}"/></clipPath>\n'
        for side, line in lines.items()
    )
    return (
        f'<svg class="paper" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">\n<defs>\n{HATCH}'
        f"{clips}</defs>\n{paper.drawn}\n"
        + "".join(_side(side, line) for side, line in lines.items())
        + '<g class="edge"><use href="#back"/><use href="#front"/></g>\n</svg>\n'
    )


HATCH = (
    '<pattern id="hatch" width="8" height="8" patternUnits="userSpaceOnUse"'
    ' patternTransform="rotate(45)"><path d="M0 0v8"/></pattern>\n'
)


def _area(runner: Runner, name: flesh.Muscle) -> list[complex]:
    balls = flesh.muscle(name, runner.body, "right")
    circles = [(at, radius * GROWN) for at, radius in runner.circles(balls)]
    return outline(inside(blend(2, chain(circles)), _body(runner), 1.5), circles[1][0])


def _body(runner: Runner) -> Field:
    leg = runner.body.legs["right"]
    seat = runner.shape(flesh.buttock(runner.body, "right"))
    return union(seat, runner.shape(flesh.trouser(leg)), runner.skins["right"])


def _side(side: str, line: list[complex]) -> str:
    left, right = min(p.real for p in line), max(p.real for p in line)
    top, bottom = min(p.imag for p in line), max(p.imag for p in line)
    return SIDE.format(
        side=side,
        left=number(left),
        top=number(top),
        width=number(right - left),
        height=number(bottom - top),
        share=f"{(bottom - top) / 100:.3f}",
        bottom=number(bottom),
    )
