"""Admin pages for exercises, plans, and guides."""

import io
import re
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader, PdfWriter

from guides.admin.content import GuideAdmin
from guides.models import (
    EmailText,
    Exercise,
    ExercisePicture,
    Guide,
    GuideEdition,
    Plan,
    PlanBlock,
    PlanStep,
    SharedRules,
)
from guides.pdf.render import UnbuildableError
from guides.publishing.services import guide_publish
from tests.assessments.browser import open_page, post, said
from tests.assessments.factories import (
    EditionFactory,
    ProfileFactory,
    SafetyItemFactory,
    SafetyLevelFactory,
)
from tests.guides.factories import (
    ExerciseFactory,
    ExercisePictureFactory,
    GuideEditionFactory,
    GuideFactory,
    PlanBlockFactory,
    PlanFactory,
    PlanStepFactory,
    ReferenceFactory,
    SharedRulesFactory,
)
from tests.guides.pdf.builds import transactions_of_builds
from tests.support import clips

pytestmark = pytest.mark.django_db

MODELS = [Exercise, SharedRules, Plan, PlanBlock, Guide, GuideEdition]


def page(model: Any, name: str, *arguments: object) -> str:
    return reverse(f"admin:guides_{model._meta.model_name}_{name}", args=arguments)


@pytest.fixture
def guide() -> Guide:
    """A publishable guide with one plan."""
    SharedRulesFactory.create()
    guide = GuideFactory.create(title="Strong hips")
    profile = ProfileFactory.create(assessment=guide.assessment, key="stiff", title="Stiff")
    PlanStepFactory.create(block__plan__profile=profile)
    return guide


def pdf_file(name: str = "own.pdf") -> SimpleUploadedFile:
    writer, file = PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    writer.write(file)
    return SimpleUploadedFile(name, file.getvalue(), "application/pdf")


def form_of(response: Any) -> dict[str, Any]:
    """The data that a browser would post without any edits."""
    forms = [response.context["adminform"].form]
    for formset in response.context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.forms]
    values = {field.html_name: field.value() for form in forms for field in form}
    return {name: value for name, value in values.items() if value or type(value) is int}


@pytest.mark.once
@pytest.mark.parametrize("model", MODELS)
def test_every_changelist_opens_and_searches(
    model: Any, guide: Guide, admin_client: Client
) -> None:
    GuideEditionFactory.create(guide=guide)

    responses = [admin_client.get(page(model, "changelist"), query) for query in ({}, {"q": "a"})]

    assert {response.status_code for response in responses} <= {200, 302}


@pytest.mark.parametrize("model", MODELS)
def test_every_change_page_opens(model: Any, guide: Guide, admin_client: Client) -> None:
    GuideEditionFactory.create(guide=guide)
    row = model.objects.first()

    assert admin_client.get(page(model, "change", row.pk)).status_code == 200


@pytest.mark.parametrize("model", [Exercise, Plan, PlanBlock, Guide])
def test_every_add_page_opens(model: Any, guide: Guide, admin_client: Client) -> None:
    assert admin_client.get(page(model, "add")).status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_change_pages_have_no_inline_script_or_style(
    model: Any, guide: Guide, admin_client: Client
) -> None:
    GuideEditionFactory.create(guide=guide)
    html = admin_client.get(page(model, "change", model.objects.first().pk)).content.decode()

    assert "style=" not in html
    assert "<style" not in html
    assert " onclick=" not in html


def queries(client: Client, address: str) -> int:
    client.get(address)  # warm the caches
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.usefixtures("no_expiry")
def test_changelist_query_count_is_constant(guide: Guide, admin_client: Client) -> None:
    GuideEditionFactory.create(guide=guide)
    models = [Exercise, Plan, PlanBlock, Guide, GuideEdition]
    with_one = [queries(admin_client, page(model, "changelist")) for model in models]
    for number in range(3):
        step = PlanStepFactory.create()
        other = GuideFactory.create(assessment=step.block.plan.profile.assessment)
        GuideEditionFactory.create(guide=other, number=number + 1)

    with_many = [queries(admin_client, page(model, "changelist")) for model in models]

    assert with_many == with_one == [9, 6, 6, 5, 6]


