"""Pages that are the same for everyone but for a few bytes: rendered and compressed once.

The few bytes travel uncompressed inside the compressed page. So its size tells nothing of them,
which is why Django pads other compressed pages.
"""

import re
import zlib
from struct import pack

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString, mark_safe

MARK = mark_safe("<!-- what differs -->")
TAKES_GZIP = re.compile(r"\bgzip\b")
GZIP_HEAD = b"\x1f\x8b\x08" + bytes(6) + b"\xff"
STORED = b"\x00"  # the head of a deflate block that is not compressed, and not the last one


class PrerenderedPage:
    """A page with one MARK in it."""

    def __init__(self, html: str) -> None:
        self._before, self._after = html.encode().split(MARK.encode())
        self._before_checked = zlib.crc32(self._before)
        self._before_packed = GZIP_HEAD + _deflated(self._before, zlib.Z_SYNC_FLUSH)
        self._after_packed = _deflated(self._after, zlib.Z_FINISH)

    def response(self, request: HttpRequest, live: SafeString) -> HttpResponse:
        """This page, with these few bytes (64 KiB at most) in the place of the mark."""
        between = live.encode()
        if TAKES_GZIP.search(request.headers.get("Accept-Encoding", "")):
            response = HttpResponse(self._packed(between))
            response["Content-Encoding"] = "gzip"
        else:
            response = HttpResponse(self._before + between + self._after)
        patch_vary_headers(response, ["Accept-Encoding"])
        return response

    def _packed(self, between: bytes) -> bytes:
        checked = zlib.crc32(self._after, zlib.crc32(between, self._before_checked))
        length = len(self._before) + len(between) + len(self._after)
        stored = STORED + pack("<HH", len(between), len(between) ^ 0xFFFF) + between
        tail = pack("<II", checked, length)
        return b"".join((self._before_packed, stored, self._after_packed, tail))


def _deflated(data: bytes, flush: int) -> bytes:
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush(flush)
