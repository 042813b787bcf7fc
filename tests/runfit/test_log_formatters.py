import logging
import sys
from time import process_time

import pytest

from runfit.log_formatters import (
    LINK,
    LONGEST_LINE,
    LONGEST_RECORD,
    PAGES,
    ScrubbingFormatter,
)
from tests.runfit import hostile


def written(message: str, exc_info: object = None) -> str:
    record = logging.LogRecord("x", logging.INFO, "x", 1, message, None, exc_info)
    return ScrubbingFormatter("%(message)s").format(record)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Not Found: /result/s3cret-token/clearance/", "Not Found: /result/…/clearance/"),
        ('"GET /guide/1.abc_d/download/ HTTP/1.1"', '"GET /guide/…/download/ HTTP/1.1"'),
        ("Gone: /sheet/9-2026.xyz/fhir.json", "Gone: /sheet/…/fhir.json"),
        ("/unsubscribe/9.xyz", "/unsubscribe/…"),
        ("/preferences/9.xyz/erase/", "/preferences/…/erase/"),
        ("Key (email_key)=(runner@example.org) exists", "Key (email_key)=(…@…) exists"),
        ("{'a.b+c@mail.example.org': (550, b'no')}", "{'…@…': (550, b'no')}"),
        ("?email=runner%40example.org", "?email=…@…"),
        ("Listening at 127.0.0.1:8000", "Listening at 127.0.0.1:8000"),
        ("worker@host ready; @functools.wraps", "worker@host ready; @functools.wraps"),
    ],
)
def test_tokens_and_addresses_are_scrubbed(message, expected):
    assert written(message) == expected


@pytest.mark.parametrize(
    "link",
    [
        "/GUIDE/1.abcDEF_-123/",
        "/guide%2F1.abcDEF_-123%2F",
        "/check/tight-hips/?retest=1.abcDEF_-123",
        "/guide/1.abcDEF=\\r\\n_-123/",
        "/guide/1.abcDEF _-123",
        "/unsubscribe/1.abcDEF%0A_-123",
        "/preferences/3D1.abcDEF&amp;_-123).",
        "/guide//1.abcDEF_-123/",
        "/guide\\1.abcDEF_-123",
        "/guide/1.abc/DEF/123/download/",
        "/-guide/1.abcDEF_-123/",
        "/check/tight-hips/?a&retest%3D1.abcDEF_-123",
        "/guid/1.abcDEFabcDEF-123123123/",
        "/rseult/abcDEF-123abcDEF-123abcDEF-123abcDEF-123/",
        "abcDEF-123abcDEF-123abcDEF-123abcDEF-123",
    ],
)
def test_broken_link_is_scrubbed(link):
    line = written(f"Not Found: {link}")

    assert line.startswith("Not Found: ")
    assert "…" in line
    assert not {piece for piece in ("abc", "DEF", "123") if piece in line}


def test_pages_behind_a_link_are_named():
    """What isn't listed would be taken for a piece of a token."""
    parts = [template.split("/") for template, _ in hostile.templates()]
    behind = {part for first, *rest in parts if LINK.match(f"{first}/x") for part in rest[1:]}

    assert {part for part in behind if part and "%" not in part} <= PAGES


@pytest.mark.parametrize(
    "text",
    [
        "guides_consent_contact_id_5c1f6f9e_fk_guides_contact_id",
        "drain[0b9f3c1e-9d1c-4b62-8f0e-6a5d1c9f2b7a] succeeded",
        'File "/app/guides/runner/guide_views.py", line 52, in guide',
    ],
)
def test_other_names_stay(text):
    assert written(text) == text


def failure(error: Exception) -> object:
    try:
        raise error
    except type(error):
        return sys.exc_info()


def test_tracebacks_are_scrubbed():
    line = written("failed", failure(ValueError("runner@example.org")))

    assert "…@…" in line
    assert "runner@example.org" not in line


def test_long_line_keeps_both_ends_without_partial_addresses():
    half = LONGEST_LINE // 2
    before = "x " * (half // 2 - 4)

    line = written(f"Begun: {before}runner@example.org{' y' * LONGEST_LINE} over")

    assert len(line) < LONGEST_LINE + 100
    assert line.startswith("Begun: x x")
    assert line.endswith("y y over")
    assert "runner" not in line
    assert "characters left out" in line


def test_single_long_word_is_left_out():
    line = written("Not Found: /guide/" + "a" * 60_000)

    assert line == "Not Found: … 60008 characters left out …"


def test_long_traceback_keeps_its_last_lines():
    line = written("failed", failure(ValueError("row\n" * LONGEST_RECORD + "the end")))

    assert len(line) < LONGEST_RECORD + 100
    assert line.startswith("failed\nTraceback")
    assert line.endswith("row\nthe end")


@pytest.mark.parametrize(
    "text",
    ["a" * 60_000, "a@" + "b" * 60_000, "a." * 30_000 + "@", "/guide/" * 10_000, "\n" * 99_999],
)
def test_scrubbing_takes_linear_time(text):
    began = process_time()

    written(text)

    assert process_time() - began < 0.5
