"""Pages travel compressed; what is compressed already is left alone."""

import gzip

import pytest
from django.http import HttpRequest, HttpResponse

from runfit.middleware import PageGZipMiddleware


def answered(content_type):
    request = HttpRequest()
    request.META["HTTP_ACCEPT_ENCODING"] = "gzip"
    middleware = PageGZipMiddleware(lambda _: HttpResponse(b"word " * 100, content_type))
    return middleware(request)


@pytest.mark.parametrize("content_type", ["text/html; charset=utf-8", "image/svg+xml"])
def test_pages_and_drawings_are_compressed(content_type):
    response = answered(content_type)

    assert response["Content-Encoding"] == "gzip"
    assert gzip.decompress(response.content) == b"word " * 100


@pytest.mark.parametrize("content_type", ["application/pdf", "image/png"])
def test_other_files_are_sent_as_they_are(content_type):
    response = answered(content_type)

    assert "Content-Encoding" not in response
    assert response.content == b"word " * 100
