"""The PDF's labels are in the language of its content."""

import re
from dataclasses import astuple
from typing import Any

import pytest

from assessments.models import Practice
from guides.content import ENGLISH, parse_content
from guides.models import GuideEdition
from guides.pdf import build
from guides.pdf.storage import guide_render
from runfit.lib import caching
from runfit.lib.json_format.writing import canonical
from tests.guides import samples
from tests.guides.factories import GuideEditionFactory
from tests.guides.pdf.test_render import elements_of, text_of

pytestmark = pytest.mark.django_db

PLACEHOLDER = re.compile(r"%\\\(\w+\\\)s")  # in an escaped text


def edition(language: str) -> GuideEdition:
    """An edition whose PDF prints every label."""
    Practice.objects.update_or_create(
        defaults={"name": "Hill Practice", "booking_link": "https://example.org/book"}
    )
    caching.clear()
    data: dict[str, Any] = samples.edition() | {"language": language}
    data["secret"]["text"] = "[To fill in by the physical therapist]"
    data["exercises"][0] |= {
        "skip_if": "It hurts.",
        "evidence_note": "Not very.",
        "video_url": "https://example.org/video",
    }
    data["exercises"][0]["dose"] |= {"seconds": "15", "tempo": "slow"}
    plan = data["profiles"][0]["plan"]
    first = plan["blocks"][0] | {"weeks": [1, 1], "days_per_week": 1}
    plan |= {"weeks": 3, "blocks": [first, plan["blocks"][0] | {"weeks": [2, 3]}]}
    return GuideEditionFactory.create(content=canonical(parse_content(data)))


def printed_text(edition: GuideEdition) -> str:
    """All text of the PDF, as a draft and reviewed, with alternative texts."""
    guides = []
    for edition.reviewed_by in ("", "Dr. Hill"):
        guides.append(guide_render(edition=edition, profile="stiff", paper="a4"))
    alts = [str(element.get("/Alt", "")) for element in elements_of(guides[0])]
    return " ".join([*map(text_of, guides), *alts])


def labels_in(text: str) -> list[str]:
    return [
        label
        for label in astuple(ENGLISH)
        if re.search(PLACEHOLDER.sub(".+", re.escape(label)), text)
    ]


def test_every_label_is_printed_in_english() -> None:
    assert labels_in(printed_text(edition("en"))) == [*astuple(ENGLISH)]


def test_spanish_guide_has_no_english_labels() -> None:
    text = printed_text(edition("es"))

    assert labels_in(text) == ["Video"]  # the same word in both
    assert "Empiezas por la fase 1: Move." in text
    assert "toca Avísame primero." in text


@pytest.mark.parametrize("language", ["en", "de"])
def test_unsupported_language_falls_back_to_english(language: str) -> None:
    assert build.words_of(language) == ENGLISH
