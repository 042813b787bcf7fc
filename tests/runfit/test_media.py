"""Pictures and clips over HTTP."""

import pytest

from runfit.lib.storage import files
from tests.support.ports import free_port

CLIP = bytes(range(200))


@pytest.fixture
def clip(db, settings):
    folder = settings.MEDIA_ROOT / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bridge.mp4").write_bytes(CLIP)
    return "/media/pictures/bridge.mp4"


def body(response):
    content = b"".join(response)
    response.close()
    return content


@pytest.mark.parametrize(
    ("asked", "content", "where"),
    [
        ("bytes=0-1", CLIP[:2], "bytes 0-1/200"),  # what Safari asks first
        ("bytes=100-", CLIP[100:], "bytes 100-199/200"),
        ("bytes=150-9999", CLIP[150:], "bytes 150-199/200"),
        ("bytes=-20", CLIP[-20:], "bytes 180-199/200"),
        ("bytes=-999", CLIP, "bytes 0-199/200"),
    ],
)
def test_clip_is_sent_in_ranges(client, clip, asked, content, where):
    response = client.get(clip, headers={"Range": asked})

    assert (response.status_code, response["Content-Range"]) == (206, where)
    assert (response["Content-Type"], response["Accept-Ranges"]) == ("video/mp4", "bytes")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert body(response) == content


@pytest.mark.parametrize("asked", ["bytes=200-", "bytes=9-3", "bytes=-0"])
def test_range_outside_of_the_clip_is_refused(client, clip, asked):
    response = client.get(clip, headers={"Range": asked})

    assert (response.status_code, response["Content-Range"]) == (416, "bytes */200")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Range": "bytes=-"},
        {"Range": "bytes=0-1,4-5"},
        {"Range": "lines=0-1"},
        {"Range": f"bytes={'9' * 30}-"},
        {"Range": "bytes=0-1", "If-Range": "Mon, 01 Jan 2001 00:00:00 GMT"},
    ],
)
def test_whole_clip_is_sent_without_one_clear_range(client, clip, headers):
    response = client.get(clip, headers=headers)

    assert (response.status_code, response["Accept-Ranges"]) == (200, "bytes")
    assert body(response) == CLIP


def test_range_of_an_unchanged_clip_is_sent(client, clip):
    whole = client.get(clip)
    changed = whole["Last-Modified"]
    whole.close()

    response = client.get(clip, headers={"Range": "bytes=0-1", "If-Range": changed})

    assert response.status_code == 206


PICTURE = "/media/pictures/bridge.svg"


def test_picture_from_a_bucket_comes_from_this_site(client, db, files_in_bucket):
    files().write("pictures/bridge.svg", b"<svg/>")

    whole = client.get(PICTURE)
    part = client.get(PICTURE, headers={"Range": "bytes=1-3"})
    known = client.get(PICTURE, headers={"If-Modified-Since": whole["Last-Modified"]})

    assert (whole.status_code, whole["Content-Type"]) == (200, "image/svg+xml")
    assert whole["Cache-Control"] == "public, max-age=86400"
    assert body(whole) == b"<svg/>"
    assert (part.status_code, body(part)) == (206, b"svg")
    assert known.status_code == 304


def test_outage_of_the_bucket_is_not_kept_by_browsers(client, db, files_in_bucket, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")

    away = client.get(PICTURE)

    assert (away.status_code, away["Retry-After"]) == (503, "5")
    assert not away.has_header("Cache-Control")


@pytest.mark.parametrize(
    "path", ["../guides/built/a.pdf", "./../guides/built/a.pdf", "x//a.svg", "gone.svg", "a" * 300]
)
@pytest.mark.parametrize("place", ["folder", "bucket"])
def test_guides_are_not_among_pictures(client, db, request, place, path):
    if place == "bucket":
        request.getfixturevalue("files_in_bucket")
    files().write("guides/built/a.pdf", b"%PDF-")

    assert client.get(f"/media/pictures/{path}").status_code == 404
