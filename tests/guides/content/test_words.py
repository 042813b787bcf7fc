"""The PDF's labels are in the language of its content."""

import re
from dataclasses import astuple
from typing import Any

import pytest

from assessments.models import Practice
from guides.content import ENGLISH, RunnerAdvice, parse_content
from guides.models import GuideEdition
from guides.pdf import build
from guides.pdf.storage import guide_render
from runfit.lib import caching
from runfit.lib.json_format.writing import canonical
from tests.guides import samples
from tests.guides.factories import GuideEditionFactory
from tests.guides.pdf.test_render import elements_of, text_of

pytestmark = pytest.mark.django_db

ADVICE = RunnerAdvice(
    answers=(("Rennen?", "Ja."),),
    skip_for=frozenset({"back"}),
    checked=(("back", "Rücken"),),
)
PLACEHOLDER = re.compile(r"%\\\(\w+\\\)s")  # in an escaped text


def edition(language: str, *, padding: int = 1) -> GuideEdition:
    """An edition whose PDF prints every label, with more or less room to write."""
    Practice.objects.update_or_create(
        defaults={"name": "Hill Practice", "booking_link": "https://example.org/book"}
    )
    caching.clear()
    data: dict[str, Any] = samples.edition() | {"language": language}
    data["exercises"][0] |= {
        "skip_for": ["back"],
        "instead": "walk",
        "before_run": True,
    }
    data["exercises"].append(data["exercises"][0] | {"id": "walk", "skip_for": [], "instead": ""})
    data["exercises"][1] |= {
        "skip_if": "It hurts.",
        "evidence_note": "Not very.",
        "video_url": "https://example.org/video",
    }
    data["exercises"][1]["dose"] |= {"tempo": "slow"}
    data["shared_rules"]["with_running"] *= padding
    data["references"] *= padding
    plan = data["profiles"][0]["plan"]
    first = plan["blocks"][0] | {"weeks": [1, 1], "days_per_week": 1}
    plan |= {"weeks": 3, "blocks": [first, plan["blocks"][0] | {"weeks": [2, 3]}]}
    return GuideEditionFactory.create(content=canonical(parse_content(data)))


def printed_text(edition: GuideEdition) -> str:
    """All text of the PDF, as a draft and reviewed, with alternative texts."""
    guides = []
    for edition.reviewed_by in ("", "Dr. Hill"):
        guides.append(guide_render(edition=edition, profile="stiff", paper="a4", advice=ADVICE))
    alts = [str(element.get("/Alt", "")) for element in elements_of(guides[0])]
    return " ".join([*map(text_of, guides), *alts])


def labels_in(text: str) -> list[str]:
    return [
        label
        for label in astuple(ENGLISH)
        if re.search(PLACEHOLDER.sub(".+", re.escape(label)), text)
    ]


def test_every_label_is_printed_in_english() -> None:
    text = " ".join(printed_text(edition("en", padding=padding)) for padding in (1, 12, 24))

    assert labels_in(text) == [*astuple(ENGLISH)]


def test_spanish_guide_has_no_english_labels() -> None:
    text = printed_text(edition("es"))

    assert labels_in(text) == ["Video"]  # the same word in both
    assert "Empiezas por la fase 1: Move." in text
    assert "toca Avísame primero." in text


@pytest.mark.parametrize("language", ["en", "de"])
def test_unsupported_language_falls_back_to_english(language: str) -> None:
    assert build.words_of(language) == ENGLISH
