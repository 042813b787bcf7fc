"""Re-encodes every uploaded clip (a short video, or an animated GIF or WebP) as a small, silent MP4
that every browser plays, with a still picture of its middle. Like pictures, nothing else of the
original file remains: no sound, no location, no camera.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageSequence

from runfit.lib.messages import message as _
from runfit.lib.pictures import (
    PictureRefused,
    PreparedPicture,
    area_check,
    on_white,
    prepare_picture,
)

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import InputContainer

LARGEST_FILE = 50 * 1024 * 1024
LONGEST = 30
"""Seconds: a move or two. Longer than that is a video of its own, to link to."""
LARGEST_AREA = 4096 * 2304
SIDE = 720
"""Pixels, at most: a phone shows it about half as wide."""
FASTEST = 30
"""Pictures a second: slow motion has more, and no phone shows them."""
TICK = Fraction(1, 1000)
"""Seconds: the unit of time in which frames are placed."""
SHORTEST_FRAME, USUAL_FRAME = 20, 100
"""Ticks: browsers show a faster frame of a GIF for the usual time."""
ENDING = "mp4"
CODEC = "libx264"
QUALITY = {"preset": "veryfast", "crf": "27", "maxrate": "900k", "bufsize": "1800k"}
IMAGE_BRANDS = {b"mif1", b"msf1", b"heic", b"heix", b"hevc", b"hevx", b"heim", b"avif", b"avis"}
"""Of files that begin as an MP4 does, and are pictures."""
OLD_QUICKTIME = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}
MATROSKA = b"\x1a\x45\xdf\xa3"
ANIMATED = ("GIF", "PNG", "WEBP")
KINDS = "MP4, MOV or WebM"
DAMAGED = _("This clip is damaged, or only part of it arrived. Save it again, then upload it.")
TOO_LONG = _(
    "This clip is longer than {number} seconds. Cut it to one or two repetitions, or put it on a "
    "video site and link to it.",
    number=LONGEST,
)


@dataclass(frozen=True, slots=True)
class PreparedClip:
    """`content` is an MP4; `still` stands for it where nothing moves."""

    content: bytes
    still: PreparedPicture


def is_video(data: bytes) -> bool:
    """Whether it's a video file, by its content."""
    return bool(_container(data))


def is_clip(data: bytes) -> bool:
    """Whether it's a video or an animated picture, by its content."""
    return is_video(data) or _is_animated(data)


def prepare_clip(data: bytes, *, side: int) -> PreparedClip:
    """An uploaded clip, with a still at most `side` pixels wide and high. Raises PictureRefused."""
    if len(data) > LARGEST_FILE:
        limit = f"{LARGEST_FILE // 2**20} MB"
        raise PictureRefused(
            _("This clip is larger than {limit}. Make it shorter, then upload it.", limit=limit)
        )
    kind = _container(data)
    content = _from_video(data, kind) if kind else _from_animation(data)
    return PreparedClip(content, _still(content, side))


def clip_ready(data: bytes) -> bool:
    """Whether a clip can be stored unchanged: it's one that `prepare_clip` made."""
    import av  # noqa: PLC0415 - see _from_video

    if _container(data) != "mov":
        return False
    try:
        with av.open(BytesIO(data), "r", format="mov") as file:
            video = file.streams.video[0]
            bare = set(file.metadata) <= {
                "major_brand", "minor_version", "compatible_brands", "encoder",
            }  # fmt: skip
            fits = max(video.width, video.height) <= SIDE and _seconds(file) <= LONGEST + 1
            return bare and fits and len(file.streams) == 1 and video.name == "h264"
    except (av.FFmpegError, IndexError):
        return False


def _container(data: bytes) -> str:
    """FFmpeg's name for a video file's format; blank if it isn't one that we take."""
    if data[:4] == MATROSKA:
        return "matroska"
    if data[4:8] == b"ftyp":
        return "" if data[8:12] in IMAGE_BRANDS else "mov"
    return "mov" if data[4:8] in OLD_QUICKTIME else ""


def _is_animated(data: bytes) -> bool:
    """Only of a GIF, PNG, or WebP: other formats that hold several pictures aren't animations."""
    try:
        with Image.open(BytesIO(data), formats=ANIMATED) as image:
            return bool(getattr(image, "is_animated", False))
    except Exception:  # noqa: BLE001 - as a picture, it's refused with a reason
        return False


def _from_video(data: bytes, kind: str) -> bytes:
    # FFmpeg's libraries are large, and needed only where a clip comes in.
    import av  # noqa: PLC0415

    try:
        with av.open(BytesIO(data), "r", format=kind) as file:
            if not file.streams.video:
                raise PictureRefused(
                    _("There's no picture in this file. Upload it as {kinds}.", kinds=KINDS)
                )
            announced = _seconds(file)
            if announced > LONGEST + 1:
                raise PictureRefused(TOO_LONG)
            with closing(_Encoder()) as encoder:
                for frame in _frames(file):
                    encoder.add(frame)
                if encoder.last < 0 or encoder.last * TICK < announced * 0.8 - 1:
                    raise PictureRefused(DAMAGED)
                return encoder.finished()
    except (av.FFmpegError, OSError, ValueError) as error:
        raise PictureRefused(DAMAGED) from error


def _seconds(file: "InputContainer") -> float:
    """As the file says; 0 if it doesn't."""
    return (file.duration or 0) / 1_000_000


