"""Stored PDFs: faults, damaged files, and repair."""

import json
import os
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import assessments.selectors
from assessments.models import Practice
from guides import selectors, signed_links
from guides.admin.guide_alerts import guide_alerts
from guides.content import GuideContent, RunnerAdvice
from guides.models import Delivery, ExercisePicture, Guide, GuideEdition, GuideFault
from guides.pdf import render as pdf_render
from guides.pdf import storage
from guides.pdf.file_integrity import file_checksum
from guides.pdf.papers import Paper
from guides.pdf.storage import GuidePdf, guide_pdf
from guides.publishing.repair import files_repair
from runfit.lib import caching
from tests.assessments.browser import open_page, post
from tests.guides import samples
from tests.guides.factories import GuideEditionFactory
from tests.guides.pdf.builds import builds_checked, guides_built, transactions_of_builds
from tests.guides.pdf.test_pictures import PRACTICE, practice_post, printed
from tests.support import pictures

pytestmark = pytest.mark.django_db

DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 30"><path d="M0 0H9"/></svg>'
FILE = "pictures/rock.svg"


def pictured(**changes: Any) -> GuideEdition:
    """An edition whose first exercise has a picture without a file."""
    data = samples.edition() | changes
    data["exercises"][0]["picture"] = {"file": FILE, "alt": "A runner rocks."}
    edition: GuideEdition = GuideEditionFactory.create(content=json.dumps(data))
    return edition


def current_pdf(edition: GuideEdition, paper: Paper = "a4") -> GuidePdf:
    caching.clear()
    return guide_pdf(edition=edition, profile="stiff", paper=paper)


def degraded(client: Client) -> list[str]:
    caching.clear()
    answer: dict[str, list[str]] = client.get("/health/ready/").json()
    return [part for part in answer["degraded"] if part in {"guides", "files"}]


def alerts() -> list[tuple[str, str]]:
    request = HttpRequest()
    request.user = User(is_superuser=True)
    return [(alert.title, alert.text) for alert in guide_alerts(request)]


def stored_pdfs() -> list[str]:
    folder = "guides/built"
    return default_storage.listdir(folder)[1] if default_storage.exists(folder) else []


# Stored files


@pytest.mark.parametrize("damage", [b"%PDF-1.", b"", None])
def test_damaged_guide_is_rebuilt(damage: bytes | None) -> None:
    edition = GuideEditionFactory.create()
    whole = current_pdf(edition)
    path = Path(default_storage.path(whole.name))
    path.write_bytes(whole.content[:-1] + b"\0" if damage is None else damage)

    again = current_pdf(edition)

    assert again.read() == path.read_bytes() == whole.content


def test_guide_without_checksum_is_rebuilt() -> None:
    edition = GuideEditionFactory.create()
    whole = current_pdf(edition)
    default_storage.delete(f"guides/marks/{Path(whole.name).stem}")

    assert current_pdf(edition).content == whole.content
    assert current_pdf(edition).content == b""


def own_pdf(**values: Any) -> GuideEdition:
    content = own_pdf_bytes()
    edition: GuideEdition = GuideEditionFactory.create(
        upload=ContentFile(content, name="own.pdf"), **values
    )
    GuideEdition.objects.update(upload_mark=file_checksum(str(edition.upload.name)))
    edition.refresh_from_db()
    return edition


def own_pdf_bytes() -> bytes:
    return b"%PDF-1.7 her own %%EOF"


def test_damaged_upload_falls_back_to_built_pdf_and_is_reported(client: Client) -> None:
    edition = own_pdf()
    assert current_pdf(edition).read() == own_pdf_bytes()
    assert degraded(client) == []
    Path(default_storage.path(str(edition.upload.name))).write_bytes(b"%PDF-1.7")

    sent = current_pdf(edition)

    assert sent.read().startswith(b"%PDF-1.7")
    assert len(sent.read()) > 10_000
    assert degraded(client) == ["guides"]
    [(title, text)] = alerts()
    assert title == f"“{edition.guide}” can't be sent as it should be"
    assert text.startswith(storage.UPLOAD_LOST)


# Advice of results


