"""What other sites show of a shared page: cards without a person or an answer."""

import json
import re
from html import unescape
from io import BytesIO

import pytest
from django.conf import settings
from PIL import Image

from assessments.models import Practice, Submission
from runfit.lib import caching
from runfit.lib.typesetting import raster
from tests.assessments.small import ANSWERS as FEW
from tests.assessments.small import SMALL, caring, edition_of, small, token_of

CHECK, SHARED = "/check/small/", "/check/small/results/stiff/"
ANSWERS = FEW | {"tried": "nothing"}
ACCENT = (0x0B, 0x6B, 0x5D)
pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return edition_of(caring())


def cards(response):
    """The tags for other sites, by name."""
    body = response.content.decode()
    tags = re.findall(r'<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)">', body)
    return {name: unescape(content).strip() for name, content in tags}


def image_path(client, page):
    return cards(client.get(page))["og:image"].removeprefix(settings.SITE_URL)


def test_card_of_the_first_page_asks_the_readers_question(client, edition):
    Practice.objects.create(name="Hill <Physio>")

    tags = cards(client.get("/"))

    image = tags.pop("og:image")
    assert re.fullmatch(rf"{settings.SITE_URL}{CHECK}card-[0-9a-f]{{12}}\.png", image)
    assert tags == {
        "og:site_name": "Hill <Physio>",
        "og:type": "website",
        "og:title": "Why am I stiff?",
        "og:description": "Find out where to start.",
        "og:url": f"{settings.SITE_URL}/",
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": "Why am I stiff?",
        "twitter:card": "summary_large_image",
    }


def test_card_of_a_self_check_without_a_question_says_its_title_and_promise(client):
    edition_of(SMALL)

    tags = cards(client.get(CHECK))

    assert tags["og:title"] == "Small check"
    assert tags["og:description"].startswith("Answer up to 4 questions")
    assert tags["og:url"] == f"{settings.SITE_URL}{CHECK}"


