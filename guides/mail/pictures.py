"""Pictures inside an email, small enough to come with it: mail programs load nothing for them, so
they're shown at once, and nobody learns that the email was opened."""

from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import MIMEPart
from functools import cached_property
from hashlib import sha256
from io import BytesIO

from PIL import Image

from guides.models.delivery import mail_domain
from runfit.lib.caching import lru_cached
from runfit.lib.pictures import PictureRefused, is_drawing, picture_attached
from runfit.lib.storage import files
from runfit.lib.typesetting.raster import NotDrawableError, png_of_svg

FACE_SIDE = 112
"""Pixels: twice as many as it's shown at, for sharp screens."""
MOVE_SIDE = 960
MOVE_SHOWN = (320, 240)
"""Without styles; half as large again with them."""
MOVE_BYTES = 32 * 1024
FACE_BYTES = 6 * 1024
CARD = "#ffffff"


@dataclass(frozen=True)
class MailPicture:
    """A PNG or JPEG, and the size in which it's shown."""

    content: bytes = field(repr=False)
    subtype: str
    width: int
    height: int

    @property
    def widest(self) -> int:
        return self.width * 3 // 2

    @cached_property
    def cid(self) -> str:
        """The same for the same picture, so no program shows another one from its cache."""
        return f"{sha256(self.content).hexdigest()[:24]}@{mail_domain()}"

    def part(self) -> MIMEPart:
        part = MIMEPart()
        part.set_content(
            self.content,
            "image",
            self.subtype,
            disposition="inline",
            filename=f"{self.cid[:8]}.{self.subtype}",
            cid=f"<{self.cid}>",
        )
        return part


def face_picture(file: str) -> MailPicture | None:
    """The PT's photo as a small square. None without a file, or if it can't be shown."""
    return _tried(_face, file)


def move_picture(file: str) -> MailPicture | None:
    """An exercise's drawing or photo. None without a file, or if it can't be shown."""
    return _tried(_move, file)


def _tried(make: Callable[[str], MailPicture], file: str) -> MailPicture | None:
    """Failures aren't cached: once the file is back, the next email has it."""
    try:
        return make(file) if file else None
    except (OSError, PictureRefused, NotDrawableError, UnicodeDecodeError):
        return None


@lru_cached(maxsize=8)
def _face(file: str) -> MailPicture:
    picture = picture_attached(files().contents(file), side=FACE_SIDE, most=FACE_BYTES, square=True)
    return MailPicture(*picture, FACE_SIDE // 2, FACE_SIDE // 2)


@lru_cached(maxsize=64)
def _move(file: str) -> MailPicture:
    data = files().contents(file)
    if is_drawing(file):
        content, subtype = png_of_svg(data.decode(), width=MOVE_SIDE, background=CARD), "png"
    else:
        content, subtype = picture_attached(data, side=MOVE_SIDE, most=MOVE_BYTES)
    return MailPicture(content, subtype, *_shown_size(content))


def _shown_size(content: bytes) -> tuple[int, int]:
    with Image.open(BytesIO(content)) as image:
        image.thumbnail(MOVE_SHOWN)
        return image.size
