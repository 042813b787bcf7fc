"""Loading, checking, publishing, exporting, and building guides."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks

from assessments.models import Assessment, Practice
from assessments.publishing.pipeline import PublishRefused
from assessments.publishing.services import assessment_check
from assessments.selectors import edition_definition
from guides import selectors
from guides.content import ContentError, Why, parse_content
from guides.models import (
    Exercise,
    Guide,
    GuideEdition,
    Plan,
    PlanBlock,
    PlanStep,
    SharedRules,
)
from guides.pdf import storage
from guides.pdf.file_integrity import file_store
from guides.pdf.render import PlanMissingError, UnbuildableError
from guides.pdf.storage import guide_pdf, guide_render
from guides.publishing.library import LoadReport, exercises_load, library_export
from guides.publishing.restore import guide_edition_restore
from guides.publishing.services import (
    assessment_guides_check,
    content_export,
    guide_compile,
    guide_edition_changes,
    guide_edition_sign,
    guide_export,
    guide_load,
    guide_overview,
    guide_publish,
    guide_restore_changes,
)
from guides.publishing.validation import guide_builds_check
from runfit.lib import caching
from tests.assessments.factories import AssessmentFactory, EditionFactory, ProfileFactory
from tests.guides import samples
from tests.guides.factories import (
    ExerciseFactory,
    ExercisePictureFactory,
    GuideEditionFactory,
    GuideFactory,
    PlanBlockFactory,
    PlanFactory,
    PlanStepFactory,
    SharedRulesFactory,
)
from tests.guides.pdf.builds import builds_checked

pytestmark = pytest.mark.django_db


@pytest.fixture
def check() -> Assessment:
    """A self-check with the result type of the sample plan."""
    assessment = AssessmentFactory.create(slug="small-check")
    ProfileFactory.create(assessment=assessment, key="stiff", title="Stiff hips")
    return assessment


@pytest.fixture
def guide(check: Assessment) -> Guide:
    """A guide published once."""
    exercises_load(data=samples.library(), folder=Path())
    guide_load(data=samples.guide())
    return Guide.objects.get()


def findings_of(guide: Guide) -> list[tuple[str, str, str]]:
    """Findings except missing pictures, since the samples have none."""
    _, findings = guide_overview(guide=guide)
    return [
        (finding.severity, finding.where, finding.message)
        for finding in findings
        if finding.code != "picture_missing"
    ]


def faults_of(load: Any, data: object) -> list[str]:
    with pytest.raises(ContentError) as caught:
        load(data=data)
    return [str(fault) for fault in caught.value.faults]


# Loading


def test_a_library_is_loaded(check: Assessment) -> None:
    report = exercises_load(data=samples.library(), folder=Path())

    assert report == LoadReport(
        made=("2 exercises", "the rules for all exercises", "1 plan"), left=()
    )
    assert list(Exercise.objects.values_list("key", "order")) == [("rock", 1), ("bridge", 2)]
    assert Plan.objects.get().profile == check.profiles.get()


def test_existing_rows_are_left_alone(check: Assessment) -> None:
    exercises_load(data=samples.library(), folder=Path())
    Exercise.objects.update(name="Mine")

    report = exercises_load(data=samples.library(), folder=Path())

    assert report == LoadReport(
        made=(),
        left=(
            "exercise “rock”",
            "exercise “bridge”",
            "the rules for all exercises",
            "plan “stiff”",
        ),
    )
    assert set(Exercise.objects.values_list("name", flat=True)) == {"Mine"}


def test_new_exercises_come_last(check: Assessment) -> None:
    ExerciseFactory.create(key="rock", order=7)

    exercises_load(data=samples.library(), folder=Path())

    assert list(Exercise.objects.values_list("key", "order")) == [("rock", 7), ("bridge", 8)]


def test_plan_without_result_type_is_reported_with_other_faults() -> None:
    data = samples.library()
    data["exercises"][0]["sets"] = 3

    assert faults_of(partial(exercises_load, folder=Path()), data) == [
        "exercises[0].sets: “sets” is not known here. Remove or correct it.",
        "plans.stiff: no result type has this key. Load its self-check first.",
    ]
    assert not Exercise.objects.exists()


def test_ambiguous_plan_key_is_refused(check: Assessment) -> None:
    ProfileFactory.create(key="stiff")

    assert faults_of(partial(exercises_load, folder=Path()), samples.library()) == [
        "plans.stiff: more than one self-check has this result type. Write self-check/key."
    ]


def test_plan_key_with_self_check_is_loaded(check: Assessment) -> None:
    ProfileFactory.create(key="stiff")
    data = samples.library() | {"plans": {"small-check/stiff": samples.PLAN}}

    exercises_load(data=data, folder=Path())

    assert Plan.objects.get().profile.assessment == check
    assert list(json.loads(library_export())["plans"]) == ["small-check/stiff"]


def test_two_plans_for_one_result_type_are_refused(check: Assessment) -> None:
    data = samples.library()
    data["plans"]["small-check/stiff"] = samples.PLAN

    assert faults_of(partial(exercises_load, folder=Path()), data) == [
        "plans.small-check/stiff: another plan is for the same result type."
    ]


def test_a_guide_is_loaded_and_published(check: Assessment) -> None:
    exercises_load(data=samples.library(), folder=Path())

    report = guide_load(data=samples.guide())

    assert report.made == ("guide “small-guide”, version 1",)
    edition = GuideEdition.objects.get()
    assert (edition.number, edition.note) == (1, "As loaded from its file.")


def test_existing_guide_is_left_alone(guide: Guide) -> None:
    assert guide_load(data=samples.guide()).left == ("guide “small-guide”",)
    assert GuideEdition.objects.count() == 1


def test_guide_language_with_region_is_refused(check: Assessment) -> None:
    assert faults_of(guide_load, samples.guide() | {"language": "pt-BR"}) == [
        "language: Two or three small letters, such as en."
    ]
    assert not Guide.objects.exists()


def test_guide_requires_its_self_check() -> None:
    assert faults_of(guide_load, samples.guide()) == [
        "assessment: there is no self-check “small-check”. Load it first."
    ]


def test_unpublishable_guide_is_not_loaded(check: Assessment) -> None:
    with pytest.raises(PublishRefused, match="shared_rules: is missing"):
        guide_load(data=samples.guide())

    assert not Guide.objects.exists()


# Compiling and publishing


def test_edition_includes_plans_and_exercises(guide: Guide) -> None:
    profile = guide.assessment.profiles.get()
    expected = samples.edition()
    expected["profiles"][0] |= {
        "first_step": profile.first_step,
        "see_someone_if": profile.see_someone_if,
    }

    assert guide_compile(guide=guide) == parse_content(expected)
    assert selectors.guide_content(guide.editions.get()) == parse_content(expected)


def test_exercises_are_ordered_by_phase_and_library_order(guide: Guide) -> None:
    Exercise.objects.filter(key="bridge").update(order=0)
    ExerciseFactory.create(key="unused")

    compiled = guide_compile(guide=guide)

    assert [exercise.id for exercise in compiled.exercises] == ["rock", "bridge"]


def test_compile_query_count_is_constant() -> None:
    guide = GuideFactory.create()
    SharedRulesFactory.create()

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            guide_compile(guide=guide)
        return len(captured)

    profile = ProfileFactory.create(assessment=guide.assessment)
    PlanStepFactory.create(block__plan__profile=profile)
    with_one = queries()
    for _ in range(3):
        profile = ProfileFactory.create(assessment=guide.assessment)
        block = PlanBlockFactory.create(plan__profile=profile)
        for step in PlanStepFactory.create_batch(3, block=block):
            ExercisePictureFactory.create_batch(2, exercise=step.exercise)

    assert queries() == with_one == 12


def test_why_is_copied_from_the_live_self_check(guide: Guide) -> None:
    first = GuideEdition.objects.get()
    why = {"title": "What may be going on", "text": "It tightens.\n\nIt eases off."}
    definition = json.loads(EditionFactory.definition) | {"why": why}
    EditionFactory.create(assessment=guide.assessment, definition=json.dumps(definition))
    caching.clear()

    status, _ = guide_overview(guide=guide)
    edition = guide_publish(guide=guide, user=None)

    assert [str(change) for change in status.changes] == [
        f"The why, from the self-check, {part} is now “{text}”."
        for part, text in (("title", why["title"]), ("text", "It tightens. It eases off."))
    ]
    assert selectors.guide_content(first).why is None
    assert selectors.guide_content(edition).why == Why(**why)


def test_publishing_again_creates_the_next_edition(guide: Guide, admin_user: Any) -> None:
    Guide.objects.update(title="Better")

    edition = guide_publish(guide=guide, user=admin_user, note="Title", reviewed_by="Dr. Hill")

    assert (edition.number, edition.published_by, edition.note, edition.reviewed_by) == (
        2,
        admin_user,
        "Title",
        "Dr. Hill",
    )
    assert selectors.guide_content(edition).title == "Better"


def test_only_pdfs_of_changed_result_types_are_built(
    guide: Guide, check: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What all share is in the same places of each PDF, so one result type's tell of it."""
    other = PlanFactory.create(profile=ProfileFactory.create(assessment=check, key="weak"))
    block = PlanBlockFactory.create(plan=other)
    PlanStepFactory.create(block=block, exercise=ExerciseFactory.create(key="march"))

    def built_after(change: Callable[[], object]) -> set[str]:
        built = builds_checked(monkeypatch)
        change()
        guide_publish(guide=guide, user=None)
        return {profile for profile, _paper in built}

    assert [
        built_after(lambda: None),
        built_after(lambda: Guide.objects.update(title="Better")),
        built_after(lambda: Plan.objects.filter(pk=other.pk).update(title="More")),
        built_after(lambda: Exercise.objects.filter(key="march").update(cues="Breathe")),
        built_after(lambda: Exercise.objects.update(target="Ankles")),
    ] == [{"weak"}, {"stiff"}, {"weak"}, {"weak"}, {"stiff", "weak"}]


