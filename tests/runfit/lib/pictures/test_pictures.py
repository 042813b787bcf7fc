"""Re-encoding uploaded pictures."""

from io import BytesIO

import pytest
from PIL import Image, ImageCms

from runfit.lib.pictures import (
    LARGEST_FILE,
    PictureRefused,
    picture_attached,
    picture_printed,
    picture_ready,
    prepare_picture,
)
from tests.support import pictures

SHOWN = pictures.shown()
REFUSED = pictures.refused()
TOLD = pictures.told()


def kept(name, data, side=900):
    made = prepare_picture(data, name=name, side=side)
    return made, Image.open(BytesIO(made.content))


def test_sample_pictures_cover_all_kinds():
    assert len(SHOWN) + len(REFUSED) >= 60


@pytest.mark.parametrize("name", SHOWN)
def test_picture_is_stored_upright_small_and_without_metadata(name):
    data, corners = SHOWN[name]

    made, image = kept(name, data)

    assert pictures.alike(pictures.corners_of(image), corners), pictures.corners_of(image)
    assert (image.width > image.height, max(image.size) <= 900) == (True, True)
    assert picture_ready(made.content, side=900) == image.format
    assert made.ending == {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}[image.format]
    assert not image.getexif()


@pytest.mark.parametrize("name", REFUSED)
def test_bad_picture_is_refused_with_advice(name):
    data, begins = REFUSED[name]

    with pytest.raises(PictureRefused) as refused:
        prepare_picture(data, name=name, side=900)

    assert str(refused.value).startswith(begins)
    assert "upload" in str(refused.value).lower()


@pytest.mark.parametrize("name", SHOWN)
def test_pictures_stored_earlier_can_be_printed(name):
    """Files that were stored unchanged by earlier versions."""
    data, corners = SHOWN[name]

    image = Image.open(BytesIO(picture_printed(data, name=name, side=900)))

    assert image.format in {"PNG", "JPEG"}
    assert pictures.alike(pictures.corners_of(image), corners)
    assert max(image.size) <= 900


def test_transparency_is_preserved():
    _, image = kept("a.png", SHOWN["transparent.png"][0])

    assert (image.mode, image.getpixel((0, 0))[3]) == ("RGBA", 0)


def test_unused_alpha_channel_is_dropped():
    _, image = kept("a.png", pictures.file_of(pictures.scene().convert("RGBA"), "PNG"))

    assert image.mode == "RGB"


def test_too_large_picture_is_refused_without_decoding():
    with pytest.raises(
        PictureRefused, match=r"larger than 20 MB\. Make it smaller, then upload it"
    ):
        prepare_picture(bytes(LARGEST_FILE + 1), name="a.jpg", side=900)


def test_large_photo_is_scaled_to_its_use():
    noise = Image.effect_noise((3000, 2000), 90).convert("RGB")
    data = pictures.from_phone("JPEG", 6, noise)

    made, image = kept("IMG_1.JPG", data, side=480)

    assert len(data) > 4_000_000
    assert len(made.content) < 200_000
    assert image.size == (480, 320)


def test_location_and_camera_are_removed():
    data = pictures.from_phone("JPEG", 1)
    assert b"Exif" in data

    assert b"Exif" not in kept("a.jpg", data)[0].content


@pytest.mark.parametrize("name", TOLD)
def test_all_metadata_is_removed(name):
    data = TOLD[name]
    assert pictures.PLACE in data

    made, image = kept(name, data)

    assert pictures.PLACE not in made.content
    assert pictures.alike(pictures.corners_of(image), pictures.CORNERS)


def test_stored_picture_prints_unchanged():
    made, _ = kept("a.jpg", pictures.file_of(Image.effect_noise((90, 60), 50), "JPEG"))

    assert picture_printed(made.content, name="a.jpg", side=900) == made.content


def test_colors_are_converted_to_srgb():

    linear = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    swapped = ImageCms.ImageCmsProfile(
        BytesIO(_swapped(ImageCms.ImageCmsProfile(linear.profile).tobytes()))
    )
    data = pictures.file_of(pictures.scene(), "PNG", icc_profile=swapped.tobytes())

    _, image = kept("a.png", data)

    red, green, blue, white = pictures.corners_of(image)
    assert pictures.alike((green, red, blue, white), pictures.CORNERS)


def _swapped(profile):
    """A color profile with red and green swapped."""
    return profile.replace(b"rXYZ", b"????").replace(b"gXYZ", b"rXYZ").replace(b"????", b"gXYZ")


def test_drawing_is_not_a_photo():
    with pytest.raises(PictureRefused, match="Save yours as PNG and upload that"):
        prepare_picture(b"<svg viewBox='0 0 4 4'/>", name="me.svg", side=480)


@pytest.mark.parametrize("name", SHOWN)
def test_attached_picture_is_one_that_every_mail_program_shows(name):
    data, corners = SHOWN[name]

    content, subtype = picture_attached(data, side=100, most=8_000)

    image = Image.open(BytesIO(content))
    assert (image.format.lower(), len(content) <= 8_000) == (subtype, True)
    assert subtype in {"png", "jpeg"}
    assert image.mode in {"L", "RGB"}
    assert max(image.size) <= 100
    assert pictures.alike(pictures.corners_of(image), corners, within=40)


def test_attached_picture_gets_smaller_until_it_is_light():
    noise = pictures.file_of(Image.effect_noise((900, 600), 90).convert("RGB"), "PNG")

    content, subtype = picture_attached(noise, side=900, most=20_000)

    image = Image.open(BytesIO(content))
    assert (subtype, len(content) <= 20_000) == ("jpeg", True)
    assert 100 < image.width < 900
    assert image.width / image.height == pytest.approx(1.5, abs=0.03)


def test_square_is_cut_above_the_middle():
    """A portrait's face is there."""
    portrait = Image.new("RGB", (300, 500), "black")
    portrait.paste("white", (0, 60, 300, 360))

    content, _ = picture_attached(
        pictures.file_of(portrait, "PNG"), side=60, most=20_000, square=True
    )

    image = Image.open(BytesIO(content)).convert("L")
    assert image.size == (60, 60)
    assert min(image.getpixel((30, row)) for row in (2, 30, 57)) > 250


def test_transparent_parts_of_an_attached_picture_are_white():
    data, _ = SHOWN["transparent.png"]

    image = Image.open(BytesIO(picture_attached(data, side=100, most=20_000)[0]))

    assert min(image.convert("RGB").getpixel((0, 0))) > 250


@pytest.mark.parametrize("name", REFUSED)
def test_bad_picture_is_not_attached(name):
    with pytest.raises(PictureRefused):
        picture_attached(REFUSED[name][0], side=100, most=20_000)
