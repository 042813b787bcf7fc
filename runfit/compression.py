"""Compression of pages."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class PageGZipMiddleware(GZipMiddleware):
    """Compresses pages here, so that they stay light whatever stands in front. PDF and raster
    images are left alone: they are compressed already.

    Django pads each page by a random length, so that its size tells nothing of the CSRF token.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> Any:
        if response.headers.get("Content-Type", "").startswith(("text/", "image/svg+xml")):
            return super().process_response(request, response)
        return response
