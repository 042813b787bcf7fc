"""Pictures, from upload to PDF."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pypdfium2
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

from assessments import selectors
from guides.content import PictureContent, parse_content
from guides.models import PICTURE_SIDE, ExercisePicture, GuideEdition
from guides.pdf import render
from guides.pdf.storage import guide_pdf, guide_render
from guides.selectors import guide_content
from runfit.lib.pictures import picture_printed
from tests.assessments.browser import open_page, post
from tests.guides import samples
from tests.guides.factories import ExercisePictureFactory
from tests.guides.pdf.test_render import elements_of
from tests.support import pictures

pytestmark = pytest.mark.django_db

# What moves is a clip.
SHOWN = {name: shown for name, shown in pictures.shown().items() if "animated" not in name}
PHONE = pictures.from_phone("JPEG", 6)
PRACTICE = "admin:assessments_practice_change"
SCALE = 2


def printed(document: bytes) -> Iterator[tuple[int, Image.Image]]:
    """The rendered pictures of a PDF, with their page numbers."""
    with pypdfium2.PdfDocument(document) as opened:
        for number, page in enumerate(opened):
            seen = page.render(scale=SCALE).to_pil()
            for image in page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE]):
                left, bottom, right, top = image.get_bounds()
                box = (left, page.get_height() - top, right, page.get_height() - bottom)
                yield number, seen.crop(tuple(round(edge * SCALE) for edge in box))


def uploaded(name: str, data: bytes) -> "ContentFile[bytes]":
    """An upload as cleaned by the exercise form."""
    field: Any = ExercisePicture._meta.get_field("picture").formfield()
    made: ContentFile[bytes] = field.clean(SimpleUploadedFile(name, data))
    return made


def test_pictures_are_upright_in_the_pdf() -> None:
    content = parse_content(samples.edition())
    kept: dict[str, bytes] = {}
    exercises = []
    for number, (name, (data, _)) in enumerate(SHOWN.items()):
        file = f"pictures/{uploaded(name, data).name}"
        kept[file] = pdf_bytes(name, data)
        exercises.append(
            replace(
                content.exercises[0],
                id=f"e{number}",
                picture=PictureContent(file=file, alt=f"See {name}."),
            )
        )
    plan = content.profiles[0].plan
    steps = tuple(replace(plan.blocks[0].exercises[0], id=exercise.id) for exercise in exercises)
    profile = replace(
        content.profiles[0],
        plan=replace(plan, blocks=(replace(plan.blocks[0], exercises=steps),)),
    )

    made = render.render(
        replace(content, exercises=tuple(exercises), profiles=(profile,)),
        profile="stiff",
        practice=render.PracticeDetails(name="Hill"),
        paper="a4",
        pictures=kept,
    )

    seen = [pictures.corners_of(image) for _, image in printed(made)]
    expected = [corners for _, corners in SHOWN.values()]
    assert len(seen) == 2 * len(SHOWN)  # to pin up, and beside its steps
    wrong = [
        (name, found)
        for name, found, corners in zip([*SHOWN] * 2, seen, expected * 2, strict=True)
        if not pictures.alike(found, corners)
    ]
    assert wrong == []
    alts = {str(element.get("/Alt")) for element in elements_of(made) if element["/S"] == "/Figure"}
    assert {f"See {name}." for name in SHOWN} <= alts


def pdf_bytes(name: str, data: bytes) -> bytes:
    kept = uploaded(name, data)
    return picture_printed(kept.read(), name=str(kept.name), side=PICTURE_SIDE)


def practice_post(client: Client, **changes: Any) -> Any:
    at = reverse(PRACTICE)
    return post(client, at, open_page(client, at), **changes)


def test_phone_photo_and_logo_appear_in_the_guide(
    guide_edition: GuideEdition, admin_client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        practice_post(
            admin_client,
            photo=SimpleUploadedFile("IMG_1.jpg", PHONE),
            photo_alt="Ana",
            logo=SimpleUploadedFile("IMG_2.HEIC", pictures.from_phone("HEIF", 3)),
            logo_alt="A hill",
        )

    profile = guide_content(guide_edition).profiles[0].key
    made = guide_pdf(edition=guide_edition, profile=profile, paper="letter")

    assert made.read() == guide_render(edition=guide_edition, profile=profile, paper="letter")
    seen = [image for page, image in printed(made.read()) if page == 0]
    assert len(seen) == 2
    for image in seen:
        assert pictures.alike(pictures.corners_of(image), pictures.CORNERS)
    practice = selectors.practice()
    for file in (practice.photo, practice.logo):
        with file.open() as kept, Image.open(kept) as image:
            assert (image.width > image.height, dict(image.getexif())) == (True, {})


@pytest.mark.parametrize(
    ("name", "file"), [("photo", "half.jpeg"), ("logo", "other.tiff"), ("photo", "bomb.png")]
)
def test_invalid_picture_is_a_field_error(admin_client: Client, name: str, file: str) -> None:
    data, begins = pictures.refused()[file]

    response = practice_post(
        admin_client, **{name: SimpleUploadedFile(file, data), f"{name}_alt": "Me"}
    )

    [error] = response.context["adminform"].form.errors[name]
    assert error.startswith(begins)
    assert not default_storage.exists("practice")


def test_replaced_or_cleared_picture_is_deleted(
    admin_client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    addresses = []
    for data in (PHONE, pictures.from_phone("PNG", 1)):
        with django_capture_on_commit_callbacks(execute=True):
            practice_post(admin_client, photo=SimpleUploadedFile("me.jpg", data), photo_alt="Me")
        photo = selectors.practice().photo
        addresses.append(photo.url)
        assert default_storage.exists(photo.name)

    with django_capture_on_commit_callbacks(execute=True):
        practice_post(admin_client, **{"photo-clear": "on"})

    assert len({*addresses}) == 2
    assert [admin_client.get(address).status_code for address in addresses] == [404, 404]
    assert default_storage.listdir("practice")[1] == []


def test_picture_is_deleted_with_its_exercise_unless_an_edition_uses_it(
    default_content: None, django_capture_on_commit_callbacks: Any
) -> None:
    mine = ExercisePictureFactory.create()
    mine.picture.save("me.jpg", uploaded("me.jpg", PHONE))
    name = mine.picture.name
    published = ExercisePicture.objects.exclude(pk=mine.pk).first()
    assert published is not None
    theirs = published.picture.name

    with django_capture_on_commit_callbacks(execute=True):
        mine.delete()
        published.picture = uploaded("new.jpg", PHONE)
        published.save()

    assert not default_storage.exists(name)
    assert default_storage.exists(theirs)