@pytest.mark.usefixtures("no_expiry")
def test_change_page_query_count_is_constant(guide: Guide, admin_client: Client) -> None:
    plan = Plan.objects.get()
    block = PlanBlock.objects.get()
    addresses = [
        page(Plan, "change", plan.pk),
        page(PlanBlock, "change", block.pk),
        page(Guide, "change", guide.pk),
        page(
            Exercise, "change", ExercisePictureFactory.create(exercise__name="Pictured").exercise_id
        ),
    ]
    ReferenceFactory.create(guide=guide)
    EditionFactory.create(assessment=guide.assessment)
    PlanFactory.create(profile__assessment=guide.assessment)  # without weeks: a finding
    with_one = [queries(admin_client, address) for address in addresses]
    ExercisePictureFactory.create_batch(3, exercise=Exercise.objects.get(name="Pictured"))
    PlanStepFactory.create_batch(3, block=block)
    PlanStepFactory.create_batch(2, block=PlanBlockFactory.create(plan=plan))
    ReferenceFactory.create_batch(3, guide=guide)
    PlanFactory.create_batch(3, profile__assessment=guide.assessment)

    with_many = [queries(admin_client, address) for address in addresses]

    assert with_many == with_one == [8, 7, 50, 7]


def test_minutes_are_worked_out_beside_the_own_ones(guide: Guide, admin_client: Client) -> None:
    plan, block = Plan.objects.get(), PlanBlock.objects.get()
    words = "About 2 minutes: moves, rests, and changing place, without a warm-up."

    for address in (page(Plan, "change", plan.pk), page(PlanBlock, "change", block.pk)):
        assert words in admin_client.get(address).content.decode()
    block.steps.update(dose="a few")
    html = admin_client.get(page(PlanBlock, "change", block.pk)).content.decode()
    assert "Once there are exercises, with doses such as 2 x 8 each side or 2 x 15 s." in html


def test_dragging_reorders_exercises(admin_client: Client) -> None:
    first, second = ExerciseFactory.create_batch(2)
    address = reverse("admin:guides_exercise_sortable_update")

    response = admin_client.post(
        address,
        {"updatedItems": [[first.pk, second.order], [second.pk, first.order]]},
        content_type="application/json",
    )

    assert response.status_code == 200
    assert list(Exercise.objects.all()) == [second, first]


def test_dragging_in_a_stale_list_moves_the_dragged_exercises(admin_client: Client) -> None:
    """One window moves the third exercise first; a stale one moves the second before the first; a
    third has deleted one."""
    one, two, three, gone = ExerciseFactory.create_batch(4)
    places = [exercise.order for exercise in (one, two, three, gone)]
    address = reverse("admin:guides_exercise_sortable_update")

    for rows in ([three, one, two], [two, one, gone]):
        items = [[str(row.pk), place] for row, place in zip(rows, places, strict=False)]
        Exercise.objects.filter(pk=gone.pk).delete()
        moved = {"updatedItems": items}
        response = admin_client.post(address, moved, content_type="application/json")
        assert response.status_code == 200

    assert list(Exercise.objects.all()) == [three, two, one]
    assert len({exercise.order for exercise in Exercise.objects.all()}) == 3


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[" * 10_000,
        "[]",
        "{}",
        '{"updatedItems": null}',
        '{"updatedItems": [1]}',
        '{"updatedItems": [[1]]}',
        '{"updatedItems": [["x", 1]]}',
        '{"updatedItems": [[1, "x"]]}',
        '{"updatedItems": [[1, Infinity]]}',
        '{"updatedItems": [["99999999999999999999", 1]]}',
    ],
)
def test_malformed_order_is_a_bad_request(admin_client: Client, body: str) -> None:
    address = reverse("admin:guides_exercise_sortable_update")

    response = admin_client.post(address, body, content_type="application/json")

    assert response.status_code == 400


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "text/plain", ""])
def test_an_order_sent_as_a_form_is_a_bad_request(admin_client: Client, kind: str) -> None:
    address = reverse("admin:guides_exercise_sortable_update")

    assert admin_client.post(address, b"--x--\r\n", content_type=kind).status_code == 400


def test_reordering_requires_change_permission_and_post(client: Client, db: None) -> None:
    client.force_login(User.objects.create_user("ana", is_staff=True))
    address = reverse("admin:guides_exercise_sortable_update")
    exercise = ExerciseFactory.create()
    moved = {"updatedItems": [[exercise.pk, 7]]}

    assert client.post(address, moved, content_type="application/json").status_code == 403
    assert client.get(address).status_code == 405


def test_new_exercise_gets_a_unique_key_from_its_name(admin_client: Client) -> None:
    ExerciseFactory.create(name="Hip Lift!", key="hip-lift")
    values = form_of(admin_client.get(page(Exercise, "add"))) | {
        "name": "Hip lift",
        "phase": 2,
        "target": "Glutes",
        "equipment": "None",
        "position": "On your back.",
        "steps": "Lift.",
        "cues": "Slowly",
        "common_mistakes": "Racing",
        "sets": "2",
        "reps": "8",
        "rest_seconds": 20,
        "days_per_week": "3",
        "easier": "Less.",
        "harder": "More.",
        "stop_if": "Pain",
    }

    admin_client.post(page(Exercise, "add"), values)

    assert list(Exercise.objects.values_list("key", flat=True)) == ["hip-lift", "hip-lift-2"]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"reps": "", "seconds": ""}, "Give the reps, or the seconds to hold."),
        (
            {"steps": "Lift\x0bLower"},
            "This holds a character that cannot be printed. Type this text again.",
        ),
    ],
)
def test_exercise_form_shows_model_validation_errors(
    change: dict[str, str], error: str, admin_client: Client
) -> None:
    address = page(Exercise, "change", ExerciseFactory.create().pk)
    values = form_of(admin_client.get(address)) | change

    response = admin_client.post(address, values)

    errors = response.context["adminform"].form.errors
    assert [message for messages in errors.values() for message in messages] == [error]


