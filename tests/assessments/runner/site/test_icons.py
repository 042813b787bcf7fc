"""Icons in the practice's color, and the manifest that names them."""

import json
import re
from io import BytesIO

import pytest
from PIL import Image

from assessments.models import Practice
from runfit.lib.typesetting import raster
from tests.assessments.small import SMALL, edition_of

GREEN = (0x0B, 0x6B, 0x5D)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def practice():
    return Practice.objects.create(name="Hill Physio", accent_colour="#0B6B5D")


def near(one, other):
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) <= 3


@pytest.mark.parametrize(
    ("name", "side"), [("180", 180), ("192", 192), ("512", 512), ("maskable", 512)]
)
def test_icon_is_drawn_in_the_practices_color(client, name, side):
    response = client.get(f"/icon-0b6b5d-{name}.png")

    assert response["Content-Type"] == "image/png"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    with Image.open(BytesIO(response.content)) as image:
        icon = image.convert("RGB")
    assert icon.size == (side, side)
    assert near(icon.getpixel((1, 1)), GREEN)
    assert any(near(color, (255, 255, 255)) for _count, color in icon.getcolors(10_000))


def test_icon_is_drawn_once_and_in_todays_color_alone(client, monkeypatch):
    drawn = []
    typeset = raster.typeset

    def counted(files, **options):
        drawn.append(json.loads(files["data.json"])["background"])
        return typeset(files, **options)

    monkeypatch.setattr(raster, "typeset", counted)

    response = client.get("/icon-aabbcc-192.png")
    assert (response.status_code, response["Location"]) == (302, "/icon-0b6b5d-192.png")
    assert len({client.get("/icon-0b6b5d-192.png").content for _ in range(3)}) == 1
    assert drawn in ([], ["#0b6b5d"])  # another test may have drawn it before
    for path in ("/icon-0b6b5d-193.png", "/icon-0B6B5D-192.png", "/icon-0b6b5d-.png"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/apple-touch-icon.png", "/apple-touch-icon-precomposed.png"])
def test_devices_find_the_icon_without_reading_a_page(client, path):
    assert client.get(path)["Location"] == "/icon-0b6b5d-180.png"


def test_icon_of_tabs_has_the_color_of_its_url(client):
    response = client.get("/icon-aabbcc.svg")

    assert response["Content-Type"] == "image/svg+xml"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert 'fill="#aabbcc"' in response.content.decode()


def test_manifest_names_the_practice_and_icons_that_exist(client):
    response = client.get("/manifest.webmanifest")

    assert response["Content-Type"] == "application/manifest+json"
    manifest = response.json()
    icons = manifest.pop("icons")
    assert manifest == {
        "name": "Hill Physio",
        "short_name": "Hill Physio",
        "start_url": "/",
        "scope": "/",
        "display": "minimal-ui",
        "background_color": "#faf5ee",
        "theme_color": "#faf5ee",
    }
    assert [(icon["sizes"], icon["purpose"]) for icon in icons] == [
        ("180x180", "any"),
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    ]
    for icon in icons:
        with Image.open(BytesIO(client.get(icon["src"]).content)) as image:
            assert f"{image.width}x{image.height}" == icon["sizes"]


def test_pages_name_their_icons_and_colors(client):
    edition_of(SMALL)
    head = client.get("/").content.decode().partition("</head>")[0]

    for rel, path in (
        ("icon", "/icon-0b6b5d.svg"),
        ("apple-touch-icon", "/icon-0b6b5d-180.png"),
        ("manifest", "/manifest.webmanifest"),
    ):
        [found] = re.findall(rf'<link rel="{rel}" href="([^"]+)"', head)
        assert found == path
        assert client.get(path).status_code == 200
    assert re.findall(r'<meta name="theme-color" content="(#\w+)" media="([^"]+)"', head) == [
        ("#faf5ee", "(prefers-color-scheme: light)"),
        ("#131a18", "(prefers-color-scheme: dark)"),
    ]
    assert "manifest-src 'self'" in client.get("/")["Content-Security-Policy"]


def test_warm_icons_run_no_query(client, django_assert_num_queries):
    paths = ["/icon-0b6b5d-180.png", "/icon-0b6b5d.svg", "/manifest.webmanifest"]
    for path in paths:
        client.get(path)

    with django_assert_num_queries(0):
        assert {client.get(path).status_code for path in paths} == {200}
