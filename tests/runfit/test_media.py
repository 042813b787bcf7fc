"""Pictures and clips over HTTP."""

import pytest

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
