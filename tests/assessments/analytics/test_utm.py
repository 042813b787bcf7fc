"""The `utm_source` of a link."""

import pytest

from assessments.analytics.utm import MEASURE_AGAIN, source_clean, source_of, with_source


@pytest.mark.parametrize(
    ("query", "source"),
    [
        ({}, ""),
        ({"utm_source": "Insta.gram_2-b"}, "insta.gram_2-b"),
        ({"utm_source": ""}, ""),
        ({"utm_source": "a b"}, ""),
        ({"utm_source": "ana@example.org"}, ""),
        ({"utm_source": "a\n"}, ""),
        ({"utm_source": "ä"}, ""),
        ({"utm_source": "x" * 64}, "x" * 64),
        ({"utm_source": "x" * 65}, ""),
        ({"utm_source": ["blog", "zine"]}, "zine"),
    ],
)
def test_source_allows_few_characters(rf, query, source):
    assert source_of(rf.get("/", query)) == source


def test_source_is_passed_on_in_urls():
    assert with_source("") == ""
    assert with_source("blog") == "?utm_source=blog"
    assert source_clean(MEASURE_AGAIN) == MEASURE_AGAIN
