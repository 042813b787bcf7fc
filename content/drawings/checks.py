"""A check of the self-check: a picture with a spot for each answer that it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from picture import Picture
from vector import Vector


@dataclass(frozen=True, slots=True)
class Check(Picture):
    """A question's picture: part of its page, so it's coarser, and shown large for its width.

    `spots` are places in the view of the last figure, by answer.
    """

    detail: float = 0.65
    stroke: float = 1.6
    spots: Mapping[str, Vector] = field(default_factory=dict)


def spots(check: Check) -> dict[str, list[int]]:
    """Where each spot is on the drawing, in percent from the left and top."""
    view = check.figures[-1].view
    places = {answer: view.flat(place) for answer, place in check.spots.items()}
    return {
        answer: [round(100 * at.real / check.width), round(100 * at.imag / check.height)]
        for answer, at in places.items()
    }
