"""Every uploaded picture is decoded completely, turned upright, converted to sRGB, scaled to its
use, and written anew as PNG, JPEG, or WebP, whichever is smallest, so nothing of the original file
is left: no place, no camera, no thumbnail. That holds for a file that seems to be all this already,
since decoders don't tell of everything a file may carry. Pictures stored earlier go through the
same steps on their way into a PDF.
"""

import re
import struct
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from typing import Any

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError
from pillow_heif import register_heif_opener

from runfit.lib.svg import svg_fault
from runfit.lib.svg_cleaning import LONGEST_FILE as LONGEST_SVG_FILE
from runfit.lib.svg_cleaning import svg_clean

register_heif_opener(thumbnails=False)
Image.init()  # or formats that were not met yet could not be named

LARGEST_FILE = 20 * 1024 * 1024
LARGEST_AREA = 70_000_000
"""Pixels. What phones take; a file of a few bytes may claim any number, to fill our memory."""
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "HEIF", "AVIF")
"""A phone's MPO is a JPEG with more pictures behind the first."""
HARMLESS = {
    "jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi", "progressive", "progression",
    "background", "duration", "loop", "timestamp",
}  # fmt: skip
"""What a file may say of itself and still be printed as it is."""
PNG: tuple[str, dict[str, Any]] = ("PNG", {"optimize": True})
JPEG: tuple[str, dict[str, Any]] = ("JPEG", {"quality": 85, "optimize": True})
WEBP: tuple[str, dict[str, Any]] = ("WEBP", {"quality": 85})
ENDINGS = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}
DRAWING = ".svg"
NOT_PLAIN = re.compile(r"[^a-z0-9]+")


class PictureRefused(Exception):  # noqa: N818 - it is a refusal, and says why
    """Why a picture cannot be kept, and what to do, in the PT's words."""


@dataclass(frozen=True, slots=True)
class PreparedPicture:
    content: bytes
    ending: str


def picture_kept(data: bytes, *, name: str, side: int, drawings: bool = False) -> PreparedPicture:
    """An uploaded picture as pages show it, at most `side` pixels wide and high.

    Raises Refused. A drawing (SVG) is known by its name, where there may be drawings.
    """
    if len(data) > LARGEST_FILE:
        limit = f"{LARGEST_FILE // 2**20} MB"
        raise PictureRefused(
            f"This picture is larger than {limit}. Make it smaller, then upload it."
        )
    if is_drawing(name):
        return PreparedPicture(_drawing(data, drawings=drawings), DRAWING.removeprefix("."))
    image = _decoded(data, side, hint=_what_to_do(drawings=drawings))
    content, kind = _lightest(image, (PNG, WEBP) if _has_alpha(image) else (PNG, JPEG))
    return PreparedPicture(content, ENDINGS[kind])


def picture_printed(data: bytes, *, name: str, side: int) -> bytes:
    """A kept picture as the PDF takes it: the same bytes where it can. Raises Refused."""
    if is_drawing(name):
        return _drawing(data, drawings=True)
    if picture_ready(data, side=side) in {"JPEG", "PNG"}:
        return data
    image = _decoded(data, side, hint=_what_to_do(drawings=False))
    return _lightest(image, (PNG,) if _has_alpha(image) else (PNG, JPEG))[0]


def picture_ready(data: bytes, *, side: int) -> str:
    """The format of a picture that can be printed as it is: whole, small, and with nothing else in
    it that Pillow tells of. Blank where it is none."""
    try:
        with Image.open(BytesIO(data), formats=tuple(ENDINGS)) as image:
            image.load()
            bare = not set(image.info) - HARMLESS and not getattr(image, "is_animated", False)
            fits = max(image.size) <= side and image.mode in {"L", "RGB", "RGBA"}
            return str(image.format) if bare and fits and image.format in ENDINGS else ""
    except Exception:  # noqa: BLE001 - decoders stumble over a damaged file in many ways
        return ""


def is_drawing(name: str) -> bool:
    return PurePath(name).suffix.lower() == DRAWING


def _what_to_do(*, drawings: bool) -> str:
    return f"Upload a JPEG, PNG, HEIC, WebP or GIF{', or a drawing as SVG' if drawings else ''}."


def _drawing(data: bytes, *, drawings: bool) -> bytes:
    """Without what drawing programs add to it."""
    if not drawings:
        raise PictureRefused("SVG drawings can't be used here. Save yours as PNG and upload that.")
    if len(data) > LONGEST_SVG_FILE * 4:
        raise PictureRefused("This drawing is too large. Make it simpler, or upload it as PNG.")
    try:
        text = svg_clean(data.decode("utf-8-sig"))
        fault = svg_fault(text)
    except UnicodeDecodeError:
        fault = "must be SVG, and this file can't be read as SVG."
    if fault:
        raise PictureRefused(f"This drawing {fault} Or upload it as PNG.")
    return text.encode()


def _decoded(data: bytes, side: int, *, hint: str) -> Image.Image:
    try:
        opened = Image.open(BytesIO(data), formats=FORMATS)
        _area_check(*opened.size)
        opened.draft(opened.mode, (side * 2, side * 2))  # a JPEG is decoded no larger than that
        opened.load()
    except PictureRefused:
        raise
    except UnidentifiedImageError as error:
        raise PictureRefused(f"This file isn't a picture that we can show. {hint}") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except Exception as error:  # decoders stumble over a damaged file in many ways
        raise PictureRefused(
            "This picture is damaged, or only a part of it arrived. Save or send it again, then "
            "upload it."
        ) from error
    return _clean(opened, side)


def _area_check(width: int, height: int) -> None:
    if width * height > LARGEST_AREA:
        raise _too_many_pixels()


def _too_many_pixels() -> PictureRefused:
    return PictureRefused(
        f"This picture has more than {LARGEST_AREA // 1_000_000} million pixels. Make it smaller, "
        "then upload it."
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
    """In a mode whose pixels can be mixed: L, RGB, RGBA or CMYK."""
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
        return image  # what cannot be read turns nothing, as in any viewer


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    # A profile of another kind of picture, or none at all: as any viewer shows it.
    with suppress(ImageCms.PyCMSError, OSError):
        if profile:
            embedded = ImageCms.ImageCmsProfile(BytesIO(profile))
            screen = ImageCms.createProfile("sRGB")
            image = ImageCms.profileToProfile(image, embedded, screen, outputMode=mode) or image
    return image if image.mode in {"L", mode} else image.convert(mode)


def _has_alpha(image: Image.Image) -> bool:
    return image.mode == "RGBA"


def _lightest(
    image: Image.Image, forms: Collection[tuple[str, dict[str, Any]]]
) -> tuple[bytes, str]:
    """Lines and flat colors are lighter and sharper as PNG, photos as JPEG or WebP."""
    made = []
    for kind, options in forms:
        file = BytesIO()
        image.save(file, kind, **options)
        made.append((file.getvalue(), kind))
    return min(made, key=lambda form: len(form[0]))


def plain_stem(name: str) -> str:
    """What may stand in an address, of the name that a file had."""
    return NOT_PLAIN.sub("-", PurePath(name).stem.lower()).strip("-")[:40] or "picture"
