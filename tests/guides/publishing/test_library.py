"""Pictures of content files and of uploads."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from assessments.models import Assessment
from guides.content import ContentError
from guides.models import PICTURE_SIDE, Exercise, ExercisePicture, Plan
from guides.publishing.library import exercises_load, library_export
from runfit.lib.pictures.clips import clip_ready, prepare_clip
from tests.assessments.factories import AssessmentFactory, ProfileFactory
from tests.guides import samples
from tests.support import clips, pictures

pytestmark = pytest.mark.django_db

DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 30"><path d="M0 0H9"/></svg>'


@pytest.fixture(autouse=True)
def check() -> Assessment:
    assessment = AssessmentFactory.create(slug="small-check")
    ProfileFactory.create(assessment=assessment, key="stiff")
    return assessment


def library(file: str = "pictures/rock.svg") -> dict[str, Any]:
    data = samples.library()
    data["exercises"][0]["picture"] = {"file": file, "alt": "A runner rocks."}
    return data


def put(folder: Path, text: str = DRAWING) -> None:
    (folder / "pictures").mkdir(exist_ok=True)
    (folder / "pictures" / "rock.svg").write_text(text)


def png() -> bytes:
    file = BytesIO()
    Image.new("RGB", (8, 4)).save(file, "PNG")
    return file.getvalue()


def test_picture_is_loaded_with_its_exercise(tmp_path: Path) -> None:
    put(tmp_path)

    exercises_load(data=library(), folder=tmp_path)

    row = ExercisePicture.objects.get(exercise__key="rock")
    assert (row.picture.name, row.alt) == ("pictures/rock.svg", "A runner rocks.")
    with row.picture.open() as file:
        assert file.read() == DRAWING.encode()


def test_identical_picture_is_reused_and_different_one_is_renamed(tmp_path: Path) -> None:
    put(tmp_path)
    default_storage.save("pictures/rock.svg", ContentFile(DRAWING.encode()))
    exercises_load(data=library(), folder=tmp_path)
    once = default_storage.listdir("pictures")[1]
    Exercise.objects.filter(key="rock").update(key="another")
    put(tmp_path, DRAWING.replace("H9", "H8"))

    exercises_load(data=library(), folder=tmp_path)

    name = ExercisePicture.objects.get(exercise__key="rock").picture.name
    assert once == ["rock.svg"]
    assert name != "pictures/rock.svg"
    with default_storage.open(name) as file:
        assert b"H8" in file.read()


def test_stored_picture_need_not_come_with_the_file(tmp_path: Path) -> None:
    default_storage.save("pictures/rock.svg", ContentFile(DRAWING.encode()))

    exercises_load(data=library(), folder=tmp_path)

    assert ExercisePicture.objects.get(exercise__key="rock").picture.name == "pictures/rock.svg"


def several() -> dict[str, Any]:
    """The second picture moves."""
    data = library()
    data["exercises"][0]["more_pictures"] = [
        {
            "file": "pictures/still.png",
            "alt": "She sits up.",
            "caption": "From the side",
            "clip": "pictures/up.mp4",
        },
        {"file": "pictures/rock.svg", "alt": "Once more."},
    ]
    return data


def put_several(folder: Path) -> bytes:
    put(folder)
    (folder / "pictures" / "still.png").write_bytes(png())
    clip = prepare_clip(clips.video(), side=PICTURE_SIDE).content
    (folder / "pictures" / "up.mp4").write_bytes(clip)
    return clip


def test_several_pictures_are_loaded_in_order_and_exported_alike(tmp_path: Path) -> None:
    clip = put_several(tmp_path)

    exercises_load(data=several(), folder=tmp_path)

    rows = ExercisePicture.objects.filter(exercise__key="rock")
    assert [(row.alt, row.caption, row.clip.name) for row in rows] == [
        ("A runner rocks.", "", ""),
        ("She sits up.", "From the side", "pictures/up.mp4"),
        ("Once more.", "", ""),
    ]
    with default_storage.open("pictures/up.mp4") as file:
        assert file.read() == clip
    exported = json.loads(library_export())["exercises"][0]
    assert exported["more_pictures"][0] == several()["exercises"][0]["more_pictures"][0]


def test_clip_of_a_content_file_is_processed_like_an_upload(tmp_path: Path) -> None:
    put_several(tmp_path)
    (tmp_path / "pictures" / "up.mp4").write_bytes(clips.video())

    exercises_load(data=several(), folder=tmp_path)

    with default_storage.open("pictures/up.mp4") as file:
        assert clip_ready(file.read())


LOOP = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="1"><animate '
    'attributeName="r" dur="2s" repeatCount="indefinite" values="1;2;1"/></circle></svg>'
)


def with_loop(folder: Path, text: str) -> dict[str, Any]:
    put_several(folder)
    (folder / "pictures" / "up.svg").write_text(text)
    data = several()
    data["exercises"][0]["more_pictures"][0]["clip"] = "pictures/up.svg"
    return data


def test_drawing_that_loops_is_stored_as_it_is(tmp_path: Path) -> None:
    exercises_load(data=with_loop(tmp_path, LOOP), folder=tmp_path)

    with default_storage.open("pictures/up.svg") as file:
        assert file.read() == LOOP.encode()


def test_drawing_that_loops_may_change_shapes_alone(tmp_path: Path) -> None:
    unsafe = LOOP.replace('"r" dur', '"href" dur')

    with pytest.raises(ContentError, match="may only animate cx, cy, d, opacity, r"):
        exercises_load(data=with_loop(tmp_path, unsafe), folder=tmp_path)


def test_clip_of_a_content_file_has_to_move(tmp_path: Path) -> None:
    data = several()
    data["exercises"][0]["more_pictures"][0]["clip"] = "pictures/up.gif"

    with pytest.raises(ContentError, match=r"must be a video or a moving drawing, such as"):
        exercises_load(data=data, folder=tmp_path)


@pytest.mark.parametrize(
    ("file", "text", "fault"),
    [
        ("pictures/no.svg", DRAWING, "exercises.rock: there is no file “pictures/no.svg”."),
        (
            "pictures/rock.svg",
            DRAWING.replace("path", "script"),
            "exercises.rock: This drawing may not have “script”",
        ),
        ("../rock.svg", DRAWING, "exercises[0].picture.file: must be a plain name, such as"),
        ("/etc/passwd", DRAWING, "exercises[0].picture.file: must be a plain name, such as"),
    ],
)
def test_invalid_picture_is_reported_and_loads_nothing(
    tmp_path: Path, file: str, text: str, fault: str
) -> None:
    put(tmp_path, text)

    with pytest.raises(ContentError) as refused:
        exercises_load(data=library(file), folder=tmp_path)

    assert str(refused.value.faults[0]).startswith(fault)
    assert not Exercise.objects.exists()
    assert not default_storage.exists("pictures")


def test_loaded_photo_is_processed_like_an_upload(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "rock.heic").write_bytes(pictures.from_phone("HEIF", 6))

    exercises_load(data=library("pictures/rock.heic"), folder=tmp_path)

    row = ExercisePicture.objects.get(exercise__key="rock")
    with row.picture.open() as file, Image.open(file) as image:
        assert row.picture.name == f"pictures/rock.{(image.format or '').lower()}"
        assert pictures.alike(pictures.corners_of(image), pictures.CORNERS)


def picture_kept(name: str, content: bytes) -> bytes:
    """The picture as the exercise form stores it."""
    field: Any = ExercisePicture._meta.get_field("picture").formfield()
    stored: bytes = field.clean(SimpleUploadedFile(name, content)).read()
    return stored


@pytest.mark.parametrize("name", ["a.svg", "A.SVG"])
def test_svg_is_stored_unchanged(name: str) -> None:
    assert picture_kept(name, DRAWING.encode()) == DRAWING.encode()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "a.png",
            DRAWING.encode(),
            "This file isn't a picture that we can show. Upload a JPEG, PNG, HEIC, WebP or "
            "GIF, or a drawing as SVG, or a clip as MP4, MOV or WebM.",
        ),
        ("a.svg", png(), "This drawing must be SVG, and this file can't be read as SVG."),
        ("a.svg", b"\xef\xbb\xbf<svg", "This drawing must be SVG: this text cannot be read"),
        (
            "a.svg",
            DRAWING.replace("<path", '<path onload="x()"').encode(),
            "This drawing may not have “onload” on its “path”.",
        ),
        ("a.svg", DRAWING.replace("64 30", "64 0").encode(), "This drawing must be one <svg> with"),
        ("a.svg", b" " * 800_001, "This drawing is too large."),
        ("a.png", b" " * (20 * 1024 * 1024 + 1), "This picture is larger than 20 MB."),
    ],
)
def test_invalid_picture_is_rejected(name: str, content: bytes, message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        picture_kept(name, content)

    assert refused.value.messages[0].startswith(message)


def test_who_skips_an_exercise_round_trips(tmp_path: Path) -> None:
    data = samples.library()
    data["exercises"][0] |= {"skip_for": ["pregnant", "heart"], "instead": "bridge"}

    exercises_load(data=data, folder=tmp_path)

    rock = Exercise.objects.get(key="rock")
    assert (rock.skip_for, rock.instead and rock.instead.key) == ("pregnant\nheart", "bridge")
    assert json.loads(library_export())["exercises"] == data["exercises"]


def test_next_plan_round_trips(tmp_path: Path, check: Assessment) -> None:
    ProfileFactory.create(assessment=check, key="strong")
    data = samples.library()
    then = {"next_plan": "strong", "next_week": 2}
    data["plans"] = {"stiff": {**samples.PLAN, **then}, "strong": samples.PLAN}

    exercises_load(data=data, folder=tmp_path)

    assert json.loads(library_export())["plans"] == data["plans"]
    strong = Plan.objects.get(profile__key="strong")
    assert Plan.objects.get(profile__key="stiff").next_plan == strong
    Plan.objects.filter(pk=strong.pk).update(profile=None)
    assert json.loads(library_export())["plans"] == {"stiff": samples.PLAN}
