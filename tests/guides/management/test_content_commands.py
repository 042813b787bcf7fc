import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pypdf import PdfReader

from assessments.models import Assessment
from guides.models import Exercise, Guide, GuideEdition, LoadedContent, Plan
from guides.pdf.build import guide_build
from tests.guides import samples
from tests.guides.shipped import Shipped

pytestmark = pytest.mark.django_db

FILES = [
    str(samples.CONTENT / f"{name}.json") for name in ("strength-guide", "exercises", "tight-hips")
]


def load(*files: object, **options: Any) -> str:
    out = io.StringIO()
    call_command("content_load", *map(str, files), stdout=out, **options)
    return out.getvalue()


def refused(*files: object) -> tuple[str, list[str]]:
    """The command's error, and its messages about the files."""
    err = io.StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("content_load", *map(str, files), stdout=io.StringIO(), stderr=err)
    return str(caught.value), err.getvalue().splitlines()


def export(slug: str) -> str:
    out = io.StringIO()
    call_command("content_export", slug, stdout=out)
    return out.getvalue()


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def make(name: str, data: object) -> Path:
        path = tmp_path / name
        path.write_text(json.dumps(data), encoding="utf-8")
        return path

    return make


def test_files_load_in_any_order() -> None:
    assert load(*FILES).splitlines() == [
        f"{FILES[2]}: loaded self-check “tight-hips”, version 1.",
        f"{FILES[1]}: loaded 24 exercises, the rules for all exercises, 6 plans.",
        f"{FILES[0]}: loaded guide “strength-guide”, version 1.",
    ]


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The result type of each PDF that's built."""
    profiles = []

    def build(**options: Any) -> Any:
        profiles.append(options["profile"])
        return guide_build(**options)

    monkeypatch.setattr("guides.publishing.validation.guide_build", build)
    return profiles


def test_of_what_runfit_comes_with_one_result_types_pdfs_are_built(built: list[str]) -> None:
    load(*FILES)

    assert len({*built}) == 1


def test_all_pdfs_are_built_if_anything_is_of_the_pts_own(
    built: list[str], shipped: Shipped
) -> None:
    LoadedContent.objects.all().delete()
    GuideEdition.objects.all().delete()
    Guide.objects.all().delete()

    built.clear()

    shipped.load()  # beside exercises that are there

    assert {*built} == {*shipped.library["plans"]}
    assert len(built) >= 2 * len({*built})  # on each paper


def test_existing_content_is_left_alone_and_reported(default_content: None) -> None:
    output = load(*FILES)

    assert output.count("there already, left alone: ") == 3
    assert "loaded" not in output
    assert (Assessment.objects.count(), GuideEdition.objects.count()) == (1, 1)


def test_verbosity_zero_is_silent() -> None:
    assert load(*FILES, verbosity=0) == ""


def test_invalid_file_is_not_loaded_and_all_faults_are_reported(write: Any) -> None:
    data = json.loads(Path(FILES[1]).read_text(encoding="utf-8"))
    data["exercises"][0]["phase"] = 9
    data["exercises"][1]["oops"] = 1
    bad = write("bad.json", data)

    summary, lines = refused(bad, FILES[2])

    assert summary == "1 of 2 files could not be loaded."
    assert lines == [
        f"{bad}: nothing of this file was loaded.",
        "  exercises[0].phase: must be a whole number from 1 to 3.",
        "  exercises[1].oops: “oops” is not known here. Remove or correct it.",
    ]
    assert not Exercise.objects.exists()
    assert not Plan.objects.exists()
    assert Assessment.objects.count() == 1


def test_invalid_self_check_is_refused_with_faults(write: Any) -> None:
    bad = write("bad.json", {"questions": [], "slug": "x"})

    summary, lines = refused(bad)

    assert summary == "1 of 1 files could not be loaded."
    assert "  title: is missing." in lines
    assert not Assessment.objects.exists()


def test_self_check_with_errors_is_refused_with_findings(write: Any) -> None:
    data = json.loads(Path(FILES[2]).read_text(encoding="utf-8"))
    data["profiles"] = data["profiles"][:1]
    bad = write("bad.json", data)

    _, lines = refused(bad)

    assert lines[0] == f"{bad}: nothing of this file was loaded."
    assert len(lines) > 1
    assert not Assessment.objects.exists()


