"""Re-encodes every uploaded picture: decoded completely, turned upright, converted to sRGB, scaled
to its use, and saved as PNG, JPEG, or WebP, whichever is smallest. Nothing else of the original
file remains: no location, no camera, no thumbnail. Files that look clean are re-encoded too, since
decoders don't report everything a file may contain. Pictures stored earlier go through the same
steps on their way into a PDF.
"""

import re
import struct
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import PurePath
from typing import Any

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from runfit.lib.messages import message as _
from runfit.lib.svg.cleaning import LONGEST_FILE as LONGEST_SVG_FILE
from runfit.lib.svg.cleaning import svg_clean
from runfit.lib.svg.validation import svg_fault

LARGEST_FILE = 20 * 1024 * 1024
LARGEST_AREA = 70_000_000
"""Pixels. Enough for phones; guards memory against decompression bombs."""
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "HEIF", "AVIF")
"""A phone's MPO is read as a JPEG: more pictures follow the first."""
HARMLESS = {
    "jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi", "progressive", "progression",
    "background", "duration", "loop", "timestamp",
}  # fmt: skip
"""Metadata that a file may contain and still be printed unchanged."""
PNG: tuple[str, dict[str, Any]] = ("PNG", {"optimize": True})
JPEG: tuple[str, dict[str, Any]] = ("JPEG", {"quality": 85, "optimize": True})
ATTACHED_JPEG: tuple[str, dict[str, Any]] = ("JPEG", {"quality": 75, "optimize": True})
WEBP: tuple[str, dict[str, Any]] = ("WEBP", {"quality": 85})
ENDINGS = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}
DRAWING = ".svg"
FACE = (0.5, 0.3)
"""Where a portrait's middle is cut from: faces are above it."""
NOT_PLAIN = re.compile(r"[^a-z0-9]+")


