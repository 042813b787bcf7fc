"""The paper that a reader most likely prints on."""

import pytest

from guides.pdf.papers import Paper, paper_for


@pytest.mark.parametrize(
    ("accept_language", "country", "expected"),
    [
        ("en-US,en;q=0.9", "DE", "letter"),
        ("de-DE,de;q=0.9,en-US;q=0.8", "US", "a4"),
        ("de,en-US;q=0.7", "DE", "letter"),
        ("en-GB;q=0.5, es-MX", "GB", "letter"),
        ("en-gb", "US", "a4"),
        ("fr-CA", "FR", "letter"),
        ("zh-Hant-TW, en-US;q=0.5", "US", "a4"),
        ("en", "US", "letter"),
        ("en", "GB", "a4"),
        ("", "us", "letter"),
        ("*", "AU", "a4"),
        ("es-419", "MX", "letter"),
        ("en-US;q=0", "GB", "a4"),
        ("en-US;q=zero, , ;;", "GB", "a4"),
        ("x" * 600 + ",en-US", "GB", "a4"),
    ],
)
def test_paper_follows_the_reader_then_the_practice(
    accept_language: str, country: str, expected: Paper
) -> None:
    assert paper_for(accept_language=accept_language, country=country) == expected
