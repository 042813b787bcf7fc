"""A QR code as a drawing (pure)."""

from functools import lru_cache
from io import BytesIO

import segno


@lru_cache(maxsize=64)
def qr_code(text: str) -> bytes:
    """An SVG that a phone can scan off paper, even with a stain on it."""
    drawing = BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawing, kind="svg", border=2, xmldecl=False, svgclass=None, lineclass=None
    )
    return drawing.getvalue()
