"""Clips as people have them."""

from fractions import Fraction
from functools import cache
from io import BytesIO

import av
from PIL import Image, ImageDraw


@cache
def video(
    kind: str = "mov",
    codec: str = "libx264",
    *,
    size: tuple[int, int] = (64, 36),
    seconds: float = 1,
    rate: int = 10,
) -> bytes:
    """A bar that moves from left to right, with a location and sound."""
    file = BytesIO()
    options = {"movflags": "use_metadata_tags"} if kind == "mov" else {}
    with av.open(file, "w", format=kind, options=options) as container:
        if kind == "mov":
            container.metadata["com.apple.quicktime.location.ISO6709"] = "+47.3705+008.5417/"
        stream = container.add_stream(codec, rate=rate)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        sound = container.add_stream("aac" if kind == "mov" else "libopus", rate=48000)
        for number in range(round(seconds * rate)):
            frame = av.VideoFrame.from_image(_bar(size, number / (seconds * rate)))
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        quiet = av.AudioFrame(format="fltp", layout="stereo", samples=960)
        quiet.rate, quiet.pts, quiet.time_base = 48000, 0, Fraction(1, 48000)
        for plane in quiet.planes:
            plane.update(bytes(plane.buffer_size))
        container.mux(sound.encode(quiet))
        container.mux(sound.encode(None))
    return file.getvalue()


@cache
def animation(kind: str = "GIF", *, frames: int = 3, duration: int = 100) -> bytes:
    shown = [_bar((64, 36), number / frames) for number in range(frames)]
    file = BytesIO()
    shown[0].save(file, kind, save_all=True, append_images=shown[1:], duration=duration, loop=0)
    return file.getvalue()


def turned(data: bytes) -> bytes:
    """The MOV as a phone held upright stores it: the picture lies on its side, with a note."""
    at = data.index(b"tkhd") + 4 + 40  # the matrix of the first track, which is the picture
    quarter = b"".join(
        number.to_bytes(4, "big", signed=True)
        for number in (0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)
    )
    return data[:at] + quarter + data[at + 36 :]


def _bar(size: tuple[int, int], part: float) -> Image.Image:
    """White, with a red bar that is high at the top only: turned pictures differ."""
    image = Image.new("RGB", size, "white")
    left = round(size[0] * part)
    ImageDraw.Draw(image).rectangle((left, 0, left + 10, size[1] // 2), fill="red")
    return image