def _frames(file: "InputContainer") -> Iterator["VideoFrame"]:
    """The frames to keep, upright and small, placed from 0."""
    video = file.streams.video[0]
    if video.width * video.height > LARGEST_AREA:
        raise PictureRefused(_("This clip has more than 4K pixels. Film it in HD, then upload it."))
    video.thread_type = "AUTO"
    shape: _Shape | None = None
    begin: float | None = None
    due = 0.0
    for frame in file.decode(video):
        at = frame.time or 0.0
        begin = at if begin is None else begin
        at -= begin
        if at > LONGEST + 1:
            raise PictureRefused(TOO_LONG)
        if at < due:
            continue
        due = max(due, at - 1 / FASTEST) + 0.999 / FASTEST
        shape = shape or _Shape(frame)
        made = shape.of(frame)
        made.pts, made.time_base = round(at / TICK), TICK
        yield made


class _Shape:
    """Turns frames upright, and scales them."""

    def __init__(self, frame: "VideoFrame") -> None:
        from av.filter import Graph  # noqa: PLC0415

        turned = frame.rotation % 360
        width, height = frame.width, frame.height
        if turned in {90, 270}:
            width, height = height, width
        self._size = _even(width, height)
        self._graph = Graph()
        steps = [self._graph.add_buffer(
            width=frame.width, height=frame.height, format=frame.format, time_base=TICK
        )]  # fmt: skip
        steps += [self._graph.add(*step) for step in self._turns(turned)]
        steps += [
            self._graph.add("scale", "{}:{}".format(*self._size)),
            self._graph.add("setsar", "1"),
            self._graph.add("format", "yuv420p"),
            self._graph.add("buffersink"),
        ]
        self._graph.link_nodes(*steps).configure()

    @staticmethod
    def _turns(turned: int) -> list[tuple[str, str]]:
        """`turned` is counterclockwise, as the file says."""
        return {
            90: [("transpose", "cclock")],
            180: [("hflip", ""), ("vflip", "")],
            270: [("transpose", "clock")],
        }.get(turned, [])

    def of(self, frame: "VideoFrame") -> "VideoFrame":
        frame.pts, frame.time_base = 0, TICK
        self._graph.push(frame)
        made: Any = self._graph.pull()
        return made  # type: ignore[no-any-return]


def _even(width: int, height: int) -> tuple[int, int]:
    """The size of a clip, in even numbers: H.264 takes no others."""
    scale = min(1.0, SIDE / max(width, height))
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def _from_animation(data: bytes) -> bytes:
    from av import VideoFrame  # noqa: PLC0415

    try:
        with closing(_Encoder()) as encoder, Image.open(BytesIO(data), formats=ANIMATED) as image:
            area_check(*image.size)
            for at, picture in _placed(image):
                whole: VideoFrame = VideoFrame.from_image(picture)  # type: ignore[no-untyped-call]
                frame = whole.reformat(format="yuv420p")
                frame.pts, frame.time_base = at, TICK
                encoder.add(frame)
            return encoder.finished()
    except PictureRefused:
        raise
    except Exception as error:  # decoders raise many errors for damaged files
        raise PictureRefused(DAMAGED) from error


def _placed(image: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    """The frames of an animated picture, with their place in ticks."""
    at = 0
    size = _even(*image.size)
    for part in ImageSequence.Iterator(image):
        yield at, on_white(part.convert("RGBA")).resize(size, reducing_gap=2)
        shown = round(part.info.get("duration") or 0)
        at += shown if shown >= SHORTEST_FRAME else USUAL_FRAME
        if at * TICK > LONGEST:
            raise PictureRefused(TOO_LONG)
    yield at - 1, on_white(part.convert("RGBA")).resize(size)  # the last one stays as long, too


class _Encoder:
    """Writes an MP4. `last` is the place of the last frame, -1 without one."""

    def __init__(self) -> None:
        self.last = -1
        # On disk, since FFmpeg opens it again by name to put its index in front.
        self._file = NamedTemporaryFile(suffix=f".{ENDING}")  # noqa: SIM115 - see close
        self._container: Any = None
        self._stream: Any = None

    def add(self, frame: "VideoFrame") -> None:
        if self._stream is None:
            self._begin(frame)
        self.last = max(frame.pts or 0, self.last + 1)
        frame.pts = self.last
        self._mux(self._stream.encode(frame))

    def finished(self) -> bytes:
        self._mux(self._stream.encode(None))
        self._container.close()
        return Path(self._file.name).read_bytes()

    def close(self) -> None:
        if self._container is not None:
            self._container.close()
        self._file.close()

    def _begin(self, frame: "VideoFrame") -> None:
        import av  # noqa: PLC0415

        options = {"movflags": "+faststart"}  # plays before all of it is there
        self._container = av.open(self._file.name, "w", format=ENDING, options=options)
        self._stream = self._container.add_stream(CODEC, rate=FASTEST, options=QUALITY)
        self._stream.width, self._stream.height = frame.width, frame.height
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = TICK

    def _mux(self, packets: Iterable[Any]) -> None:
        for packet in packets:
            self._container.mux(packet)


def _still(content: bytes, side: int) -> PreparedPicture:
    """The picture in the middle: a move has begun there."""
    import av  # noqa: PLC0415

    with av.open(BytesIO(content), "r", format="mov") as file:
        middle = _seconds(file) / 2
        frames = file.decode(file.streams.video[0])
        frame = next(frame for frame in frames if (frame.time or 0) >= middle)
        png = BytesIO()
        frame.to_image().save(png, "PNG")  # type: ignore[no-untyped-call]
    return prepare_picture(png.getvalue(), name="still.png", side=side)
