"""The admin page of the practice."""

import gzip
from html import unescape
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from assessments import selectors
from assessments.models import (
    Practice,
)
from tests.assessments.browser import (
    Page,
    address,
    open_page,
    post,
)

pytestmark = pytest.mark.django_db


def test_saved_practice_shows_immediately(admin_client, django_capture_on_commit_callbacks):
    at = address("practice", "change")
    opened = open_page(admin_client, at)
    assert selectors.practice().name == "RunFit"

    with django_capture_on_commit_callbacks(execute=True):
        post(admin_client, at, opened, name="Stride", accent_colour="#104080")

    practice = selectors.practice()
    assert [practice.name, practice.accent_colour] == ["Stride", "#104080"]


def test_preview_of_the_first_page_is_there_for_a_browser_that_takes_gzip(
    admin_client, default_content
):
    """As every browser does: the first page is kept gzipped."""
    response = admin_client.get(
        address("practice", "changelist"), headers={"Accept-Encoding": "gzip, deflate, br"}
    )

    page = gzip.decompress(response.content).decode()
    assert "See an example result" in page


def test_too_light_accent_color_is_rejected(admin_client):
    at = address("practice", "change")

    response = post(admin_client, at, open_page(admin_client, at), accent_colour="#ffff00")

    assert "This color is too light to read on white." in response.content.decode()
    assert Practice.objects.get().accent_colour == "#b5401a"


def test_unsaved_name_is_not_shown_as_heading(admin_client):
    at = address("practice", "change")

    response = post(
        admin_client, at, open_page(admin_client, at), name="Stride", accent_colour="#ffff00"
    )

    assert "<h2>Stride</h2>" not in response.content.decode()
    assert "<h1>Change practice</h1>" in response.content.decode()


def picture():
    file = BytesIO()
    Image.new("RGB", (2, 2)).save(file, "PNG")
    return SimpleUploadedFile("me.png", file.getvalue(), "image/png")


def again(label):
    return f"Choose the file for “{label}” again: browsers don't keep it after an error."


@pytest.mark.parametrize("name", ["photo", "logo"])
def test_picture_requires_alt_text(admin_client, name):
    at = address("practice", "change")
    opened = open_page(admin_client, at)

    response = post(admin_client, at, opened, **{name: picture()})
    refused = response.context["adminform"].form.errors
    post(admin_client, at, opened, **{name: picture(), f"{name}_alt": "Me, running"})

    assert refused == {
        name: [again(name.capitalize())],
        f"{name}_alt": [f"Say in words what the {name} shows."],
    }
    practice = Practice.objects.get()
    assert [bool(getattr(practice, name)), getattr(practice, f"{name}_alt")] == [
        True,
        "Me, running",
    ]


@pytest.mark.parametrize("name", ["photo", "logo"])
def test_picture_is_requested_again_after_an_error(admin_client, name):
    """Browsers post a redisplayed form without the file."""
    at = address("practice", "change")
    refused = post(admin_client, at, open_page(admin_client, at), **{name: picture()})
    shown = Page(refused.content.decode())

    response = post(admin_client, at, shown, **{f"{name}_alt": "Me, running"})

    assert again(name.capitalize()) in unescape(refused.content.decode())
    assert response.context["adminform"].form.errors == {
        f"{name}_alt": [f"There's no {name} yet. Choose one, or clear these words."]
    }
    assert getattr(Practice.objects.get(), f"{name}_alt") == ""


def test_picture_is_requested_again_after_an_error_in_another_field(admin_client):
    at = address("practice", "change")

    response = post(
        admin_client, at, open_page(admin_client, at),
        logo=picture(), logo_alt="A hill", accent_colour="#ffff00",
    )  # fmt: skip

    errors = response.context["adminform"].form.errors
    assert [errors["logo"], "logo_alt" in errors] == [[again("Logo")], False]


def test_existing_alt_text_may_stay_without_a_picture(admin_client):
    Practice.objects.update_or_create(pk=1, defaults={"photo_alt": "Me"})
    at = address("practice", "change")

    post(admin_client, at, open_page(admin_client, at), name="Stride")

    assert Practice.objects.get().name == "Stride"


def test_upload_that_is_not_a_picture_is_rejected(admin_client):
    at = address("practice", "change")
    file = SimpleUploadedFile("me.png", b"<script>alert(1)</script>", "image/png")

    response = post(admin_client, at, open_page(admin_client, at), photo=file, photo_alt="Me")

    assert "This file isn&#x27;t a picture that we can show." in response.content.decode()
    assert [*response.context["adminform"].form.errors] == ["photo"]