class PictureRefused(Exception):  # noqa: N818 - a refusal with its reason
    """A picture can't be used. The message for the PT says why, and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class PreparedPicture:
    content: bytes
    ending: str


def prepare_picture(
    data: bytes, *, name: str, side: int, drawings: bool = False, clips: bool = False
) -> PreparedPicture:
    """An uploaded picture, re-encoded for pages, at most `side` pixels wide and high.

    Raises PictureRefused, which names `clips` too if the caller takes them. Drawings (SVG) are
    recognized by their file name.
    """
    if len(data) > LARGEST_FILE:
        limit = f"{LARGEST_FILE // 2**20} MB"
        raise PictureRefused(
            _("This picture is larger than {limit}. Make it smaller, then upload it.", limit=limit)
        )
    if is_drawing(name):
        return PreparedPicture(_drawing(data, drawings=drawings), DRAWING.removeprefix("."))
    image = _decoded(data, side, hint=_what_to_do(drawings=drawings, clips=clips))
    content, kind = _smallest(image, (PNG, WEBP) if _has_alpha(image) else (PNG, JPEG))
    return PreparedPicture(content, ENDINGS[kind])


def picture_printed(data: bytes, *, name: str, side: int) -> bytes:
    """A stored picture for the PDF, unchanged if possible. Raises PictureRefused."""
    if is_drawing(name):
        return _drawing(data, drawings=True)
    if picture_ready(data, side=side) in {"JPEG", "PNG"}:
        return data
    image = _decoded(data, side, hint=_what_to_do(drawings=False))
    return _smallest(image, (PNG,) if _has_alpha(image) else (PNG, JPEG))[0]


def picture_attached(
    data: bytes, *, side: int, most: int, square: bool = False
) -> tuple[bytes, str]:
    """A stored picture as part of an email, as PNG or JPEG: every mail program shows these. With
    its format in lowercase. At most `side` pixels wide and high, fewer if it would take more than
    `most` bytes. `square` cuts off what is beyond one. Raises PictureRefused.
    """
    image = on_white(_decoded(data, side * 2 if square else side, hint=""))
    if square:
        image = ImageOps.fit(image, (side, side), centering=FACE)
    content, kind = _smallest(image, (PNG, ATTACHED_JPEG))
    while len(content) > most:
        image.thumbnail((image.width * 3 // 4, image.height * 3 // 4))
        content, kind = _smallest(image, (PNG, ATTACHED_JPEG))
    return content, kind.lower()


def picture_ready(data: bytes, *, side: int) -> str:
    """The format of a picture that can be printed unchanged: intact, small, and without other
    metadata that Pillow reports. Blank otherwise."""
    try:
        with Image.open(BytesIO(data), formats=tuple(ENDINGS)) as image:
            image.load()
            bare = not set(image.info) - HARMLESS and not getattr(image, "is_animated", False)
            fits = max(image.size) <= side and image.mode in {"L", "RGB", "RGBA"}
            return str(image.format) if bare and fits and image.format in ENDINGS else ""
    except Exception:  # noqa: BLE001 - decoders raise many errors for damaged files
        return ""


def is_drawing(name: str) -> bool:
    return PurePath(name).suffix.lower() == DRAWING


def _what_to_do(*, drawings: bool, clips: bool = False) -> str:
    if drawings and clips:
        return _(
            "Upload a JPEG, PNG, HEIC, WebP or GIF, or a drawing as SVG, or a clip as MP4, MOV or "
            "WebM."
        )
    if drawings:
        return _("Upload a JPEG, PNG, HEIC, WebP or GIF, or a drawing as SVG.")
    if clips:
        return _("Upload a JPEG, PNG, HEIC, WebP or GIF, or a clip as MP4, MOV or WebM.")
    return _("Upload a JPEG, PNG, HEIC, WebP or GIF.")


def _drawing(data: bytes, *, drawings: bool) -> bytes:
    """The cleaned SVG of a drawing."""
    if not drawings:
        raise PictureRefused(
            _("SVG drawings can't be used here. Save yours as PNG and upload that.")
        )
    if len(data) > LONGEST_SVG_FILE * 4:
        raise PictureRefused(_("This drawing is too large. Make it simpler, or upload it as PNG."))
    try:
        text = svg_clean(data.decode("utf-8-sig"))
        fault = svg_fault(text)
    except UnicodeDecodeError:
        fault = _("must be SVG, and this file can't be read as SVG.")
    if fault:
        raise PictureRefused(_("This drawing {fault} Or upload it as PNG.", fault=fault))
    return text.encode()


def _decoded(data: bytes, side: int, *, hint: str) -> Image.Image:
    _know_heif()
    try:
        opened = Image.open(BytesIO(data), formats=FORMATS)
        area_check(*opened.size)
        opened.draft(opened.mode, (side * 2, side * 2))  # scales a JPEG while decoding
        opened.load()
    except PictureRefused:
        raise
    except UnidentifiedImageError as error:
        raise PictureRefused(
            _("This file isn't a picture that we can show. {hint}", hint=hint)
        ) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except Exception as error:  # decoders raise many errors for damaged files
        raise PictureRefused(
            _("This picture is damaged, or only part of it arrived. Save it again, then upload it.")
        ) from error
    return _clean(opened, side)


@cache
def _know_heif() -> None:
    from pillow_heif import register_heif_opener  # noqa: PLC0415 - its decoder takes 6 MB

    register_heif_opener(thumbnails=False)


def area_check(width: int, height: int) -> None:
    if width * height > LARGEST_AREA:
        raise _too_many_pixels()


def _too_many_pixels() -> PictureRefused:
    return PictureRefused(
        _(
            "This picture has more than {number} million pixels. Make it smaller, then upload it.",
            number=LARGEST_AREA // 1_000_000,
        )
    )


def _clean(opened: Image.Image, side: int) -> Image.Image:
    profile = opened.info.get("icc_profile")
    image = _eight_bits(opened)
    image.thumbnail((side, side), reducing_gap=3)
    image = _in_srgb(image, profile)
    image = _upright(image)
    if _has_alpha(image) and image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("RGB")
    image.info = {}
    return image


def _eight_bits(opened: Image.Image) -> Image.Image:
    """Converted to a mode that can be resampled: L, RGB, RGBA or CMYK."""
    if opened.mode.startswith("I"):  # 16 bits of gray
        return opened.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if opened.has_transparency_data:
        return opened.convert("RGBA")
    if opened.mode in {"L", "RGB", "CMYK"}:
        return opened.copy()
    return opened.convert("L" if opened.mode == "1" else "RGB")


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except (OSError, SyntaxError, ValueError, TypeError, LookupError, struct.error):
        return image  # unreadable EXIF data turns nothing, as in any viewer


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    # Ignores invalid profiles and those of another color mode, as viewers do.
    with suppress(ImageCms.PyCMSError, OSError):
        if profile:
            embedded = ImageCms.ImageCmsProfile(BytesIO(profile))
            screen = ImageCms.createProfile("sRGB")
            image = ImageCms.profileToProfile(image, embedded, screen, outputMode=mode) or image
    return image if image.mode in {"L", mode} else image.convert(mode)


def on_white(image: Image.Image) -> Image.Image:
    if not _has_alpha(image):
        return image
    paper = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(paper, image).convert("RGB")


def _has_alpha(image: Image.Image) -> bool:
    return image.mode == "RGBA"


def _smallest(
    image: Image.Image, forms: Collection[tuple[str, dict[str, Any]]]
) -> tuple[bytes, str]:
    """The smallest encoding: PNG for lines and flat colors, JPEG or WebP for photos."""
    encoded = []
    for kind, options in forms:
        file = BytesIO()
        image.save(file, kind, **options)
        encoded.append((file.getvalue(), kind))
    return min(encoded, key=lambda form: len(form[0]))


def plain_stem(name: str) -> str:
    """A URL-safe stem from a file name."""
    return NOT_PLAIN.sub("-", PurePath(name).stem.lower()).strip("-")[:40] or "picture"
