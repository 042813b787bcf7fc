"""Clips are re-encoded small, silent, and upright, and say what's wrong with them."""

from io import BytesIO
from typing import Any

import av
import pytest
from PIL import Image

from runfit.lib.pictures import PictureRefused
from runfit.lib.pictures.clips import PreparedClip, clip_ready, is_clip, prepare_clip
from tests.support import clips, pictures


def prepared(data: bytes) -> tuple[PreparedClip, Any]:
    made = prepare_clip(data, side=900)
    return made, av.open(BytesIO(made.content), "r")


@pytest.mark.parametrize(
    "data",
    [
        clips.video(),
        clips.video("webm", "libvpx-vp9"),
        clips.animation("GIF", duration=300),
        clips.animation("WEBP", duration=300),
    ],
    ids=["mov", "webm", "gif", "webp"],
)
def test_clip_becomes_a_silent_mp4_without_location(data: bytes) -> None:
    assert is_clip(data)

    made, file = prepared(data)

    with file:
        assert [(stream.type, stream.name) for stream in file.streams] == [("video", "h264")]
        assert file.duration / av.time_base == pytest.approx(1, abs=0.15)
    assert b"47.3705" not in made.content
    assert made.content.index(b"moov") < made.content.index(b"mdat")  # plays while it loads
    assert clip_ready(made.content)
    assert not clip_ready(data)


def test_clip_of_a_phone_held_upright_is_turned() -> None:
    made, file = prepared(clips.turned(clips.video()))

    with file:
        assert (file.streams.video[0].width, file.streams.video[0].height) == (36, 64)
    with Image.open(BytesIO(made.still.content)) as still:
        corner = still.convert("RGB").resize((36, 64))
        red = [at for at in range(36) if corner.getpixel((at, 36))[1] < 120]
    assert red
    assert min(red) >= 17  # the top of the bar's frame is on the right now


def test_large_clip_is_made_smaller_and_slow_motion_loses_what_nobody_sees() -> None:
    _, file = prepared(clips.video(size=(1280, 720), seconds=0.5, rate=120))

    with file:
        video = file.streams.video[0]
        assert (video.width, video.height) == (720, 404)
        assert 14 <= video.frames <= 16


def test_animation_keeps_its_pace() -> None:
    _, file = prepared(clips.animation(frames=300, duration=40))

    with file:
        assert file.duration / av.time_base == pytest.approx(12, abs=0.1)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (clips.animation(frames=4, duration=9000), "This clip is longer than 30 seconds."),
        (clips.video(seconds=32, rate=1), "This clip is longer than 30 seconds."),
        (clips.video()[:-400], "This clip is damaged"),
        (clips.video("webm", "libvpx-vp9")[:600], "This clip is damaged"),
        (clips.animation(frames=30)[:2000], "This clip is damaged"),
        (b"\0\0\0\x18ftypqt  " + bytes(100), "This clip is damaged"),
        (b"\0\0\0\x18ftypqt  " + bytes(50 * 2**20), "This clip is larger than 50 MB."),
    ],
)
def test_invalid_clip_is_refused_with_its_reason(data: bytes, message: str) -> None:
    assert is_clip(data)

    with pytest.raises(PictureRefused, match=message):
        prepare_clip(data, side=900)


def test_pictures_are_no_clips() -> None:
    moving = [name for name, (data, _) in pictures.shown().items() if is_clip(data)]

    assert moving == ["animated.png", "animated.gif", "animated.webp"]
    assert not is_clip(b"MZ" + bytes(500))
    assert not is_clip(b"")
