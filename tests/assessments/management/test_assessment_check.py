"""`manage.py assessment_check`: one finding per line, and a useful exit code."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from assessments.models import Assessment, Case, Profile
from tests.assessments.conftest import CONTENT
from tests.assessments.small import STRETCHES, caring, small


def run(named):
    """The output lines and the exit code."""
    out = io.StringIO()
    try:
        call_command("assessment_check", str(named), stdout=out, stderr=io.StringIO())
    except CommandError:
        return out.getvalue().splitlines(), 1
    return out.getvalue().splitlines(), 0


@pytest.fixture
def written(tmp_path):
    """Write a file with this text or data."""

    def write(content):
        path = tmp_path / "check.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    return write


def test_default_content_has_no_findings():
    assert run(CONTENT) == ([], 0)


def test_all_findings_of_a_file_are_printed(written):
    data = small()
    data["profiles"] = data["profiles"][:1]
    data["safety"]["levels"]["later"] = data["safety"]["levels"]["stop"] | {"rank": 99}

    lines, code = run(written(data))

    assert code == 1
    assert [line.split(": ")[0] for line in lines] == [
        "error no_profile profiles",
        "warning level_unused safety.levels.later",
    ]


def test_cases_are_run(written):
    cases = [STRETCHES, STRETCHES | {"name": "Lifts", "expect": {"profile": "stiff"}}]

    lines, code = run(written(caring(cases=cases)))

    assert code == 1
    assert lines == [
        "error case_failed cases[1]: It comes out differently: "
        "the result type is “Ready to lift” and not “Reach first”."
    ]


def test_warnings_alone_exit_with_zero(written):
    data = small()
    data["safety"]["levels"]["later"] = data["safety"]["levels"]["stop"] | {"rank": 99}

    lines, code = run(written(data))

    assert ([line.split(": ")[0] for line in lines], code) == (
        ["warning level_unused safety.levels.later"],
        0,
    )


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("{", "error format line 1, column 2: is not JSON here"),
        ('{"slug": 1, "slug": 2}', "error format file: cannot be read"),
        ("[]", "error format file: "),
    ],
)
def test_invalid_file_is_reported_as_findings(written, content, line):
    lines, code = run(written(content))

    assert code == 1
    assert lines[0].startswith(line.partition(": ")[0])


def test_unknown_keys_in_rules_are_reported(written):
    data = small()
    data["profiles"][0]["rule"] = [[{"score": "nowhere", "below": 60}]]
    data["questions"][1]["show_if"] = [{"answer": "nobody", "in": ["x"]}]

    lines, code = run(written(data))

    assert code == 1
    assert {line.split(":")[0].split()[1] for line in lines} == {"format"}
    assert any("nowhere" in line for line in lines)
    assert any("nobody" in line for line in lines)


@pytest.mark.django_db
def test_draft_is_checked_with_its_guides(default_content):
    assert run("tight-hips") == ([], 0)
    last = Profile.objects.last()
    last.plan.delete()
    last.conditions.all().delete()
    Case.objects.all().delete()

    lines, code = run("tight-hips")

    assert code == 1
    assert [line.split(": ")[0] for line in lines] == [
        "error no_profile profiles",
        "error profile_unreachable profiles[5].rule",
    ]


@pytest.mark.django_db
def test_incomplete_draft_is_reported():
    Assessment.objects.create(title="Bare", statement="x", safety_intro="x")

    lines, code = run("bare")

    assert code == 1
    assert lines[0].startswith("error incomplete ")


@pytest.mark.django_db
def test_unknown_name_is_an_error():
    with pytest.raises(CommandError, match="There is no self-check “nothing”"):
        call_command("assessment_check", "nothing")