def test_private_result_shows_only_the_self_check(client, edition):
    fields = ANSWERS | {"form_token": token_of(edition)}
    url = client.post(CHECK, fields)["Location"]

    response = client.get(url)

    token = Submission.objects.get().token
    head = response.content.decode().partition("</head>")[0]
    assert cards(response) == cards(client.get(CHECK))
    assert token not in head
    assert "canonical" not in head
    assert response["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.parametrize("answers", [{"safety": "fall"}, {"safety": "young"}])
def test_safety_pages_show_only_the_self_check(client, edition, answers):
    fields = ANSWERS | {"form_token": token_of(edition)} | answers
    url = client.post(CHECK, fields)["Location"]

    assert cards(client.get(url)) == cards(client.get(CHECK))


def test_old_result_has_the_card_of_today(client, edition):
    fields = ANSWERS | {"form_token": token_of(edition)}
    url = client.post(CHECK, fields)["Location"]
    edition_of(caring(headline="Why still?"), number=2)
    caching.clear()

    assert cards(client.get(url))["og:title"] == "Why still?"


@pytest.mark.parametrize("page", ["/", CHECK, SHARED])
def test_card_is_drawn_in_the_practices_color(client, edition, page):
    Practice.objects.create(accent_colour="#0b6b5d")

    response = client.get(image_path(client, page))

    with Image.open(BytesIO(response.content)) as image:
        assert (image.format, image.size) == ("PNG", raster.CARD)
        pixel = image.convert("RGB").getpixel((4, 4))
    assert max(abs(a - b) for a, b in zip(pixel, ACCENT, strict=True)) <= 3
    assert response["Content-Type"] == "image/png"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"


def test_card_is_drawn_once(client, edition, monkeypatch):
    drawn = []
    typeset = raster.typeset

    def counted(files, **options):
        drawn.append(json.loads(files["data.json"])["title"])
        return typeset(files, **options)

    monkeypatch.setattr(raster, "typeset", counted)
    path = image_path(client, SHARED)

    assert len({client.get(path).content for _ in range(3)}) == 1
    assert drawn in ([], ["Loosen up"])  # another test may have drawn it before


def test_made_up_picture_is_not_drawn(client, edition, monkeypatch):
    monkeypatch.delattr(raster, "card_png")

    for path in (f"{CHECK}card-0123456789ab.png", f"{SHARED}card-x.png"):
        page = path.partition("card-")[0]
        response = client.get(path)
        assert (response.status_code, response["Location"]) == (302, image_path(client, page))
    for path in ("/check/dragon/card-x.png", f"{CHECK}results/dragon/card-x.png"):
        assert client.get(path).status_code == 404


def test_picture_has_another_url_when_anything_on_it_changes(client, edition):
    practice = Practice.objects.create()
    paths = [image_path(client, SHARED)]
    for changes in ({"name": "Hill"}, {"accent_colour": "#0b6b5d"}):
        Practice.objects.filter(pk=practice.pk).update(**changes)
        caching.clear()
        paths.append(image_path(client, SHARED))
    data = caring()
    data["profiles"][0]["headline"] = "Loosen"
    edition_of(data, number=2)
    caching.clear()
    paths.append(image_path(client, SHARED))

    assert len(set(paths)) == 4


def test_drawing_that_cannot_be_drawn_is_left_out(client, edition, monkeypatch):
    def card_png(*, picture, **parts):
        if picture:
            raise raster.NotDrawableError
        return b"words"

    monkeypatch.setattr(raster, "card_png", card_png)

    assert client.get(image_path(client, SHARED)).content == b"words"


# The page of a result type


def test_result_type_has_a_page_without_a_person(client, edition):
    response = client.get(SHARED)

    body = response.content.decode()
    for words in (
        "One of 2 results of the Small check",
        "<h1>Loosen up</h1>",
        "You do not reach far.",
        "Bend every day.",
        "We did not see you.",
        'aria-label="A stretch"><svg',
        "For learning only.",
        f'<link rel="canonical" href="{settings.SITE_URL}{SHARED}">',
    ):
        assert words in body
    tags = cards(response)
    assert tags["og:title"] == "Loosen up · Small check"
    assert tags["og:description"] == "You do not reach far."
    assert tags["og:url"] == f"{settings.SITE_URL}{SHARED}"
    assert not response.has_header("X-Robots-Tag")
    assert not client.cookies


@pytest.mark.parametrize(
    ("query", "source"),
    [("", "shared-result"), ("?utm_source=club", "club"), ("?utm_source=%22x", "shared-result")],
)
def test_start_says_where_it_came_from(client, edition, query, source):
    body = client.get(SHARED + query).content.decode()

    assert f'class="btn btn-big" href="{CHECK}?utm_source={source}"' in body


@pytest.mark.parametrize("path", ["/check/dragon/results/stiff/", "/check/small/results/dragon/"])
def test_unknown_result_type_is_not_found(client, edition, path):
    assert client.get(path).status_code == 404


def test_result_type_that_is_gone_is_not_found(client, edition):
    profiles = [profile for profile in caring()["profiles"] if profile["key"] != "stiff"]
    edition_of(small(profiles=profiles), number=2)

    assert client.get(SHARED).status_code == 404


@pytest.mark.parametrize("path", [SHARED, f"{SHARED}card-x.png", f"{CHECK}card-x.png"])
def test_shared_pages_are_only_read(client, edition, path):
    assert client.post(path).status_code == 405
    assert client.head(path).status_code in {200, 302}


def test_warm_pages_and_pictures_run_no_query(client, edition, django_assert_num_queries):
    Practice.objects.create()
    paths = [SHARED, image_path(client, SHARED), image_path(client, CHECK)]
    for path in paths:
        client.get(path)

    with django_assert_num_queries(0):
        assert {client.get(path).status_code for path in paths} == {200}