def test_who_skips_an_exercise_is_chosen_in_words(admin_client: Client) -> None:
    items = {"young": "Under 18: I am under 18.", "baby": "Pregnant."}
    for key, text in items.items():
        SafetyItemFactory.create(key=key, text=text, level__scores="after_clearance")
    SafetyItemFactory.create(key="fall", level__scores="hidden")
    exercise, other = ExerciseFactory.create(skip_for="gone"), ExerciseFactory.create()
    address = page(Exercise, "change", exercise.pk)

    opened = admin_client.get(address)
    values = form_of(opened) | {"skip_for": ["young", "baby"], "instead": other.pk}
    admin_client.post(address, values)

    assert [*opened.context["adminform"].form.fields["skip_for"].choices] == [
        ("young", "Under 18"),
        ("baby", "Pregnant"),
        ("gone", "gone (no safety list has it now)"),
    ]
    exercise.refresh_from_db()
    assert (exercise.skip_for, exercise.instead) == ("young\nbaby", other)


def test_exercise_is_not_done_instead_of_itself(admin_client: Client) -> None:
    exercise = ExerciseFactory.create()
    other = ExerciseFactory.create(instead=exercise)
    address = page(Exercise, "change", exercise.pk)

    response = admin_client.post(
        address, form_of(admin_client.get(address)) | {"instead": other.pk}
    )

    assert response.context["adminform"].form.errors == {
        "instead": ["This leads back to the exercise itself."]
    }


def picture_file() -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (2, 2)).save(file, "PNG")
    return SimpleUploadedFile("bridge.png", file.getvalue(), "image/png")


def first_picture(**values: Any) -> dict[str, Any]:
    """The fields of an exercise's first picture, in an empty row."""
    row = {"picture": picture_file(), "alt": "A bridge", "caption": "", "order": "1", **values}
    return {
        "pictures-TOTAL_FORMS": "1",
        **{f"pictures-0-{name}": value for name, value in row.items()},
    }


def picture_errors(client: Client, **values: Any) -> dict[str, list[str]]:
    """The errors of a first picture; empty if it's saved."""
    address = page(Exercise, "change", ExerciseFactory.create().pk)
    response = client.post(address, form_of(client.get(address)) | first_picture(**values))
    if not response.context:
        return {}
    [inline] = response.context["inline_admin_formsets"]
    return dict(inline.formset.forms[0].errors)


def test_exercise_picture_requires_alternative_text(admin_client: Client) -> None:
    refused = picture_errors(admin_client, alt="")
    saved = picture_errors(admin_client)

    assert refused == {
        "picture": [
            "Choose the file for “Picture or clip” again: browsers don't keep it after an error."
        ],
        "alt": ["This field is required."],
    }
    assert saved == {}
    picture = ExercisePicture.objects.get()
    assert (picture.picture.name[:16], picture.clip.name, picture.alt) == (
        "pictures/bridge-", "", "A bridge",
    )  # fmt: skip


def test_picture_that_was_chosen_but_not_stored_is_not_shown(admin_client: Client) -> None:
    """It has a name by then, but no file."""
    address = page(Exercise, "change", ExerciseFactory.create().pk)

    refused = admin_client.post(address, form_of(admin_client.get(address)) | first_picture(alt=""))

    assert "once you&#x27;ve saved" in refused.content.decode()
    assert '<img class="shown"' not in refused.content.decode()


def test_alternative_text_requires_an_exercise_picture(admin_client: Client) -> None:
    assert picture_errors(admin_client, picture="") == {"picture": ["This field is required."]}


