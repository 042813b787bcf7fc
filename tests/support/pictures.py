"""Sample pictures in every format and orientation, intact and damaged.

Each shows red, green, blue and white in its corners, in reading order.
"""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms, ImageDraw
from pillow_heif import register_heif_opener

register_heif_opener(thumbnails=False)

Corners = tuple[tuple[int, ...], ...]

CORNERS: Corners = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255))
GRAY: Corners = tuple((level,) * 3 for level in (76, 150, 29, 255))
ORIENTATION = 0x0112
GPS = 0x8825
# How a camera stores a picture for each EXIF orientation.
STORED: dict[int, Image.Transpose | None] = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def scene(width: int = 120, height: int = 80) -> Image.Image:
    image = Image.new("RGB", (width, height), CORNERS[0])
    draw = ImageDraw.Draw(image)
    draw.rectangle((width // 2, 0, width, height // 2 - 1), fill=CORNERS[1])
    draw.rectangle((0, height // 2, width // 2 - 1, height), fill=CORNERS[2])
    draw.rectangle((width // 2, height // 2, width, height), fill=CORNERS[3])
    return image


def file_of(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def corners_of(image: Image.Image) -> Corners:
    """The color at the center of each quarter."""
    shown = image.convert("RGB")
    places = ((1, 1), (3, 1), (1, 3), (3, 3))
    return tuple(
        _rgb(shown, shown.width * across // 4, shown.height * down // 4) for across, down in places
    )


def _rgb(image: Image.Image, x: int, y: int) -> tuple[int, ...]:
    color = image.getpixel((x, y))
    assert isinstance(color, tuple)
    return tuple(int(part) for part in color)


def alike(one: Corners, other: Corners, *, within: int = 12) -> bool:
    return all(
        abs(a - b) <= within
        for colors in zip(one, other, strict=True)
        for a, b in zip(*colors, strict=True)
    )


def from_phone(kind: str, orientation: int, image: Image.Image | None = None) -> bytes:
    """As a phone stores it: rotated, and with its location."""
    turn = STORED[orientation]
    seen = image or scene()
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[GPS] = {1: "N", 2: (47.0, 22.0, 10.0), 3: "E", 4: (8.0, 32.0, 30.0)}
    stored = seen if turn is None else seen.transpose(turn)
    return file_of(stored, kind, exif=exif.tobytes(), quality=95)


def shown() -> dict[str, tuple[bytes, Corners]]:
    """Valid files, and the colors they show."""
    seen, gray = scene(), scene().convert("L")
    deep = gray.convert("I").point(lambda level: level * 257).convert("I;16")
    behind = [seen.rotate(180)]
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    files = {
        "phone.jpg": (from_phone("JPEG", 1), CORNERS),
        "photo.png": (file_of(seen, "PNG"), CORNERS),
        "palette.png": (file_of(seen.convert("P"), "PNG"), CORNERS),
        "palette-see-through.png": (
            file_of(seen.quantize(8), "PNG", transparency=7),
            CORNERS,
        ),
        "color-see-through.png": (file_of(seen, "PNG", transparency=(9, 9, 9)), CORNERS),
        "transparent.png": (file_of(_fading(seen), "PNG"), CORNERS),
        "gray.png": (file_of(gray, "PNG"), GRAY),
        "gray-alpha.png": (file_of(_fading(seen).convert("LA"), "PNG"), GRAY),
        "sixteen-bits.png": (file_of(deep, "PNG"), GRAY),
        "black-and-white.png": (file_of(seen.convert("1", dither=0), "PNG"), _black_and_white()),
        "animated.png": (file_of(seen, "PNG", save_all=True, append_images=behind), CORNERS),
        "progressive.jpg": (file_of(seen, "JPEG", quality=95, progressive=True), CORNERS),
        "gray.jpg": (file_of(gray, "JPEG", quality=95), GRAY),
        "printers.jpg": (file_of(seen.convert("CMYK"), "JPEG", quality=95), CORNERS),
        "profiled.jpg": (file_of(seen, "JPEG", quality=95, icc_profile=profile), CORNERS),
        "bad-profile.jpg": (file_of(seen, "JPEG", quality=95, icc_profile=b"none"), CORNERS),
        "other-profile.png": (file_of(gray, "PNG", icc_profile=profile), GRAY),
        "burst.jpg": (file_of(seen, "MPO", save_all=True, append_images=behind), CORNERS),
        "still.gif": (file_of(seen, "GIF"), CORNERS),
        "animated.gif": (file_of(seen, "GIF", save_all=True, append_images=behind), CORNERS),
        "photo.webp": (file_of(seen, "WEBP", quality=95), CORNERS),
        "lossless.webp": (file_of(seen, "WEBP", lossless=True), CORNERS),
        "transparent.webp": (file_of(_fading(seen), "WEBP", quality=95), CORNERS),
        "animated.webp": (file_of(seen, "WEBP", save_all=True, append_images=behind), CORNERS),
        "photo.avif": (file_of(seen, "AVIF", quality=95), CORNERS),
        "IMG_2041.HEIC": (from_phone("HEIF", 1), CORNERS),
        "wrong-name.png": (file_of(seen, "JPEG", quality=95), CORNERS),
        "no-name": (file_of(seen, "PNG"), CORNERS),
        "huge.jpg": (file_of(scene(6000, 4000), "JPEG", quality=60), CORNERS),
    }
    for orientation in STORED:
        for kind, ending in (("JPEG", "jpg"), ("HEIF", "heic")):
            name = f"turned-{orientation}.{ending}"
            files[name] = (from_phone(kind, orientation), CORNERS)
    files["turned-6.png"] = (from_phone("PNG", 6), CORNERS)
    files["turned-8.webp"] = (from_phone("WEBP", 8), CORNERS)
    return files


def _fading(image: Image.Image) -> Image.Image:
    """Transparent at the edge, opaque at the center of each quarter."""
    made = image.convert("RGBA")
    mask = Image.new("L", image.size, 0)
    ImageDraw.Draw(mask).rectangle((6, 6, image.width - 7, image.height - 7), fill=255)
    made.putalpha(mask)
    return made


def _black_and_white() -> Corners:
    return tuple((255 if level[0] >= 128 else 0,) * 3 for level in GRAY)


PLACE = b"47.3705 N, 8.5417 E"


def told() -> dict[str, bytes]:
    """Small files with a location in their metadata, some of it invisible to Pillow."""
    jpeg, webp = (file_of(scene(), kind) for kind in ("JPEG", "WEBP"))
    return {
        "comment.jpg": file_of(scene(), "JPEG", comment=PLACE),
        "credentials.jpg": _with_segment(jpeg, 0xEB, b"JP\0\1\0\0\0\1" + PLACE),  # like C2PA
        "extended-xmp.jpg": _with_segment(
            jpeg, 0xE1, b"http://ns.adobe.com/xmp/extension/\0" + PLACE
        ),
        "behind-its-end.jpg": jpeg + PLACE,
        "unknown-chunk.webp": _with_chunk(webp, b"C2PA", PLACE),
        "behind-its-end.webp": webp + PLACE,
    }


def _with_segment(jpeg: bytes, marker: int, data: bytes) -> bytes:
    """Inserted after the first segment, which identifies the JPEG."""
    first = 4 + int.from_bytes(jpeg[4:6], "big")
    segment = struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data
    return jpeg[:first] + segment + jpeg[first:]


def _with_chunk(webp: bytes, name: bytes, data: bytes) -> bytes:
    chunk = name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
    size = struct.pack("<I", len(webp) - 8 + len(chunk))
    return webp[:4] + size + webp[8:] + chunk


DAMAGED = "This picture is damaged, or only part of it arrived."
NOT_ONE = "This file isn't a picture that we can show."
TOO_MANY = "This picture has more than 70 million pixels."


def refused() -> dict[str, tuple[bytes, str]]:
    """Invalid files, and how their error messages begin."""
    noise = Image.effect_noise((200, 150), 80).convert("RGB")
    cut = {
        f"half.{kind.lower()}": (_begin(file_of(noise, kind), 0.5), DAMAGED)
        for kind in ("JPEG", "PNG", "GIF", "WEBP", "HEIF")
    }
    nearly = {
        f"nearly.{kind.lower()}": (_begin(file_of(noise, kind), 0.98), DAMAGED)
        for kind in ("JPEG", "PNG", "GIF", "WEBP", "HEIF")
    }
    others = {
        f"other.{kind.lower()}": (file_of(scene(), kind), NOT_ONE)
        for kind in ("TIFF", "EPS", "PCX", "ICO", "BMP", "PDF")
    }
    return {
        **cut,
        **nearly,
        **others,
        "flipped.png": (_flipped(file_of(noise, "PNG")), DAMAGED),
        "bomb.png": (_claiming(60_000, 60_000), TOO_MANY),
        "small-bomb.png": (_claiming(9_000, 8_000), TOO_MANY),
        "script.png": (b"<script>alert(1)</script>", NOT_ONE),
    }


def _begin(data: bytes, part: float) -> bytes:
    return data[: int(len(data) * part)]


def _flipped(data: bytes) -> bytes:
    at = len(data) // 2
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


def _claiming(width: int, height: int) -> bytes:
    """A small file that claims to be large."""
    made = bytearray(file_of(scene(), "PNG"))
    made[16:24] = struct.pack(">II", width, height)
    made[29:33] = struct.pack(">I", zlib.crc32(bytes(made[12:29])))
    return bytes(made)
