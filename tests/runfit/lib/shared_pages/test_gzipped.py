"""Texts with gaps that are gzipped once."""

import gzip
import random
import string
from collections.abc import Mapping

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from runfit.lib.shared_pages import shared_page
from runfit.lib.shared_pages.gzipped import gzipped_text

PIECES = ['<a href="/guide/', '/">“Reach”</a><a href="/guide/', '/two/">', "</a>", " bye"]
GAPS = ["token", "token", "form", "token"]


def plain(words: Mapping[str, str]) -> str:
    parts = [piece + words.get(gap, "") for piece, gap in zip(PIECES, [*GAPS, ""], strict=True)]
    return "".join(parts)


def unpacked(words: Mapping[str, str]) -> str:
    text = gzipped_text(PIECES, GAPS, {name: len(word) for name, word in words.items()})
    assert text
    data = {name: word.encode() for name, word in words.items()}
    return gzip.decompress(text.filled(data, plain(words).encode())).decode()


@pytest.mark.parametrize("length", [3, 34, 200])
def test_a_filled_text_unpacks_to_what_was_filled_in(length: int) -> None:
    words = {"token": "a" * length, "form": "".join(reversed(string.ascii_letters))}

    assert unpacked(words) == plain(words)


def test_the_size_reveals_nothing_about_the_words() -> None:
    text = gzipped_text(PIECES, GAPS, {"token": 32, "form": 16})
    assert text
    same_as_text = {
        "token": '/">“Reach”</a><a href="/guide/'.encode()[:32],
        "form": b"/guide/guide/gui",
    }
    other = {"token": random.Random(7).randbytes(32), "form": random.Random(8).randbytes(16)}

    assert len(text.filled(same_as_text, b"")) == len(text.filled(other, b""))


def test_a_word_is_stored_once() -> None:
    text = gzipped_text(PIECES, GAPS, {"token": 32, "form": 16})

    assert text
    assert text.names == ["token", "form"]


def test_noise_that_would_stay_is_noticed() -> None:
    """Deflate refers to at most 258 bytes, and these end two before the noise does."""
    letters = random.Random(7).choices(string.ascii_letters, k=248)
    before = "".join(letters)

    assert gzipped_text([before, f"one{before}", "two"], ["token"] * 2, {"token": 12}) is None
    assert gzipped_text([before, f"one{before}", "two"], ["token"] * 2, {"token": 16})


def test_more_words_than_there_is_noise_for_are_left_to_the_middleware() -> None:
    assert gzipped_text(["", ""], ["token"], {"token": 10_000}) is None


def page(request: HttpRequest, **options: object) -> bytes:
    request.META["HTTP_ACCEPT_ENCODING"] = "gzip"
    response = shared_page(
        request, "mark.html", dict, language="en", same=options, own=["an own token"]
    )
    assert response["Content-Encoding"] == "gzip"
    assert response["Vary"] == "Accept-Encoding"
    return gzip.decompress(response.content)


def test_a_page_is_sent_as_it_is_without_compression(rf: RequestFactory) -> None:
    as_it_is = shared_page(
        rf.get("/"), "mark.html", dict, language="en", same={}, own=["an own token"]
    )

    assert "Content-Encoding" not in as_it_is
    assert [page(rf.get("/")), page(rf.get("/"))] == [as_it_is.content] * 2