def test_unprintable_exercise_picture_is_rejected(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(picture: bytes) -> None:
        raise UnbuildableError("it stumbles")

    monkeypatch.setattr("guides.pdf.render.picture_check", refuse)

    assert picture_errors(admin_client) == {
        "picture": ["This picture can't be printed in the guide. Save it as PNG and upload that."]
    }


def test_clip_is_stored_with_its_still_and_both_go_with_the_row(
    admin_client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    iphone = SimpleUploadedFile("IMG_7.MOV", clips.video(), "video/quicktime")

    assert picture_errors(admin_client, picture=iphone) == {}

    row = ExercisePicture.objects.get()
    assert re.fullmatch(r"pictures/img-7-\w{12}\.(png|jpg)", row.picture.name)
    assert re.fullmatch(r"pictures/img-7-\w{12}\.mp4", row.clip.name)
    assert f'src="{row.clip.url}"' in (
        admin_client.get(page(Exercise, "change", row.exercise_id)).content.decode()
    )

    with django_capture_on_commit_callbacks(execute=True):
        row.delete()
    assert default_storage.listdir("pictures")[1] == []


def test_picture_in_the_place_of_a_clip_drops_it(
    admin_client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    picture_errors(admin_client, picture=SimpleUploadedFile("a.mov", clips.video()))
    row = ExercisePicture.objects.get()
    clip, address = row.clip.name, page(Exercise, "change", row.exercise_id)

    with django_capture_on_commit_callbacks(execute=True):
        admin_client.post(
            address, form_of(admin_client.get(address)) | {"pictures-0-picture": picture_file()}
        )

    row.refresh_from_db()
    assert row.clip.name == ""
    assert not default_storage.exists(clip)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("setup.mp4", b"MZ" + bytes(500), "This file isn't a picture that we can show."),
        ("cut.mov", clips.video()[:900], "This clip is damaged, or only part of it arrived."),
    ],
)
def test_what_is_no_clip_is_refused_beside_its_field(
    admin_client: Client, name: str, data: bytes, message: str
) -> None:
    errors = picture_errors(admin_client, picture=SimpleUploadedFile(name, data))

    assert [*errors] == ["picture"]
    assert errors["picture"][0].startswith(message)
    assert not default_storage.exists("pictures")


def drawing_errors(client: Client, text: bytes) -> dict[str, list[str]]:
    """The errors of an uploaded SVG; empty if it's saved."""
    file = SimpleUploadedFile("bridge.SVG", text, "image/svg+xml")
    return picture_errors(client, picture=file)


def test_editor_metadata_is_removed_from_svg(admin_client: Client) -> None:
    saved = (
        b'<?xml version="1.0"?><svg id="a" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4">'
        b'<title>A bridge</title><path style="fill:none" d="M0 0"/></svg>'
    )

    assert drawing_errors(admin_client, saved) == {}

    with ExercisePicture.objects.get().picture.open() as kept:
        assert kept.read() == (
            b'<svg viewBox="0 0 4 4" xmlns="http://www.w3.org/2000/svg">'
            b'<path d="M0 0" fill="none" /></svg>'
        )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            b'<?xml version="1.0"?><svg viewBox="0 0 4 4"><text>Hi</text></svg>',
            "This drawing may not have “text”, only circle, ellipse, g, line, path, polygon, "
            "polyline, rect, svg. Or upload it as PNG.",
        ),
        (
            b"\xff\xfe",
            "This drawing must be SVG, and this file can't be read as SVG. Or upload it as PNG.",
        ),
    ],
)
def test_unsupported_svg_is_rejected(admin_client: Client, text: bytes, reason: str) -> None:
    assert drawing_errors(admin_client, text) == {"picture": [reason]}


def test_exercise_picture_shows_on_change_page_and_changelist(admin_client: Client) -> None:
    row = ExercisePictureFactory.create()
    row.picture.storage.save(row.picture.name, picture_file())
    exercise = row.exercise
    ExerciseFactory.create()
    shown = 'src="/media/pictures/rock.svg" alt="A runner rocks."'

    assert shown in admin_client.get(page(Exercise, "change", exercise.pk)).content.decode()
    listed = admin_client.get(reverse("admin:guides_exercise_changelist")).content.decode()
    assert shown in listed
    assert listed.count("No picture yet") == 1


def test_exercise_used_in_a_plan_cannot_be_deleted(guide: Guide, admin_client: Client) -> None:
    exercise = Exercise.objects.get()

    admin_client.post(page(Exercise, "delete", exercise.pk), {"post": "yes"})

    assert Exercise.objects.get() == exercise


def test_exercise_can_be_added_to_a_block(guide: Guide, admin_client: Client) -> None:
    block, exercise = PlanBlock.objects.get(), ExerciseFactory.create(name="New")
    address = page(PlanBlock, "change", block.pk)
    values = form_of(admin_client.get(address)) | {
        "steps-TOTAL_FORMS": 2,
        "steps-1-exercise": exercise.pk,
        "steps-1-dose": "1 x 5",
        "steps-1-block": block.pk,
    }

    response = admin_client.post(address, values)

    assert response.status_code == 302
    assert list(PlanStep.objects.values_list("exercise__name", "dose"))[1] == ("New", "1 x 5")