ADVICE = RunnerAdvice(answers=(("Can I run?", "Yes."),))
SKIPPING = RunnerAdvice(skip_for=frozenset({"back"}), checked=(("back", "Sore back"),))


def advised(edition: GuideEdition, advice: RunnerAdvice) -> GuidePdf:
    return guide_pdf(edition=edition, profile="stiff", paper="a4", advice=advice)


def test_runners_whose_results_say_the_same_share_a_pdf() -> None:
    edition = GuideEditionFactory.create()

    plain, first = current_pdf(edition), advised(edition, ADVICE)
    again = advised(edition, RunnerAdvice(answers=(("Can I run?", "Yes."),)))
    others = [
        advised(edition, replace(ADVICE, **{name: value}))
        for name, value in (
            ("notices", ("Go easy.",)),
            ("in_why", ("It tires.",)),
            ("skip_for", frozenset({"back"})),
            ("checked", (("back", "Sore back"),)),
        )
    ]

    assert (again.name, again.content) == (first.name, b"")
    assert len({pdf.name for pdf in (plain, first, *others)}) == 6
    assert len(stored_pdfs()) == 6


def test_practice_that_changed_makes_every_pdf_outdated() -> None:
    edition = GuideEditionFactory.create()
    old = advised(edition, ADVICE)
    Practice.objects.create(name="Hill Practice")
    caching.clear()
    new = advised(edition, ADVICE)
    two_days_ago = time.time() - 2 * 24 * 3600
    for stored in (old, new):
        os.utime(default_storage.path(stored.name), (two_days_ago, two_days_ago))

    files_repair(folder=samples.CONTENT)

    assert stored_pdfs() == [Path(new.name).name]


def test_oldest_pdfs_with_advice_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "MAX_VARIANTS", 2)
    edition = GuideEditionFactory.create()
    kept = [current_pdf(edition)]
    hour_ago = time.time() - 3600
    os.utime(default_storage.path(kept[0].name), (hour_ago, hour_ago))
    for number in range(4):
        kept.append(advised(edition, RunnerAdvice(notices=(str(number),))))
        at = time.time() - 60 + number
        os.utime(default_storage.path(kept[-1].name), (at, at))

    assert sorted(stored_pdfs()) == sorted(Path(kept[at].name).name for at in (0, 3, 4))
    assert len(default_storage.listdir("guides/marks")[1]) == 3
    assert advised(edition, RunnerAdvice(notices=("0",))).content == kept[1].content


def test_fault_belongs_to_the_exercises_that_it_was_about() -> None:
    data = samples.edition()
    data["exercises"].append(data["exercises"][1] | {"id": "clam", "name": "Clam"})
    data["exercises"][1] |= {"skip_for": ["back"], "instead": "clam"}
    data["exercises"][2]["picture"] = {"file": FILE, "alt": "A runner on her side."}
    edition = GuideEditionFactory.create(content=json.dumps(data))

    advised(edition, SKIPPING)
    current_pdf(edition)

    assert [(fault.skip_for, fault.left_out) for fault in GuideFault.objects.all()] == [
        (["back"], [FILE])
    ]
    files_repair(folder=samples.CONTENT)
    assert GuideFault.objects.get().skip_for == ["back"]
    default_storage.save(FILE, ContentFile(DRAWING))
    advised(edition, SKIPPING)
    assert not GuideFault.objects.exists()


# Missing pictures