def test_unchanged_draft_is_not_published(guide: Guide) -> None:
    with pytest.raises(PublishRefused) as caught:
        guide_publish(guide=guide, user=None)

    assert str(caught.value) == (
        "guide: Nothing has changed since version 1, so there's nothing to publish."
    )


def while_it_is_built(monkeypatch: pytest.MonkeyPatch, change: Callable[[], object]) -> None:
    def build(**options: Any) -> Any:
        change()
        return guide_builds_check(**options)

    monkeypatch.setattr("guides.publishing.services.guide_builds_check", build)


def test_nothing_is_locked_while_pdfs_are_built(
    guide: Guide, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Publishing takes seconds; on SQLite, such a long transaction would block runners."""
    depths = [len(connection.savepoint_ids)]
    while_it_is_built(monkeypatch, lambda: depths.append(len(connection.savepoint_ids)))
    Guide.objects.update(title="Better")

    guide_publish(guide=guide, user=None)

    assert depths == [depths[0]] * 2


def test_draft_changed_during_the_build_is_refused(
    guide: Guide, monkeypatch: pytest.MonkeyPatch
) -> None:
    Guide.objects.update(title="Better")
    while_it_is_built(monkeypatch, lambda: Exercise.objects.update(cues="Breathe"))

    with pytest.raises(PublishRefused, match="The draft changed while we checked it"):
        guide_publish(guide=guide, user=None)
    assert guide.editions.count() == 1


def test_changed_exercise_makes_a_new_edition(guide: Guide) -> None:
    Exercise.objects.filter(key="rock").update(cues="Breathe")

    assert guide_publish(guide=guide, user=None).number == 2


def test_upload_makes_a_new_edition(guide: Guide) -> None:
    guide.upload.save("own.pdf", ContentFile(b"%PDF-"))

    edition = guide_publish(guide=guide, user=None)

    assert edition.upload.name == guide.upload.name


def test_changes_mention_the_upload(guide: Guide) -> None:
    def changes_shown() -> list[str]:
        return [str(change) for change in guide_overview(guide=guide)[0].changes]

    guide.upload.save("own.pdf", ContentFile(b"%PDF-"))
    first = changes_shown()
    edition = guide_publish(guide=guide, user=None)
    published = changes_shown()
    guide.upload.save("own.pdf", ContentFile(b"%PDF-1"))
    other = changes_shown()
    guide.upload = ""

    assert [first, published, other, changes_shown()] == [
        ["Your own PDF is new."],
        [],
        ["Your own PDF is another one."],
        ["Your own PDF is gone."],
    ]
    changes = guide_edition_changes(edition=edition)
    assert [*map(str, changes)] == ["Your own PDF is new."]
    Guide.objects.update(upload="")
    edition.refresh_from_db()
    changes = guide_restore_changes(edition=edition)
    assert [*map(str, changes)] == ["Your own PDF is new."]


def test_incomplete_guide_is_refused_with_findings() -> None:
    guide = GuideFactory.create(email=None)
    plan = PlanFactory.create(profile__assessment=guide.assessment, title="Plan")
    PlanBlockFactory.create(plan=plan, last_week=9)
    other = ProfileFactory.create(assessment=guide.assessment, title="Other")
    PlanFactory.create(profile=other)

    assert findings_of(guide) == [
        ("error", "shared_rules", "is missing."),
        ("error", "emails.guide", "is missing."),
        ("error", "profiles[0].plan.blocks[0].exercises", "must not be empty."),
        ("error", "profiles[1].plan.blocks", "must not be empty."),
        ("error", "profiles[0].plan.blocks[0].weeks", "goes past the plan's 2 weeks."),
    ]
    with pytest.raises(PublishRefused):
        guide_publish(guide=guide, user=None)


def test_result_type_without_plan_is_a_warning(guide: Guide) -> None:
    EditionFactory.create(assessment=guide.assessment)

    assert findings_of(guide) == [
        (
            "warning",
            "plans.ready",
            "“Ready to lift” has no plan, so that result offers no guide. Add one.",
        )
    ]


def test_upload_covers_every_result_type(guide: Guide) -> None:
    EditionFactory.create(assessment=guide.assessment)
    name = default_storage.save("guides/uploads/own.pdf", ContentFile(b"%PDF-"))
    Guide.objects.update(upload=name)

    assert findings_of(Guide.objects.get()) == []


def test_missing_upload_is_not_published(guide: Guide) -> None:
    Guide.objects.update(upload="guides/uploads/gone.pdf")
    guide.refresh_from_db()

    with pytest.raises(PublishRefused, match="Your own PDF is missing"):
        guide_publish(guide=guide, user=None)


def test_damaged_upload_is_not_published_again(guide: Guide) -> None:
    name = default_storage.save("guides/uploads/own.pdf", ContentFile(b"%PDF-"))
    Guide.objects.update(upload=name)
    guide.refresh_from_db()
    guide_publish(guide=guide, user=None)
    Path(default_storage.path(name)).write_bytes(b"%PD")

    findings = [finding.code for finding in guide_overview(guide=guide)[1]]

    assert "upload_lost" in findings


def test_placeholder_secret_is_a_warning(guide: Guide) -> None:
    Guide.objects.update(secret_text="[To fill in by the physical therapist]")

    assert findings_of(Guide.objects.get()) == [
        ("warning", "secret.text", "The secret still has the text that asks you to fill it in.")
    ]


def test_signing_changes_only_the_reviewer(guide: Guide) -> None:
    edition = guide.editions.get()

    guide_edition_sign(edition=edition, reviewed_by="Dr. Hill")

    signed = GuideEdition.objects.get()
    assert (signed.reviewed_by, signed.sha256) == ("Dr. Hill", edition.sha256)


# Findings about guides when publishing a self-check


def test_self_check_without_guide_is_a_warning() -> None:
    edition = EditionFactory.create()

    findings = assessment_guides_check(edition.assessment, edition_definition(edition))

    assert [(finding.severity, finding.code) for finding in findings] == [
        ("warning", "guide_missing")
    ]


def test_self_check_with_result_type_without_plan_is_a_warning() -> None:
    edition = EditionFactory.create()
    GuideEditionFactory.create(guide__assessment=edition.assessment)

    findings = assessment_guides_check(edition.assessment, edition_definition(edition))

    assert [(finding.severity, finding.code, finding.where) for finding in findings] == [
        ("warning", "plan_missing", "profiles[1]")
    ]


def test_assessment_check_includes_guide_findings(default_content: None) -> None:
    Plan.objects.filter(profile__key="strength_gap").delete()
    guide_publish(guide=Guide.objects.get(), user=None)
    caching.clear()

    findings = assessment_check(assessment=Assessment.objects.get())

    assert [finding.where for finding in findings if finding.code == "plan_missing"] == [
        "profiles[3]"
    ]


# Exporting


def test_library_export_round_trips(check: Assessment) -> None:
    data = samples.library() | {
        "meta": {"version": "1", "status": "draft"},
        "no_plan": {"zebra": "None.", "ape": "None either."},
    }
    exercises_load(data=data, folder=Path())

    exported = json.loads(library_export())

    assert exported == data
    assert list(exported["no_plan"]) == ["zebra", "ape"]


def test_guide_export_round_trips(guide: Guide) -> None:
    assert json.loads(guide_export(slug="small-guide")) == samples.guide()


@pytest.mark.parametrize("slug", ["exercises", "strength-guide", "tight-hips"])
def test_default_content_export_matches_files(slug: str, default_content: None) -> None:
    file = samples.CONTENT / f"{slug}.json"

    assert content_export(slug=slug).encode() == file.read_bytes()


# Selectors


def test_latest_edition_is_live(guide: Guide) -> None:
    Guide.objects.update(title="Better")
    guide_publish(guide=guide, user=None)

    live = selectors.guide_live_for("small-check")

    assert live is not None
    assert live.number == 2
    assert selectors.guide_live_for("other") is None


def test_the_live_edition_is_cached_for_three_seconds(
    guide: Guide, django_assert_num_queries: Any
) -> None:
    with time_machine.travel("2026-01-01T12:00:00Z", tick=False) as clock:
        selectors.guide_live_for("small-check")
        with django_assert_num_queries(0):
            selectors.guide_live_for("small-check")
        GuideEditionFactory.create(guide=guide, number=2)
        clock.shift(3)

        live = selectors.guide_live_for("small-check")

    assert live is not None
    assert live.number == 2


def test_publishing_clears_the_cache(
    guide: Guide, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    selectors.guide_live_for("small-check")
    Guide.objects.update(title="Better")

    with django_capture_on_commit_callbacks(execute=True):
        guide_publish(guide=guide, user=None)

    live = selectors.guide_live_for("small-check")
    assert live is not None
    assert live.number == 2


def test_guide_is_offered_with_a_plan_or_an_upload() -> None:
    built = GuideEditionFactory.create()
    uploaded = GuideEditionFactory.create(upload="guides/uploads/own.pdf")

    offers = [
        selectors.guide_offers(edition, profile)
        for edition in (built, uploaded)
        for profile in ("stiff", "other")
    ]

    assert offers == [True, False, True, True]


def test_email_text_variables_are_replaced() -> None:
    email = selectors.guide_email_text(GuideEditionFactory.create(), practice="Hill", days=30)

    assert (email.subject, email.body) == (
        "Your guide from Hill",
        ("Here is A small guide.", "It works for 30 days."),
    )


# Stored PDFs


def stored_pdfs() -> list[str]:
    return default_storage.listdir("guides/built")[1]


def test_built_guide_is_reused() -> None:
    edition = GuideEditionFactory.create()

    first = guide_pdf(edition=edition, profile="stiff", paper="a4")
    again = guide_pdf(edition=edition, profile="stiff", paper="a4")

    assert first.content == guide_render(edition=edition, profile="stiff", paper="a4")
    assert (again.name, again.content) == (first.name, b"")
    assert again.read() == first.content
    assert again.etag == first.etag


@pytest.mark.parametrize(
    "change", ["paper", "signature", "practice", "content", "template", "words"]
)
def test_stored_name_depends_on_everything_shown(
    change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = GuideEditionFactory.create()
    guide_pdf(edition=edition, profile="stiff", paper="a4")
    if change == "signature":
        edition.reviewed_by = "Dr. Hill"
    if change == "practice":
        Practice.objects.create(name="Hill Practice")
        caching.clear()
    if change == "content":
        edition.sha256 = "0" * 64
    if change == "template":
        monkeypatch.setattr("guides.pdf.render.template_version", lambda: "another")
    if change == "words":
        monkeypatch.setattr("guides.pdf.build.gettext", lambda text: f"{text} ")

    guide_pdf(edition=edition, profile="stiff", paper="letter" if change == "paper" else "a4")

    assert len(stored_pdfs()) == 2


def test_concurrent_writes_leave_one_complete_file() -> None:
    edition = GuideEditionFactory.create()
    rendered = guide_render(edition=edition, profile="stiff", paper="a4")
    name = storage.built_name(edition, "stiff", "a4")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: file_store(name, rendered), range(32)))

    (left,) = stored_pdfs()
    with default_storage.open(f"guides/built/{left}") as file:
        assert file.read() == rendered


def test_full_disk_does_not_prevent_the_download(settings: LazySettings, tmp_path: Path) -> None:
    edition = GuideEditionFactory.create()
    settings.MEDIA_ROOT = tmp_path / "file"
    (tmp_path / "file").write_text("A file where a folder should be made.")

    pdf = guide_pdf(edition=edition, profile="stiff", paper="a4")

    assert pdf.read().startswith(b"%PDF-")


def test_full_disk_leaves_no_partial_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    edition = GuideEditionFactory.create()
    monkeypatch.setattr("runfit.lib.files.os.fsync", full)

    pdf = guide_pdf(edition=edition, profile="stiff", paper="a4")

    assert pdf.read().startswith(b"%PDF-")
    assert stored_pdfs() == []


def test_upload_replaces_the_built_guide() -> None:
    edition = GuideEditionFactory.create(upload=ContentFile(b"%PDF-own", name="own.pdf"))

    assert guide_pdf(edition=edition, profile="other", paper="a4").read() == b"%PDF-own"


def test_missing_upload_falls_back_to_the_built_guide() -> None:
    edition = GuideEditionFactory.create(upload="guides/uploads/gone.pdf")

    pdf = guide_pdf(edition=edition, profile="stiff", paper="a4")

    assert pdf.read().startswith(b"%PDF-1.7")


def test_result_type_without_plan_has_no_pdf() -> None:
    with pytest.raises(PlanMissingError):
        guide_pdf(edition=GuideEditionFactory.create(), profile="other", paper="a4")


def test_shared_rules_are_a_single_row() -> None:
    SharedRulesFactory.create()

    assert SharedRules.objects.get().pk == SharedRules.get_solo().pk


def test_lone_brace_in_email_is_a_warning(guide: Guide) -> None:
    guide.emails.update(subject="Your guide from {practice")

    assert ("warning", "emails.guide.subject") in [
        (severity, where) for severity, where, _message in findings_of(guide)
    ]
    with pytest.raises(ValidationError, match="There's a stray curly bracket here"):
        guide.emails.get(kind="guide").full_clean()


def test_plan_without_result_type_is_a_warning(guide: Guide) -> None:
    Plan.objects.create(title="Old", weeks=4, start_phase=1, running="Run.")

    message = (
        "The plan “Old” is set aside: its result type was removed. Give it another result type, or "
        "delete it."
    )
    assert ("warning", "guide", message) in findings_of(guide)


@pytest.mark.parametrize("damaged", [b"<svg", None])
def test_guide_with_missing_or_damaged_picture_is_not_published(
    guide: Guide, damaged: bytes | None
) -> None:
    Guide.objects.update(title="Another")
    rock = Exercise.objects.get(key="rock")
    ExercisePictureFactory.create(exercise=rock, picture="pictures/r.svg")
    if damaged:
        default_storage.save("pictures/r.svg", ContentFile(damaged))

    with pytest.raises(PublishRefused) as refused:
        guide_publish(guide=guide, user=None)

    [error] = [finding for finding in refused.value.findings if finding.severity == "error"]
    assert (error.where, error.message) == (
        "exercises[0]",
        "A picture of it is missing or damaged. Upload it again.",
    )


def test_unbuildable_guide_is_not_published(guide: Guide, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(content: object, **options: object) -> bytes:
        raise UnbuildableError("it stumbles")

    Guide.objects.update(title="Another")
    monkeypatch.setattr("guides.pdf.render.render", refuse)

    with pytest.raises(PublishRefused, match=r"profiles\[0\]: Its PDF can't be made: it stumbles"):
        guide_publish(guide=guide, user=None)


def test_missing_glyphs_are_a_warning(guide: Guide) -> None:
    Guide.objects.update(disclaimer="学習用です。", title="Größe, żółw, Ωμέγα, שלום")
    guide.references.create(text="한국어")

    findings = [finding for finding in guide_overview(guide=guide)[1] if finding.code == "boxes"]

    assert [(finding.severity, finding.where) for finding in findings] == [
        ("warning", "references[0].text"),
        ("warning", "disclaimer"),
    ]
    assert "“한국어”" in findings[0].message


def test_missing_glyph_warnings_are_limited(guide: Guide) -> None:
    Guide.objects.update(introduction="\n".join("学" * 9))
    findings = [finding for finding in guide_overview(guide=guide)[1] if finding.code == "boxes"]

    assert len(findings) == 6
    assert findings[-1].message == "The same is true of 4 more texts."


def test_what_is_done_instead_comes_with_the_guide(guide: Guide) -> None:
    last = ExerciseFactory.create(key="last", phase=1)
    Exercise.objects.filter(key="bridge").update(
        skip_for="pregnant", instead=ExerciseFactory.create(key="next", phase=1, instead=last)
    )
    ExerciseFactory.create(key="unused")

    compiled = guide_compile(guide=guide)

    assert [exercise.id for exercise in compiled.exercises] == ["rock", "last", "next", "bridge"]
    assert compiled.exercise("bridge").instead == "next"


def test_restoring_brings_back_who_skips_an_exercise(guide: Guide) -> None:
    rock, bridge = Exercise.objects.order_by("order")
    Exercise.objects.filter(pk=bridge.pk).update(skip_for="pregnant", instead=rock)
    edition = guide_publish(guide=guide, user=None)
    Exercise.objects.update(skip_for="", instead=None)

    assert guide_edition_restore(edition=edition) == []

    bridge.refresh_from_db()
    assert (bridge.skip_for, bridge.instead) == ("pregnant", rock)


def test_changes_name_who_skips_an_exercise(guide: Guide) -> None:
    rock, bridge = Exercise.objects.order_by("order")
    Exercise.objects.filter(pk=bridge.pk).update(skip_for="hip_replacement", instead=rock)

    edition = guide_publish(guide=guide, user=None)

    assert [*map(str, guide_edition_changes(edition=edition))] == [
        "Exercise “Bridge”, left out for is now hip replacement.",
        "Exercise “Bridge”, done instead is now “Rock”.",
    ]


def test_next_plan_comes_with_the_guide_and_back(guide: Guide) -> None:
    plan = Plan.objects.select_related("profile__assessment").get()
    profile = ProfileFactory.create(assessment=plan.profile.assessment, key="strong")
    strong = PlanStepFactory.create(block__plan__profile=profile).block.plan
    Plan.objects.filter(pk=plan.pk).update(next_plan=strong, next_week=2)
    before = guide_compile(guide=guide).plan(plan.profile.key)
    edition = guide_publish(guide=guide, user=None)
    Plan.objects.update(next_plan=None, next_week=None)
    assert "next plan is now “Two weeks”." in str(
        [*map(str, guide_edition_changes(edition=edition))]
    )

    assert guide_edition_restore(edition=edition) == []

    assert (before.next_plan, before.next_week) == ("strong", 2)
    assert guide_compile(guide=guide).plan(plan.profile.key) == before


def test_unknown_safety_item_is_a_warning(guide: Guide) -> None:
    EditionFactory.create(assessment=guide.assessment)
    Exercise.objects.filter(key="bridge").update(skip_for="young\nhip_replacement")

    assert (
        "warning",
        "exercises[1].skip_for",
        "It's left out for “hip replacement”, which the safety list of the self-check doesn't "
        "have. Check for whom it's left out.",
    ) in findings_of(guide)
    assert not any("young" in message for _, _, message in findings_of(guide))


def test_weeks_without_any_exercise_left_are_an_error(guide: Guide) -> None:
    Exercise.objects.update(skip_for="young")

    errors = [finding for finding in findings_of(guide) if finding[0] == "error"]

    assert errors == [
        (
            "error",
            "profiles[0].plan",
            "Some of its weeks have no exercise left for runners who checked “young”. Give an "
            "exercise that they do instead.",
        )
    ]


def test_minutes_that_differ_from_the_doses_are_a_warning(guide: Guide) -> None:
    PlanBlock.objects.update(minutes=10)

    assert findings_of(guide) == [
        (
            "warning",
            "profiles[0].plan",
            "Weeks 1 to 2 say 10 minutes, but their moves, rests, and changes take about 3, "
            "without a warm-up. Change the minutes or the doses.",
        )
    ]


@pytest.mark.parametrize("minutes", [4, 5, 6])
def test_minutes_that_differ_by_a_fifth_are_fine(guide: Guide, minutes: int) -> None:
    PlanStep.objects.filter(exercise__key="bridge").update(dose="4 x 10")

    PlanBlock.objects.update(minutes=minutes)

    assert findings_of(guide) == []


def test_unknown_variable_in_a_text_is_a_warning(guide: Guide) -> None:
    Exercise.objects.filter(key="rock").update(skip_if="Call {emergency}, not {emergancy}.")

    assert findings_of(guide) == [
        (
            "warning",
            "exercises[0].skip_if",
            "“{emergancy}” isn't known here. Only “{emergency}” is.",
        )
    ]
