"""Drawings that move: SVG whose shapes change over time. A page shows one as a file of its own,
beside a still, so that it can be stopped.
"""

from runfit.lib.messages import message as _
from runfit.lib.pictures import PictureRefused, is_drawing
from runfit.lib.svg.validation import loop_fault

ANIMATE = b"<animate"


def is_loop(data: bytes, *, name: str) -> bool:
    return is_drawing(name) and ANIMATE in data


def loop_prepared(data: bytes) -> bytes:
    """The loop unchanged. Raises PictureRefused."""
    try:
        fault = loop_fault(data.decode())
    except UnicodeDecodeError:
        fault = _("must be SVG, and this file can't be read as SVG.")
    if fault:
        raise PictureRefused(_("The drawing {fault}", fault=fault))
    return data
