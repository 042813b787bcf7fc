"""Body parts and complaints in lines that others may read along."""

import pytest

from guides.content import health_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Your guide for tight hips", ["tight", "hips"]),
        ("About your Lower Back", ["Lower Back"]),
        ("Tu guía para el dolor de cadera", ["dolor", "cadera"]),
        ("Your guide from Ana", []),
        ("Welcome back! A short check-in", []),  # none of them is a complaint
        ("Relationship advice, painter", []),  # "hip" and "pain" inside a word
    ],
)
def test_words_about_health_are_found_whole(text: str, words: list[str]) -> None:
    assert health_words(text) == words
