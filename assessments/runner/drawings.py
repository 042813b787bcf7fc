"""Drawings of questions: in the page, or in files of their own, loaded when they're needed."""

from dataclasses import dataclass

from django.urls import reverse

from assessments.definition import QuestionSpec
from assessments.models import Edition
from runfit.lib.svg.validation import svg_size

WIDTH = 320
"""Of each drawing; spots are placed on one of this width."""


@dataclass(frozen=True, slots=True)
class ShownDrawing:
    """Without a URL, it's in the page."""

    alt: str
    svg: str
    height: int
    url: str = ""


def shown_drawing(question: QuestionSpec, edition: Edition | None = None) -> ShownDrawing | None:
    """The drawing of a question, from its file if it's one of a published edition."""
    if question.drawing is None:
        return None
    width, height = svg_size(question.drawing.svg)
    url = ""
    if edition and edition.sha256:
        url = reverse("assessments:drawing", args=[edition.pk, question.key])
    return ShownDrawing(
        alt=question.drawing.alt,
        svg=question.drawing.svg,
        height=round(WIDTH * height / width) or 1,
        url=url,
    )