def test_block_must_not_end_before_it_starts(guide: Guide, admin_client: Client) -> None:
    address = page(PlanBlock, "change", PlanBlock.objects.get().pk)
    values = form_of(admin_client.get(address)) | {"first_week": 3}

    response = admin_client.post(address, values)

    assert response.context["adminform"].form.non_field_errors() == [
        "The last week can't come before the first."
    ]


def test_saving_a_guide_unchanged_changes_nothing(guide: Guide, admin_client: Client) -> None:
    address = page(Guide, "change", guide.pk)
    before = Guide.objects.values().get()

    response = admin_client.post(address, form_of(admin_client.get(address)))

    assert response.status_code == 302
    assert Guide.objects.values().get() == before


def test_email_text_rejects_unknown_variables(guide: Guide, admin_client: Client) -> None:
    address = page(Guide, "change", guide.pk)
    values = form_of(admin_client.get(address)) | {"emails-0-subject": "Hello {name}"}

    response = admin_client.post(address, values)

    (formset,) = [
        inline.formset
        for inline in response.context["inline_admin_formsets"]
        if inline.formset.model is EmailText
    ]
    assert formset.errors == [
        {"subject": ["{name} doesn't work here. Use {practice}, {guide}, {days}."]}
    ]


def test_pt_can_upload_her_own_pdf(guide: Guide, admin_client: Client) -> None:
    address = page(Guide, "change", guide.pk)
    values = form_of(admin_client.get(address)) | {"upload": pdf_file()}

    admin_client.post(address, values)

    upload = reverse("admin:guides_guide_upload", args=[guide.pk])
    assert f'<a href="{upload}">' in admin_client.get(address).content.decode()
    file = io.BytesIO(admin_client.get(upload).getvalue())
    assert len(PdfReader(file).pages) == 1


def test_pt_is_told_what_her_pdf_lost(guide: Guide, admin_client: Client) -> None:
    address = reverse("admin:guides_guide_change", args=[guide.pk])
    pdf = PdfWriter()
    pdf.add_blank_page(100, 100)
    pdf.add_attachment("own.exe", b"MZ")
    content = io.BytesIO()
    pdf.write(content)
    file = SimpleUploadedFile("own.html", content.getvalue())

    page = admin_client.post(
        address, form_of(admin_client.get(address)) | {"upload": file}, follow=True
    )

    assert "We left that out." in page.content.decode()
    guide.refresh_from_db()
    assert guide.upload.name.endswith(".pdf")
    with guide.upload.open() as stored:
        assert b"own.exe" not in stored.read()


def test_upload_must_be_chosen_again_after_an_error(guide: Guide, admin_client: Client) -> None:
    address = page(Guide, "change", guide.pk)
    values = form_of(admin_client.get(address)) | {"upload": pdf_file(), "title": ""}

    response = admin_client.post(address, values)

    assert response.context["adminform"].form.errors["upload"] == [
        "Choose the file for “Your own PDF” again: browsers don't keep it after an error."
    ]


def test_upload_is_validated_by_content(guide: Guide, admin_client: Client) -> None:
    address = page(Guide, "change", guide.pk)
    fake = SimpleUploadedFile("guide.pdf", b"MZ not a pdf", "application/pdf")

    response = admin_client.post(address, form_of(admin_client.get(address)) | {"upload": fake})

    assert response.context["adminform"].form.errors == {
        "upload": ["This isn't a PDF. Save your guide as a PDF and try again."]
    }


def test_saving_does_not_revalidate_a_stored_upload(guide: Guide, admin_client: Client) -> None:
    guide.upload.save("own.pdf", ContentFile(b"%PDF-"))
    address = page(Guide, "change", guide.pk)
    values = form_of(admin_client.get(address))
    del values["upload"]  # a browser posts no file that it does not have

    assert admin_client.post(address, values).status_code == 302


def test_missing_upload_is_not_found(guide: Guide, admin_client: Client) -> None:
    assert (
        admin_client.get(reverse("admin:guides_guide_upload", args=[guide.pk])).status_code == 404
    )


def look(guide: Guide, profile: str = "stiff", paper: str = "a4") -> str:
    return reverse("admin:guides_guide_look", args=[guide.pk, profile, paper])


def test_draft_preview_returns_a_pdf(guide: Guide, admin_client: Client) -> None:
    preview = reverse("admin:guides_guide_preview", args=[guide.pk])
    html = admin_client.get(preview).content.decode()

    response = admin_client.get(look(guide))

    assert f'Stiff: <a href="{look(guide)}">A4</a>' in html
    assert response["Content-Type"] == "application/pdf"
    assert "Strong hips" in PdfReader(io.BytesIO(response.content)).pages[0].extract_text()


