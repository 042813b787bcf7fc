"""Limits on the time, size and number of request bodies, without a server."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.urls import reverse

from guides.pdf import upload
from runfit.lib import pictures
from runfit.server.request_bodies import BodyReader, ClientDisconnectedError, Limits, RefusedError

LIMITS = Limits(
    grace=0.05, least_rate=1000, most=100, most_uploaded=500, uploads_at_once=1, in_memory=10
)


async def sent(*pieces):
    """Body pieces as granian yields them; a number is a pause."""
    for piece in pieces:
        if isinstance(piece, bytes):
            yield piece
        else:
            await asyncio.sleep(piece)


def read(*pieces, path="/check/", bodies=None, **headers):
    named = {name.replace("_", "-"): str(value) for name, value in headers.items()}
    return (bodies or BodyReader(LIMITS)).read(named, path, sent(*pieces))


def wait_for(coroutine):
    """In its own thread, because browser tests leave an event loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def run(reading):
    body = wait_for(reading)
    try:
        return body.file and body.file.read(), body.length
    finally:
        body.close()


def test_limits_match_the_application_settings():
    assert Limits().most == settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert Limits().most_uploaded >= 2 * pictures.LARGEST_FILE + upload.LARGEST
    assert Limits().uploads == reverse("admin:index")


def test_request_without_body_headers_is_not_read():
    assert run(read(b"stray")) == (None, None)


def test_body_ends_at_content_length():
    assert run(read(b"ab", b"c", 60, content_length=3)) == (b"abc", 3)


def test_chunked_body_ends_with_an_empty_piece():
    assert run(read(b"ab", b"c", b"", transfer_encoding="chunked")) == (b"abc", 3)


def test_an_empty_body():
    assert run(read(content_length=0)) == (b"", 0)


@pytest.mark.parametrize("pieces", [(b"ab", b"", b""), (b"ab",), ()])
def test_truncated_body_is_a_disconnect(pieces):
    with pytest.raises(ClientDisconnectedError):
        run(read(*pieces, content_length=3))


def test_truncated_chunked_body_is_a_disconnect():
    with pytest.raises(ClientDisconnectedError):
        run(read(b"ab", b"", b"", transfer_encoding="chunked"))


def test_pause_longer_than_grace_is_refused():
    with pytest.raises(RefusedError) as refused:
        run(read(b"a" * 90, 0.1, b"a", content_length=91))

    assert refused.value.status == 408


def test_rate_below_minimum_is_refused():
    """Every piece is in time, but the whole body is too slow."""
    with pytest.raises(RefusedError) as refused:
        run(read(*[b"a", 0.02] * 40, content_length=40))

    assert refused.value.status == 408


def test_too_long_content_length_is_left_to_django():
    assert run(read(60, content_length=101)) == (None, 101)


@pytest.mark.parametrize(("path", "length"), [("/check/", 101), ("/admin/x/", 501)])
def test_body_that_grows_too_long_is_refused(path, length):
    with pytest.raises(RefusedError) as refused:
        run(read(b"a" * length, path=path, transfer_encoding="chunked"))

    assert refused.value.status == 413


def test_too_long_upload_is_refused_once_it_is_sent():
    """Otherwise browsers only report a broken connection."""
    left = sent(*[b"a" * 100] * 6)
    reading = BodyReader(LIMITS).read({"content-length": "600"}, "/admin/x/", left)
    with pytest.raises(RefusedError) as refused:
        run(reading)

    assert refused.value.status == 413
    assert wait_for(anext(left, None)) is None


def test_uploads_may_be_longer():
    assert run(read(b"a" * 400, path="/admin/x/", content_length=400)) == (b"a" * 400, 400)


def test_concurrent_uploads_are_limited():
    async def both():
        bodies = BodyReader(LIMITS)
        large = {"path": "/admin/x/", "bodies": bodies, "content_length": 400}
        first = asyncio.ensure_future(read(b"a" * 200, 0.03, b"a" * 200, **large))
        await asyncio.sleep(0.01)
        with pytest.raises(RefusedError) as refused:
            await read(b"a" * 400, **large)
        (await first).close()
        (await read(b"a" * 400, **large)).close()
        return refused.value.status

    assert wait_for(both()) == 503