def test_incomplete_pdf_is_reported_and_not_stored(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    edition = pictured()

    without = current_pdf(edition)

    assert without.read().startswith(b"%PDF-")
    assert stored_pdfs() == []
    assert degraded(client) == ["guides", "files"]
    assert f"sent without {FILE}" in caplog.text
    [(title, text)] = alerts()
    assert title == f"“{edition.guide}” goes out without a picture"
    assert text.startswith("Gone from this server, or damaged: “Rock”.")
    default_storage.save(FILE, ContentFile(DRAWING))
    whole = current_pdf(edition)
    assert whole.etag != without.etag
    assert whole.content != without.content
    assert stored_pdfs() == [Path(whole.name).name]
    assert degraded(client) == []
    assert alerts() == []


def test_missing_picture_of_another_profile_is_ignored() -> None:
    data = samples.edition()
    data["exercises"][0]["picture"] = {"file": FILE, "alt": "A runner rocks."}
    data["profiles"][0]["plan"]["blocks"][0]["exercises"].pop()
    edition = GuideEditionFactory.create(content=json.dumps(data))

    assert current_pdf(edition).name

    assert not GuideFault.objects.exists()


def test_missing_file_is_reported_without_a_request(client: Client) -> None:
    pictured()

    assert degraded(client) == ["files"]
    assert alerts() == [
        (
            "A file is gone from this server",
            f"{FILE}. Ask whoever runs this site to restore it, or upload it again and publish.",
        )
    ]


@pytest.mark.parametrize("damaged", [b"<svg", b"", b"\xff\xd8\xff\xe0 no picture"])
def test_damaged_picture_is_left_out_and_reported(client: Client, damaged: bytes) -> None:
    edition = pictured()
    default_storage.save(FILE, ContentFile(damaged))

    assert current_pdf(edition).read().startswith(b"%PDF-")

    assert "guides" in degraded(client)
    assert stored_pdfs() == []


def test_fault_is_recorded_once_an_hour(django_assert_num_queries: Any) -> None:
    edition = pictured()
    current_pdf(edition)
    first = GuideFault.objects.get()
    current_pdf(edition)
    assert GuideFault.objects.get().at == first.at
    GuideFault.objects.update(at=timezone.now() - timezone.timedelta(hours=2))

    current_pdf(edition)

    assert GuideFault.objects.get().at > first.at


def test_day_old_faults_are_not_reported(client: Client) -> None:
    current_pdf(pictured())
    default_storage.save(FILE, ContentFile(DRAWING))
    GuideFault.objects.update(at=timezone.now() - timezone.timedelta(days=2))

    assert degraded(client) == []


def age_of_attempts(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    now = time.time
    monkeypatch.setattr(
        "django.core.cache.backends.locmem.time", SimpleNamespace(time=lambda: now() + seconds)
    )


def test_incomplete_guide_is_built_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    edition = pictured()
    built = guides_built(monkeypatch)
    expired: list[None] = []
    monkeypatch.setattr(storage.caching, "expire", lambda: expired.append(None))

    sent = [guide_pdf(edition=edition, profile="stiff", paper="a4") for _ in range(3)]

    assert len({pdf.etag for pdf in sent}) == 1
    assert (built, len(expired)) == (["a4"], 1)
    guide_pdf(edition=edition, profile="stiff", paper="letter")
    assert built == ["a4", "letter"]
    age_of_attempts(monkeypatch, storage.INCOMPLETE_SECONDS + 1)
    guide_pdf(edition=edition, profile="stiff", paper="a4")
    assert built == ["a4", "letter", "a4"]


def test_restored_picture_triggers_a_rebuild(monkeypatch: pytest.MonkeyPatch) -> None:
    edition = pictured()
    built = guides_built(monkeypatch)
    current_pdf(edition)
    default_storage.save(FILE, ContentFile(DRAWING))

    whole = current_pdf(edition)

    assert (built, stored_pdfs()) == (["a4", "a4"], [Path(whole.name).name])


# Guides that can't be built


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Makes rendering fail for guides with pictures, or with one of these words in their titles or
    practice. (No input is known that the compiler always refuses.)"""
    refused: list[str] = []
    render = pdf_render.render

    def render_or_refuse(content: GuideContent, **options: Any) -> bytes:
        shown = f"{content.title} {options['practice'].name}"
        if any(options["pictures"].values()) or any(word in shown for word in refused):
            raise pdf_render.UnbuildableError("it stumbles")
        return render(content, **options)

    monkeypatch.setattr(pdf_render, "render", render_or_refuse)
    return refused


def test_pictures_that_break_the_build_are_left_out(refusing: list[str]) -> None:
    edition = pictured()
    default_storage.save(FILE, ContentFile(DRAWING))

    assert current_pdf(edition).read().startswith(b"%PDF-")
    assert GuideFault.objects.get().left_out == [FILE]
    assert stored_pdfs() == []


def test_download_of_unbuildable_pdf_redirects_to_page(
    refusing: list[str], client: Client, delivery: Delivery
) -> None:
    assert delivery.link is not None
    refusing.append(selectors.guide_content(delivery.link.edition).title)
    page = f"/guide/{signed_links.guide_token(delivery.link)}/"

    response = client.get(f"{page}download/?paper=letter", follow=True)

    assert (response.status_code, response.redirect_chain) == (200, [(f"{page}?pdf=later", 303)])
    assert "make the PDF just now" in response.content.decode()
    assert "guides" in degraded(client)
    [(_, text)] = alerts()
    assert text.startswith("Its PDF can't be made (it stumbles). Runners get it in another form")


def test_unbuildable_guide_is_tried_once_a_minute(
    refusing: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = GuideEditionFactory.create()
    title = selectors.guide_content(edition).title
    refusing.append(title)
    built = guides_built(monkeypatch)

    for _ in range(3):
        with pytest.raises(pdf_render.UnbuildableError, match="it stumbles"):
            current_pdf(edition)

    assert built == ["a4"]
    refusing.remove(title)
    age_of_attempts(monkeypatch, storage.INCOMPLETE_SECONDS + 1)
    assert current_pdf(edition).name


def test_practice_that_breaks_guides_is_not_saved(
    refusing: list[str], admin_client: Client
) -> None:
    GuideEditionFactory.create()
    refusing.append("Odd Practice")

    response = practice_post(admin_client, name="Odd Practice")

    [error] = response.context["adminform"].form.non_field_errors()
    assert error.endswith("Its PDF can't be made: it stumbles")
    assert assessments.selectors.practice().name == "RunFit"


@pytest.mark.django_db(transaction=True)
def test_saving_the_practice_builds_pdfs_outside_a_transaction(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite, a transaction would block runners until all PDFs are built."""
    GuideEditionFactory.create()
    within = transactions_of_builds(monkeypatch)
    photo = SimpleUploadedFile("me.jpg", pictures.from_phone("JPEG", 6))

    practice_post(admin_client, name="Hill Practice", photo=photo, photo_alt="Me")

    assert within == [False]
    saved = Practice.objects.get()
    assert (saved.name, bool(saved.photo)) == ("Hill Practice", True)


def test_saving_the_practice_builds_one_pdf(
    default_content: None, admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every guide shows the practice in the same places. The others are built when asked for."""
    built = builds_checked(monkeypatch)

    practice_post(admin_client, name="Hill Practice")

    [edition] = selectors.editions_live()
    first, *_others = selectors.guide_content(edition).profiles
    assert built == [(first.key, "a4")]


def test_invalid_practice_form_builds_no_pdf(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    GuideEditionFactory.create()
    within = transactions_of_builds(monkeypatch)
    at = reverse(PRACTICE)
    opened = open_page(admin_client, at)
    Practice.objects.update(name="Theirs")

    response = post(admin_client, at, opened, name="Mine")

    assert "name" in response.context["adminform"].form.errors
    assert within == []


def test_practice_changed_during_checks_can_be_saved_again(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(practice: Practice, fresh: object) -> list[Any]:
        Practice.objects.update(credentials="DPT")
        return []

    monkeypatch.setattr("assessments.hooks.practice_checks", [meanwhile])

    response = practice_post(admin_client, name="Mine")
    [error] = response.context["adminform"].form.non_field_errors()
    practice_post(admin_client, name="Mine")

    assert error.startswith("Someone else saved this page")
    saved = Practice.objects.get()
    assert (saved.name, saved.credentials) == ("Mine", "DPT")


def test_unprintable_logo_is_not_saved(refusing: list[str], admin_client: Client) -> None:
    edition = GuideEditionFactory.create()
    logo = SimpleUploadedFile("logo.png", pictures.from_phone("PNG", 1))

    response = practice_post(admin_client, logo=logo, logo_alt="A hill")

    assert response.context["adminform"].form.non_field_errors() == [
        f"“{edition.guide}”: A new picture can't be printed in it. Save it as PNG and upload that."
    ]
    assert not default_storage.exists("practice")


def test_failed_preview_is_reported(
    refusing: list[str], default_content: None, admin_client: Client
) -> None:
    guide = Guide.objects.get()
    refusing.append(guide.title)
    profile = selectors.guide_content(selectors.editions_live()[0]).profiles[0].key

    at = reverse("admin:guides_guide_look", args=[guide.pk, profile, "a4"])
    response = admin_client.get(at, follow=True)

    assert "The PDF of this guide can&#x27;t be made: it stumbles" in response.content.decode()


def test_compiler_panic_raises_unbuildable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class PanicException(BaseException):
        pass

    def panic(*args: Any, **options: Any) -> None:
        raise PanicException("index out of bounds")

    monkeypatch.setattr(pdf_render.typst, "Compiler", panic)

    with pytest.raises(pdf_render.UnbuildableError, match="index out of bounds"):
        current_pdf(GuideEditionFactory.create())


def test_invalid_compiler_input_raises_unbuildable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pdf_render, "_templates", lambda: {"main.typ": b"\xff"})

    with pytest.raises(pdf_render.UnbuildableError):
        current_pdf(GuideEditionFactory.create())


def test_missing_glyphs_in_practice_name_are_reported(admin_client: Client) -> None:
    response = practice_post(admin_client, name="走る")

    messages = [str(message) for message in response.context["messages"]]
    assert any("can't show “走る” and prints boxes" in message for message in messages)


# Repair


def test_repair_restores_default_pictures_and_converts_old_ones(
    default_content: None, client: Client
) -> None:
    edition = selectors.editions_live()[0]
    profile = selectors.guide_content(edition).profiles[0].key
    gone = ExercisePicture.objects.values_list("picture", flat=True)
    for name in gone:
        default_storage.delete(name)
    old = default_storage.save("practice/me.jpg", ContentFile(pictures.from_phone("JPEG", 6)))
    Practice.objects.create(photo=old, photo_alt="Me")
    caching.clear()
    guide_pdf(edition=edition, profile=profile, paper="a4")
    assert degraded(client) == ["guides", "files"]

    messages = files_repair(folder=samples.CONTENT)

    assert messages == [
        f"Brought back {len(gone)} of the pictures that RunFit comes with.",
        "Made practice/me.jpg ready to be shown.",
    ]
    assert degraded(client) == []
    with default_storage.open(old) as file:
        assert b"Exif" not in file.read()
    whole = guide_pdf(edition=edition, profile=profile, paper="a4")
    [(_, photo)] = printed(whole.read())
    assert pictures.alike(pictures.corners_of(photo), pictures.CORNERS)
    assert files_repair(folder=samples.CONTENT) == []


def test_repair_reports_an_invalid_picture(default_content: None) -> None:
    old = default_storage.save("practice/logo.tiff", ContentFile(b"II*\0 no picture"))
    Practice.objects.create(logo=old, logo_alt="A hill")
    caching.clear()

    [message] = files_repair(folder=samples.CONTENT)

    assert message.startswith(f"{old} cannot be shown: This file isn't a picture")


def test_repair_deletes_outdated_guides() -> None:
    edition = GuideEditionFactory.create()
    old = current_pdf(edition)
    Practice.objects.create(name="Hill Practice")
    caching.clear()
    new = current_pdf(edition)
    files_repair(folder=samples.CONTENT)
    assert len(stored_pdfs()) == 2  # one may still be in use
    two_days_ago = time.time() - 2 * 24 * 3600
    for stored in (old, new):
        os.utime(default_storage.path(stored.name), (two_days_ago, two_days_ago))

    files_repair(folder=samples.CONTENT)

    assert stored_pdfs() == [Path(new.name).name]
    assert default_storage.listdir("guides/marks")[1] == [Path(new.name).stem]


def test_stale_cached_photo_is_no_fault() -> None:
    """Another process replaced it, while this one still caches the old practice."""
    edition = GuideEditionFactory.create()
    practice = Practice.objects.create(photo="practice/old.jpg", photo_alt="Me")
    caching.clear()
    assert assessments.selectors.practice().photo.name == "practice/old.jpg"
    Practice.objects.filter(pk=practice.pk).update(
        photo=default_storage.save("practice/new.jpg", ContentFile(pictures.from_phone("JPEG", 6)))
    )

    sent = guide_pdf(edition=edition, profile="stiff", paper="a4")

    assert len([*printed(sent.read())]) == 1
    assert not GuideFault.objects.exists()