def test_preview_shows_who_leaves_out_what(guide: Guide, admin_client: Client) -> None:
    levels = {"scores": "after_clearance", "guide": "after_clearance"}
    for key, text in {"young": "Under 18: I am.", "heart": "A heart condition."}.items():
        SafetyItemFactory.create(key=key, text=text, level=SafetyLevelFactory.create(**levels))
    plank = ExerciseFactory.create(name="Plank")
    PlanStepFactory.create(block=PlanBlock.objects.get(), exercise=plank)
    Exercise.objects.exclude(pk=plank.pk).update(name="Swing", skip_for="young", instead=plank)

    html = admin_client.get(page(Guide, "preview", guide.pk)).content.decode()
    response = admin_client.get(look(guide), {"checked": "young"})

    assert "<dt>Under 18</dt>" in html
    assert "<li>Swing: Plank instead</li>" in html
    assert f'<a href="{look(guide)}?checked=young">Stiff' in html
    assert "A heart condition" not in html
    text = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(response.content)).pages)
    assert "Swing: do “Plank” instead." in text
    assert text.count("Swing") == 1


def test_preview_leads_to_the_words_of_the_emails(guide: Guide, admin_client: Client) -> None:
    html = admin_client.get(page(Guide, "preview", guide.pk)).content.decode()
    form = admin_client.get(page(Guide, "change", guide.pk)).content.decode()

    assert (
        f'<a href="{page(Guide, "change", guide.pk)}#emails-group">Change their words</a>' in html
    )
    assert 'id="emails-group"' in form


def test_weeks_without_exercises_lead_to_adding_some(admin_client: Client) -> None:
    block = PlanBlockFactory.create()
    add = f'<a href="{page(PlanBlock, "change", block.pk)}">Add exercises</a>'
    plan = page(Plan, "change", block.plan.pk)
    assert add in admin_client.get(plan).content.decode()

    PlanStepFactory.create(block=block)

    assert add not in admin_client.get(plan).content.decode()


@pytest.mark.parametrize(("profile", "paper"), [("other", "a4"), ("stiff", "a5")])
def test_preview_of_unknown_profile_or_paper_is_not_found(
    profile: str, paper: str, guide: Guide, admin_client: Client
) -> None:
    assert admin_client.get(look(guide, profile, paper)).status_code == 404


def test_preview_of_incomplete_draft_redirects_to_findings(
    guide: Guide, admin_client: Client
) -> None:
    SharedRules.objects.all().delete()

    response = admin_client.get(look(guide), follow=True)

    publish = reverse("admin:guides_guide_publish", args=[guide.pk])
    assert response.redirect_chain == [(publish, 302)]
    assert "Guide “Strong hips”, shared rules</a>: is missing." in response.content.decode()


def test_publish_page_publishes_and_signs_the_guide(
    guide: Guide, admin_client: Client, admin_user: User
) -> None:
    address = reverse("admin:guides_guide_publish", args=[guide.pk])

    shown = admin_client.get(address)
    response = admin_client.post(
        address, {"note": "First", "sign": "on", "reviewed_by": "Dr. Hill"}, follow=True
    )

    assert "It has no picture" in shown.content.decode()
    edition = GuideEdition.objects.get()
    assert (edition.note, edition.reviewed_by, edition.published_by) == (
        "First",
        "Dr. Hill",
        admin_user,
    )
    assert [str(message) for message in response.context["messages"]] == [
        "Version 1 is live, signed as reviewed by Dr. Hill."
    ]
    assert LogEntry.objects.get().change_message == "Published version 1."


