import gzip

import pytest
from django.test import RequestFactory
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st

from assessments.runner.prerendered import PLACEHOLDER, PrerenderedPage


def response(page, live, accepts):
    request = RequestFactory().get("/", headers={"Accept-Encoding": accepts})
    return page.response(request, mark_safe(live))


@given(st.text(), st.text(max_size=2000), st.text())
def test_a_browser_unpacks_the_same_page(before, live, after):
    page = PrerenderedPage(before + PLACEHOLDER + after)

    plain = response(page, live, "identity")
    packed = response(page, live, "br, gzip;q=0.8")

    assert plain.content.decode() == before + live + after
    assert not plain.has_header("Content-Encoding")
    assert gzip.decompress(packed.content) == plain.content
    assert packed["Content-Encoding"] == "gzip"
    assert plain["Vary"] == packed["Vary"] == "Accept-Encoding"


def test_what_differs_is_not_compressed():
    page = PrerenderedPage(f"<p>secret-secret</p>{PLACEHOLDER}<p>secret-secret</p>")

    assert b"secret-secret" in response(page, "secret-secret", "gzip").content


def test_a_page_has_one_place_for_what_differs():
    with pytest.raises(ValueError, match="unpack"):
        PrerenderedPage("nothing differs")
