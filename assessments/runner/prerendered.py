"""A page rendered and gzipped once; a short per-request fragment is spliced in.

The fragment is stored uncompressed inside the gzip stream, so the size of the response reveals
nothing about it. (That's why Django pads other gzipped pages.)
"""

import zlib
from struct import pack

from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString, mark_safe

from runfit.lib.http import kept_page
from runfit.lib.shared_pages.gzipped import GZIP_HEADER, stored

PLACEHOLDER = mark_safe("<!-- what differs -->")


class PrerenderedPage:
    """A page with a single PLACEHOLDER."""

    def __init__(self, html: str) -> None:
        self._before, self._after = html.encode().split(PLACEHOLDER.encode())
        self._before_crc = zlib.crc32(self._before)
        self._before_gzipped = GZIP_HEADER + _deflated(self._before, zlib.Z_SYNC_FLUSH)
        self._after_gzipped = _deflated(self._after, zlib.Z_FINISH)

    def response(self, request: HttpRequest, fragment: SafeString) -> HttpResponse:
        """The page with this fragment (at most 64 KiB) instead of the placeholder."""
        inserted = fragment.encode()
        plain = b"".join((self._before, inserted, self._after))
        return kept_page(request, plain, lambda: self._gzipped(inserted))

    def _gzipped(self, inserted: bytes) -> bytes:
        crc = zlib.crc32(self._after, zlib.crc32(inserted, self._before_crc))
        length = len(self._before) + len(inserted) + len(self._after)
        trailer = pack("<II", crc, length)
        return b"".join((self._before_gzipped, stored(inserted), self._after_gzipped, trailer))


def _deflated(data: bytes, flush: int) -> bytes:
    compressor = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush(flush)