@pytest.mark.django_db(transaction=True)
def test_publishing_builds_pdfs_outside_a_transaction(
    guide: Guide, admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite, a transaction would block runners until all PDFs are built."""
    within = transactions_of_builds(monkeypatch)

    admin_client.post(reverse("admin:guides_guide_publish", args=[guide.pk]))

    assert within == [False, False]
    assert GuideEdition.objects.count() == 1


def test_draft_changed_since_comparison_is_not_published(
    guide: Guide, admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = reverse("admin:guides_guide_publish", args=[guide.pk])
    admin_client.post(address)
    Guide.objects.update(title="Better")
    overview = GuideAdmin.overview

    def overview_then_change(self: GuideAdmin, draft: Guide) -> Any:
        result = overview(self, draft)
        Exercise.objects.update(cues="Breathe")
        return result

    monkeypatch.setattr(GuideAdmin, "overview", overview_then_change)

    response = admin_client.post(address, follow=True)

    assert GuideEdition.objects.count() == 1
    assert "The draft changed while we checked it" in response.content.decode()


def test_publishing_an_unchanged_guide_is_refused(guide: Guide, admin_client: Client) -> None:
    address = reverse("admin:guides_guide_publish", args=[guide.pk])
    admin_client.post(address, follow=True)

    response = admin_client.post(address, follow=True)

    assert [str(message) for message in response.context["messages"]] == [
        "Not published.",
        "Guide “Strong hips”: Nothing has changed since version 1, so there's nothing to publish.",
    ]


def test_a_second_click_publishes_nothing_and_says_what_the_first_did(
    guide: Guide, admin_client: Client
) -> None:
    address = reverse("admin:guides_guide_publish", args=[guide.pk])
    opened = open_page(admin_client, address)

    first, second = (admin_client.post(address, opened.fields, follow=True) for _ in range(2))

    for response in (first, second):
        assert said(response)[0].startswith("Version 1 is live.")
    assert GuideEdition.objects.count() == 1
    assert LogEntry.objects.count() == 1


def test_a_second_click_while_the_first_still_builds_says_the_same(
    guide: Guide, admin_client: Client, admin_user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = reverse("admin:guides_guide_publish", args=[guide.pk])
    opened = open_page(admin_client, address)

    def published_first(self: GuideAdmin, draft: Guide, **how: Any) -> GuideEdition:
        guide_publish(guide=draft, user=admin_user)  # the other click got there
        return guide_publish(guide=draft, **how)

    monkeypatch.setattr(GuideAdmin, "publish_draft", published_first)

    response = admin_client.post(address, opened.fields, follow=True)

    assert said(response)[0].startswith("Version 1 is live.")
    assert GuideEdition.objects.count() == 1


def test_publish_action_redirects_to_publish_page(guide: Guide, admin_client: Client) -> None:
    values = {"action": "publish", "_selected_action": [guide.pk]}

    response = admin_client.post(page(Guide, "changelist"), values)

    assert response["Location"] == reverse("admin:guides_guide_publish", args=[guide.pk])


def test_publish_action_takes_a_single_guide(guide: Guide, admin_client: Client) -> None:
    other = GuideFactory.create(assessment=guide.assessment)
    values = {"action": "publish", "_selected_action": [guide.pk, other.pk]}

    response = admin_client.post(page(Guide, "changelist"), values, follow=True)

    assert [str(message) for message in response.context["messages"]] == [
        "Pick one guide to publish."
    ]


def staff(client: Client, *permissions: str) -> Client:
    user = User.objects.create_user("helper", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)
    return client


def test_publishing_requires_permission(guide: Guide, client: Client) -> None:
    helper = staff(client, "change_guide", "view_guide")

    statuses = [
        helper.get(reverse("admin:guides_guide_publish", args=[guide.pk])).status_code,
        helper.get(look(guide)).status_code,
    ]

    assert statuses == [403, 200]


def test_preview_requires_permission(guide: Guide, client: Client) -> None:
    helper = staff(client, "change_exercise")

    assert helper.get(look(guide)).status_code == 403


def test_editions_are_read_only(guide: Guide, admin_client: Client) -> None:
    edition = GuideEditionFactory.create(guide=guide)

    statuses = [
        admin_client.get(page(GuideEdition, "add")).status_code,
        admin_client.post(page(GuideEdition, "change", edition.pk), {"note": "x"}).status_code,
        admin_client.post(page(GuideEdition, "delete", edition.pk), {"post": "yes"}).status_code,
    ]

    assert statuses == [403, 403, 403]
    assert GuideEdition.objects.get().note == ""


def test_edition_can_be_signed(guide: Guide, admin_client: Client) -> None:
    edition = GuideEditionFactory.create(guide=guide)
    at = page(GuideEdition, "sign", edition.pk)

    assert "Before you sign" not in admin_client.get(at).content.decode()
    admin_client.post(at, {"reviewed_by": "Ana Lopez, PT"})

    assert GuideEdition.objects.get().reviewed_by == "Ana Lopez, PT"


def test_placeholders_are_shown_before_signing(guide: Guide, admin_client: Client) -> None:
    Guide.objects.update(secret_text="[To fill in by the physical therapist: your secret.]")
    field = f"{page(Guide, 'change', guide.pk)}#id_secret_text"
    publishing = page(Guide, "publish", guide.pk)

    before = admin_client.get(publishing).content.decode()
    admin_client.post(publishing)
    signing = page(GuideEdition, "sign", GuideEdition.objects.get().pk)

    for page_html in (before, admin_client.get(signing).content.decode()):
        assert "Before you sign" in page_html
        assert f'<a href="{field}">' in page_html
    assert 'id="id_secret_text"' in admin_client.get(field).content.decode()


def test_admin_shows_plain_names_and_no_keys() -> None:
    names = {
        model: str(model._meta.verbose_name_plural) for model in (Guide, GuideEdition, PlanBlock)
    }

    assert names == {
        Guide: "guides",
        GuideEdition: "versions of guides",
        PlanBlock: "weeks of plans",
    }
    shown = {
        field
        for model in (Exercise, Guide)
        for _, options in admin.site.get_model_admin(model).fieldsets or ()
        for field in options["fields"]
    }
    assert {"key", "slug"} & shown == set()


def test_publish_page_shows_findings_about_plans(guide: Guide, admin_client: Client) -> None:
    EditionFactory.create(assessment=guide.assessment)

    html = admin_client.get(reverse("admin:guides_guide_publish", args=[guide.pk])).content.decode()

    assert "“Ready to lift” has no plan, so that result offers no guide. Add one." in html
    assert 'value="Publish"' in html


def test_locally_stored_test_email_is_linked(
    guide: Guide, admin_client: Client, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "guides.mail.file_backend.EmlFileBackend"
    at = page(Guide, "preview", guide.pk)

    response = admin_client.post(at, {"to": "me@example.org"}, follow=True)

    inbox = reverse("admin:guides_inbox")
    assert [str(message) for message in response.context["messages"]] == [
        "The test email to me@example.org is ready. This site doesn't send email yet, so it stays here. "
        f'<a href="{inbox}">Read it.</a>'
    ]
    assert "me@example.org" in admin_client.get(inbox).content.decode()


def test_published_guide_cannot_move_to_another_self_check(
    guide: Guide, admin_client: Client
) -> None:
    other = ProfileFactory.create(key="stiff", title="Stiff elsewhere").assessment
    at = page(Guide, "change", guide.pk)
    before = form_of(admin_client.get(at))
    GuideEditionFactory.create(guide=guide)

    admin_client.post(at, {**before, "assessment": other.pk})

    guide.refresh_from_db()
    assert guide.assessment != other
    assert "assessment" not in form_of(admin_client.get(at))


def test_what_is_rarely_needed_is_folded_unless_the_guide_is_new(admin_client, guide):
    changed = admin_client.get(reverse("admin:guides_guide_change", args=[guide.pk]))
    added = admin_client.get(reverse("admin:guides_guide_add"))

    folded = [fieldset.name for fieldset in changed.context["adminform"] if fieldset.is_collapsible]
    assert [str(name) for name in folded] == ["What we know", "Safety", "Instead of all this"]
    assert not any(fieldset.is_collapsible for fieldset in added.context["adminform"])
    lists = {
        each.opts.model.__name__: each.is_collapsible
        for each in changed.context["inline_admin_formsets"]
    }
    assert lists == {
        "GuidePhase": True,
        "Reference": True,
        "EmailText": False,
        "SeriesEmail": False,
    }


def test_new_plan_begins_where_its_result_type_does(admin_client, guide):
    profile = guide.assessment.profiles.last()
    profile.start_phase = 2
    profile.save()

    page = admin_client.get(reverse("admin:guides_plan_add"), {"profile": profile.pk})

    form = page.context["adminform"].form
    assert (form["profile"].value(), form["start_phase"].value()) == (str(profile.pk), 2)


def test_a_plan_starts_where_its_result_type_does_if_no_phase_is_picked(admin_client):
    profile = ProfileFactory(start_phase=3)
    at = reverse("admin:guides_plan_add")
    page = open_page(admin_client, at)
    assert f'value="{profile.pk}" data-start-phase="3"' in admin_client.get(at).content.decode()
    words = {"title": "New", "weeks": "4", "running": "Run."}

    refused = post(admin_client, at, page, **words)
    post(admin_client, at, page, **words, profile=str(profile.pk))

    assert refused.context["adminform"].form.errors["start_phase"] == ["This field is required."]
    assert Plan.objects.get(profile=profile).start_phase == 3
    post(admin_client, at, page, **words, profile=str(ProfileFactory().pk), start_phase="1")
    assert Plan.objects.latest("pk").start_phase == 1


def test_next_plan_is_another_one_of_the_same_self_check(admin_client: Client) -> None:
    plan = PlanFactory.create()
    then = PlanFactory.create(
        profile=ProfileFactory(assessment=plan.profile.assessment), next_plan=plan
    )
    PlanFactory.create()
    address = page(Plan, "change", plan.pk)
    opened = admin_client.get(address)

    back = admin_client.post(address, form_of(opened) | {"next_plan": then.pk})
    Plan.objects.filter(pk=then.pk).update(next_plan=None)
    late = admin_client.post(address, form_of(opened) | {"next_plan": then.pk, "next_week": "3"})
    admin_client.post(address, form_of(opened) | {"next_plan": then.pk, "next_week": "2"})

    form = opened.context["adminform"].form
    assert [*form.fields["next_plan"].queryset] == [then]
    assert back.context["adminform"].form.errors == {
        "next_plan": ["This leads back to the plan itself."]
    }
    assert late.context["adminform"].form.errors == {
        "next_week": ["The next plan has no such week."]
    }
    plan.refresh_from_db()
    assert (plan.next_plan, plan.next_week) == (then, 2)
