"""A QR code of an address, as a drawing and as a picture (pure)."""

from io import BytesIO
from typing import Any

import segno

BORDER = 4
"""Light squares around the code, as the standard asks for: the code may stand on any color."""
SQUARE = 24
"""Pixels per square of the picture: sharp on a poster, and still a few KB."""
LIGHT = "#fff"


def svg(text: str) -> bytes:
    return _code(text, kind="svg", xmldecl=False, svgclass=None, lineclass=None)


def png(text: str) -> bytes:
    return _code(text, kind="png", scale=SQUARE)


def _code(text: str, **options: Any) -> bytes:
    """At level M, a phone can scan it even with a stain on it."""
    file = BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(file, border=BORDER, light=LIGHT, **options)
    return file.getvalue()
