"""`manage.py answers_export`."""

import io
import stat
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from auditlog.models import LogEntry
from django.core.management import CommandError, call_command

from assessments.management import exporting
from assessments.models import Submission
from assessments.submissions.export import AnswersExportRows, DayRange, answers_export
from tests.assessments.factories import SubmissionFactory
from tests.assessments.small import edition_of, small

pytestmark = pytest.mark.django_db


@pytest.fixture
def check():
    edition = edition_of(small())
    for month in (3, 4):
        made = SubmissionFactory(edition=edition)
        Submission.objects.filter(pk=made.pk).update(
            created_at=datetime(2026, month, 9, tzinfo=UTC)
        )
    return edition.assessment


def run(*arguments):
    out, progress = io.StringIO(), io.StringIO()
    call_command("answers_export", *arguments, stdout=out, stderr=progress)
    return out.getvalue(), progress.getvalue()


def table(check, days=None, written="labels"):
    return "".join(answers_export(answers=AnswersExportRows(check, days or DayRange(), written)))


def test_output_equals_the_desk_download(check):
    assert run("--check", "small") == (table(check), "2 rows.\n")
    assert run("--check", "small", "--labels")[0] == table(check)
    assert run("--check=small", "--keys")[0] == table(check, written="keys")


def test_day_range_is_respected(check):
    out, progress = run("--check", "small", "--from", "2026-04-01", "--to", "2026-04-09")

    assert progress == "1 row.\n"
    assert out.count("\r\n") == 2


def test_file_is_written_atomically_and_readable_only_by_its_owner(check, tmp_path):
    file = tmp_path / "answers.csv"
    file.write_text("of yesterday")

    assert run("--check", "small", "--out", str(file)) == ("", "2 rows.\n")

    assert file.read_bytes() == table(check).encode()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [*tmp_path.iterdir()] == [file]


@pytest.mark.parametrize("fault", [RuntimeError, KeyboardInterrupt])
def test_interrupted_export_keeps_the_old_file(check, tmp_path, monkeypatch, fault):
    def row(self, columns, _since_first):
        raise fault

    monkeypatch.setattr("assessments.submissions.export.Table.row", row)
    file = tmp_path / "answers.csv"
    file.write_text("of yesterday")

    with pytest.raises((RuntimeError, CommandError)):
        run("--check", "small", "--out", str(file))

    assert file.read_text() == "of yesterday"
    assert [*tmp_path.iterdir()] == [file]
    assert LogEntry.objects.latest("pk").object_repr.endswith("stopped after 0 rows")


def test_progress_is_printed(check, monkeypatch):
    monkeypatch.setattr(exporting, "PROGRESS_INTERVAL", 0.0)
    monkeypatch.setattr("runfit.lib.csv_export.BATCH", 1)

    _out, progress = run("--check", "small")

    assert progress.splitlines() == ["1 of about 2 rows", "2 of about 2 rows", "2 rows."]


def test_export_is_in_the_audit_log(check):
    run("--check", "small")

    entry = LogEntry.objects.get(object_pk="export")
    assert entry.actor is None
    assert entry.object_repr == "answers to “Small check” of all days, in words: 2 rows"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--check", "none"], "There is no self-check “none”."),
        (
            ["--check", "small", "--from", "2026-04-02", "--to", "2026-04-01"],
            "The last day is before the first.",
        ),
        (["--check", "small", "--from", "April"], "argument --from: invalid fromisoformat value"),
        (["--check", "small", "--keys", "--labels"], "not allowed with argument"),
        ([], "required: --check"),
        (
            ["--check", "small", "--out", "/nowhere/at/all.csv"],
            "/nowhere/at/all.csv cannot be written: No such file or directory.",
        ),
    ],
)
def test_invalid_arguments_are_rejected(check, arguments, message):
    with pytest.raises(CommandError, match=message.replace(".", r"\.")):
        run(*arguments)

    assert not LogEntry.objects.filter(object_pk="export")


def test_exit_code_is_one_on_error(tmp_path):
    process = subprocess.run(
        [sys.executable, "manage.py", "answers_export", "--check", "none"],
        env={"VAR_DIR": str(tmp_path)}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert process.returncode == 1
    assert process.stdout == ""