def test_unpublishable_guide_is_refused(write: Any) -> None:
    summary, lines = refused(FILES[0], FILES[2])

    assert summary == "1 of 2 files could not be loaded."
    assert lines == [
        f"{FILES[0]}: nothing of this file was loaded.",
        "  shared_rules: is missing.",
    ]
    assert not Guide.objects.exists()


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (
            b"{",
            "line 1, column 2: is not JSON here: Expecting property name enclosed in double quotes.",
        ),
        (b"\xff\xfe", "file: is not UTF-8 text."),
        (
            b"{}",
            "file: must have exactly one of “questions” (assessment), "
            "“exercises” (exercises), “phases” (guide).",
        ),
    ],
)
def test_file_with_unknown_content_is_refused(content: bytes, fault: str, tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(content)

    assert refused(path)[1] == [f"{path}: nothing of this file was loaded.", f"  {fault}"]


def test_missing_file_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "missing.json"

    assert refused(path)[1] == [
        f"{path}: nothing of this file was loaded.",
        "  It cannot be read: No such file or directory.",
    ]


@pytest.mark.parametrize("slug", ["exercises", "strength-guide", "tight-hips"])
def test_export_matches_default_files(slug: str, default_content: None) -> None:
    exported = export(slug)

    assert exported.encode() == (samples.CONTENT / f"{slug}.json").read_bytes()


def test_exported_content_can_be_loaded(
    default_content: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the PDFs of each result type, which are others' to test."""
    monkeypatch.setattr("guides.publishing.services.guide_builds_check", lambda **_: [])
    exported = {slug: export(slug) for slug in ("exercises", "strength-guide", "tight-hips")}
    for slug, text in exported.items():
        (tmp_path / f"{slug}.json").write_text(text, encoding="utf-8")
    for rows in (GuideEdition, Guide, Plan, Exercise):
        rows.objects.all().delete()
    Assessment.objects.get().editions.all().delete()
    Assessment.objects.all().delete()

    load(*sorted(tmp_path.glob("*.json")))

    assert {slug: export(slug) for slug in exported} == exported


def test_unknown_slug_is_reported() -> None:
    with pytest.raises(CommandError, match="no self-check and no guide “nothing”"):
        export("nothing")


def test_incomplete_library_is_reported() -> None:
    with pytest.raises(CommandError, match=r"“exercises” is not complete:\nshared_rules: is miss"):
        export("exercises")


def render(tmp_path: Path, *arguments: str) -> tuple[str, Path]:
    out, path = io.StringIO(), tmp_path / "guide.pdf"
    call_command("guide_render", *arguments, "--out", str(path), stdout=out)
    return out.getvalue(), path


def test_guide_render_reports_time_and_size(default_content: None, tmp_path: Path) -> None:
    output, path = render(
        tmp_path, "strength-guide", "--profile", "mobility_first", "--paper", "letter"
    )

    cost = re.fullmatch(r"(\d+) ms, (\d+) bytes\n", output)
    assert cost is not None
    assert int(cost[2]) == path.stat().st_size
    assert round(PdfReader(path).pages[0].mediabox.width) == 612


@pytest.mark.parametrize(
    ("slug", "profile", "error"),
    [
        ("nothing", "mobility_first", "There is no published guide “nothing”."),
        (
            "strength-guide",
            "nobody",
            "No plan for “nobody”. There are: fresh_load, mobility_first, activation_first, "
            "strength_gap, persistent_unclear, ready_maintain.",
        ),
    ],
)
def test_unknown_guide_or_profile_is_reported(
    slug: str, profile: str, error: str, default_content: None, tmp_path: Path
) -> None:
    with pytest.raises(CommandError) as caught:
        render(tmp_path, slug, "--profile", profile)

    assert str(caught.value) == error


def test_unwritable_output_path_is_reported(default_content: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written: No such file or directory"):
        render(tmp_path / "missing", "strength-guide", "--profile", "mobility_first")
