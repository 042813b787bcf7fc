"""Draws a guide as three fanned sheets: its cover, a page to pin up, and a page of exercises."""

from __future__ import annotations

from paper import Paper, View
from picture import Figure, placed
from poses.activation import LOW
from poses.runner import RUNNING
from props import ARROW, EDGE, GROUND, TRACK, WARM

WIDTH, HEIGHT = 340, 216
SHEET = "M92 7h156v202H92z"
DETAIL = 0.85


def plan_picture() -> str:
    paper = Paper(WIDTH, HEIGHT, detail=DETAIL)
    with paper.group(stroke_width=1.8):
        with paper.group(transform="rotate(-11 120 216)translate(-14 21)scale(.84)"):
            _exercises(paper)
        with paper.group(transform="rotate(11 220 216)translate(69 21)scale(.84)"):
            _weeks(paper)
        _cover(paper)
    return paper.svg


def _cover(paper: Paper) -> None:
    paper.draw(SHEET, fill="#fffdfa")
    paper.draw("M104 26h70M104 40h46", stroke_width=6)
    paper.draw("M117 134a53 53 0 1 0 106 0 53 53 0 1 0-106 0", fill=WARM, stroke="none")
    paper.draw("M104 196h132", stroke=TRACK, stroke_width=7)
    Figure(RUNNING, placed(View(18, 6, 0.78), complex(172, 194))).draw(paper)


def _exercises(paper: Paper) -> None:
    """Only its left half is seen."""
    paper.draw(SHEET, fill="#fffdfa")
    for top in (20, 114):
        paper.draw(f"M104 {top}h132v46H104z", fill=GROUND, stroke="none")
        paper.draw(f"M104 {top + 58}h90m-90 12h110", stroke=EDGE, stroke_width=3)
    Figure(LOW, placed(View(15, 14, 0.46), complex(156, 60)), layers=("trunk", "head")).draw(paper)


def _weeks(paper: Paper) -> None:
    """Only its right half is seen."""
    paper.draw(SHEET, fill="#fffdfa")
    paper.draw("M106 26h90", stroke_width=5)
    rows = range(46, 190, 30)
    boxes = "".join(f"M{x} {y}h13v13h-13z" for y in rows for x in (162, 182, 202, 222))
    paper.draw(boxes, stroke=EDGE)
    paper.draw(
        "M185 53l4 4 8-10M205 53l4 4 8-10M225 53l4 4 8-10M185 83l4 4 8-10M205 83l4 4 8-10",
        stroke=ARROW,
        stroke_width=3,
    )
