"""oEmbed: what others get for a self-check's address."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from runfit.lib import caching
from tests.assessments.small import SMALL, edition_of

pytestmark = pytest.mark.django_db
SITE = "http://testserver"
CHECK = f"{SITE}/check/small/"


@pytest.fixture(autouse=True)
def edition():
    return edition_of(SMALL)


def asked(client, url=CHECK, **query):
    return client.get("/oembed/", {"url": url, **query})


def test_page_says_where_to_ask(client):
    page = client.get("/check/small/").content.decode()
    found = re.search(r'<link rel="alternate" type="application/json\+oembed" href="([^"]+)"', page)
    address = unescape(found[1])

    assert address == f"{SITE}/oembed/?url=http%3A%2F%2Ftestserver%2Fcheck%2Fsmall%2F"
    assert client.get(address).json()["title"] == "Small check"
    assert "oembed" not in client.get("/embed/check/small/").content.decode()


def test_answer_is_a_link_and_a_frame(client):
    response = asked(client, f"{CHECK}?utm_source=Blog#start", format="json")
    answer = response.json()

    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "public, max-age=3600"
    assert answer.pop("thumbnail_url").startswith(f"{SITE}/check/small/card-")
    assert answer == {
        "version": "1.0", "type": "rich", "title": "Small check", "provider_name": "RunFit",
        "provider_url": f"{SITE}/", "cache_age": 3600, "width": 600, "height": 700,
        "thumbnail_width": 1200, "thumbnail_height": 630,
        "html": f'<blockquote><a href="{CHECK}?utm_source=blog">Small check</a></blockquote>'
        f'<iframe src="{SITE}/embed/check/small/?utm_source=blog" title="Small check" width="600" '
        'height="700" frameborder="0"></iframe>',
    }  # fmt: skip
    assert client.get("/embed/check/small/").status_code == 200


def test_it_fits_the_room_there_is(client):
    answer = asked(client, maxwidth="320", maxheight="900").json()

    assert (answer["width"], answer["height"]) == (320, 700)
    assert 'width="320" height="700"' in answer["html"]
    assert "thumbnail_url" not in answer


@pytest.mark.parametrize(
    "url",
    [
        "", f"{SITE}/", f"{SITE}/check/none/", f"{SITE}/result/abc/", f"{SITE}/embed/check/small/",
        "http://evil.example/check/small/", "/check/small/", "http://[", f"{SITE}/check/\0/",
    ],
)  # fmt: skip
def test_address_that_is_no_self_check_of_ours(client, url):
    assert asked(client, url).status_code == 404


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"format": "xml"}, 501), ({"maxwidth": "wide"}, 400), ({"maxheight": "0"}, 400),
        ({"maxwidth": "-1"}, 400), ({"maxwidth": "9" * 20}, 400),
    ],
)  # fmt: skip
def test_what_it_cannot_answer(client, query, status):
    assert asked(client, **query).status_code == status


def test_warm_answer_takes_no_query_and_no_cookie(client):
    caching.clear()
    asked(client)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = asked(client)

    assert len(queries) == 0
    assert response.cookies == {}
