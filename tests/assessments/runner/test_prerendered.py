import gzip

import pytest
from django.test import RequestFactory
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st

from assessments.runner.prerendered import PLACEHOLDER, PrerenderedPage


def response(page, fragment, accepts):
    request = RequestFactory().get("/", headers={"Accept-Encoding": accepts})
    return page.response(request, mark_safe(fragment))


@given(st.text(), st.text(max_size=2000), st.text())
def test_gzipped_page_equals_the_plain_one(before, fragment, after):
    page = PrerenderedPage(before + PLACEHOLDER + after)

    plain = response(page, fragment, "identity")
    gzipped = response(page, fragment, "br, gzip;q=0.8")

    assert plain.content.decode() == before + fragment + after
    assert not plain.has_header("Content-Encoding")
    assert gzip.decompress(gzipped.content) == plain.content
    assert gzipped["Content-Encoding"] == "gzip"
    assert plain["Vary"] == gzipped["Vary"] == "Accept-Encoding"


def test_fragment_is_not_compressed():
    page = PrerenderedPage(f"<p>secret-secret</p>{PLACEHOLDER}<p>secret-secret</p>")

    assert b"secret-secret" in response(page, "secret-secret", "gzip").content


def test_page_needs_exactly_one_placeholder():
    with pytest.raises(ValueError, match="unpack"):
        PrerenderedPage("nothing differs")
