"""The CSV export of submissions."""

import gc
import tracemalloc
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from assessments import hooks
from assessments.models import Edition, Submission
from assessments.submissions.export import (
    AnswersExportRows,
    DayRange,
    answers_about,
    answers_export,
)
from runfit.lib import caching, csv_export
from tests.assessments.factories import SubmissionFactory
from tests.assessments.small import edition_of, small, with_tried

pytestmark = pytest.mark.django_db

WHEN = datetime(2026, 3, 28, 23, 30, 5, 999, tzinfo=UTC)
STOPPED = {"safety_level": "stop", "profile": None, "dimensions": None, "total": None}


@pytest.fixture(autouse=True)
def _madrid(settings):
    settings.TIME_ZONE = "Europe/Madrid"


def answered(edition, number=1, at=WHEN, **columns):
    """A submission with a known primary key."""
    made = SubmissionFactory(pk=number, edition=edition, **columns)
    Submission.objects.filter(pk=made.pk).update(created_at=at)
    return made


COLUMNS = "edition_id, answers, safety, result, safety_level, profile, total, source, created_at"
COPY = f"""
WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < %s)
INSERT INTO assessments_submission (token, {COLUMNS})
SELECT 'copy' || id || '-' || n, {COLUMNS} FROM series, assessments_submission WHERE id = %s
"""


def many(edition, number):
    """Create many copies of a submission."""
    first = SubmissionFactory(edition=edition)
    with connection.cursor() as cursor:
        cursor.execute(COPY, [number - 1, first.pk])


def export(assessment, days=None, written="labels", **more):
    return answers_export(
        answers=AnswersExportRows(assessment, days or DayRange(), written), **more
    )


def table(*arguments, **more):
    return "".join(export(*arguments, **more))


def last_log_entry():
    return LogEntry.objects.latest("pk").object_repr


@pytest.fixture
def two_editions():
    """The second edition has other texts, other questions, and a scale below zero."""
    first = edition_of(small())
    data = small(title="Small check")
    touch, pain, lifts, _bridge = data["questions"]
    touch["text"] = 'How far, "really"?\nTry it.'
    touch["choices"][0]["label"] = "=HYPERLINK(1)"
    touch["choices"][1]["label"] = "sí 🏃, to my\r\ntoes"
    lifts["text"] = "-What do you lift?"
    pain |= {"minimum": -5}
    pain["bands"][0]["from"] = -5
    data["questions"] = [lifts | {"show_if": []}, touch, pain]
    data["safety"]["items"][1]["text"] = "@I am young."
    data["profiles"][1]["title"] = "+Ready"
    second = edition_of(data, 2)
    Edition.objects.filter(pk=second.pk).update(
        recalled_at=WHEN, recall_reason="=The reach counted twice."
    )
    answered(
        first, 9000011, answers={"touch": "knee", "pain": 4, "lifts": "nothing", "bridge": "back"}
    )
    answered(
        second,
        9000012,
        at=WHEN + timedelta(hours=2),
        answers={"touch": "toes", "pain": -3, "lifts": "weights"},
        safety=["fall", "young"],
        safety_level="wait",
        source="-spring.2026",
    )
    answered(
        second,
        9000013,
        answers={"touch": "knee"},
        safety=["fall"],
        safety_level="stop",
        profile="",
        total=None,
        result=STOPPED,
    )
    return second.assessment


def test_csv_with_labels_is_exact(two_editions):
    assert (
        table(two_editions).encode()
        == (
            "\ufeffAnswers,Adds checks to,Retakes,Since the first time,Sessions done,Sessions in the plan,Time (UTC),Local time (Europe/Madrid),Version,Version was wrong,Came from,Safety level,Safety list,"
            "Result type,Score: Reach,Score: Power,Total,'-What do you lift?,"
            '"How far, ""really""?\nTry it.",How much does it hurt?,Where do you feel the bridge?\r\n'
            "9000011,,,,,,2026-03-28 23:30:05,2026-03-29 00:30:05,1,,,,None of these,Ready to lift,"
            "100,,100,Nothing,My knees,4,My back\r\n"
            "9000012,,,,,,2026-03-29 01:30:05,2026-03-29 03:30:05,2,'=The reach counted twice.,'-spring.2026,Ask first,I had a fall. | @I am young.,"
            '\'+Ready,100,,100,Weights,"sí 🏃, to my\r\ntoes",-3,\r\n'
            "9000013,,,,,,2026-03-28 23:30:05,2026-03-29 00:30:05,2,'=The reach counted twice.,,Get help now,I had a fall.,,,,,,"
            "'=HYPERLINK(1),,\r\n"
        ).encode()
    )


def test_csv_with_keys_is_exact(two_editions):
    assert table(two_editions, written="keys").encode() == (
        b"\xef\xbb\xbfanswers,adds_checks_to,retakes,since_first,sessions_done,sessions_planned,time_utc,time_local,version,version_was_wrong,source,safety_level,safety,profile,"
        b"score.reach,score.power,total,answer.lifts,answer.touch,answer.pain,answer.bridge\r\n"
        b"9000011,,,,,,2026-03-28 23:30:05,2026-03-29 00:30:05,1,,,,none,ready,"
        b"100,,100,nothing,knee,4,back\r\n"
        b"9000012,,,,,,2026-03-29 01:30:05,2026-03-29 03:30:05,2,'=The reach counted twice.,'-spring.2026,wait,fall | young,ready,"
        b"100,,100,weights,toes,-3,\r\n"
        b"9000013,,,,,,2026-03-28 23:30:05,2026-03-29 00:30:05,2,'=The reach counted twice.,,stop,fall,,,,,,knee,,\r\n"
    )


@pytest.mark.parametrize(
    ("written", "cell"),
    [("labels", "'=Stretching | A foam roller"), ("keys", "stretching | rolling")],
)
def test_several_answers_are_in_one_cell(written, cell):
    data = with_tried()
    data["questions"][-1]["choices"][0] |= {"label": "=Stretching"}
    edition = edition_of(data)
    answered(edition, 1, answers={"tried": ["stretching", "rolling"]})

    _header, row = table(edition.assessment, written=written).splitlines()

    assert row.endswith(f",{cell}")


def test_added_checks_and_retests_say_whose_answers_they_go_with():
    first = answered(edition_of(small()), 1)
    answered(first.edition, 2, added_to=first)
    answered(first.edition, 3, retest_of=first)

    _header, *rows = table(first.edition.assessment).splitlines()

    columns = [row.split(",")[:3] for row in rows]
    assert columns == [["1", "", ""], ["2", "1", ""], ["3", "", "1"]]


@pytest.mark.parametrize(("written", "same"), [("labels", "about the same"), ("keys", "same")])
def test_retakes_say_how_it_went_since_the_first_time(written, same):
    """Each visit once, by the answers that count; one of the same day is no other visit."""
    first = answered(edition_of(small()), 1, answers={"touch": "knee", "pain": 5})
    pains = [(2, 0, 0), (3, 30, 2), (4, 45, 5), (5, 45, 4), (6, 60, 7)]
    for number, days, pain in pains:
        answered(
            first.edition,
            number,
            at=WHEN + timedelta(days=days),
            answers={"touch": "knee", "pain": pain},
            retest_of=first,
        )
    Submission.objects.filter(pk=2).update(answers={"touch": "knee", "pain": 4})

    _header, *rows = table(first.edition.assessment, written=written).splitlines()

    assert [row.split(",")[3] for row in rows] == ["", "", "better", "", same, "worse"]


def test_retakes_say_how_many_sessions_were_done_in_between(monkeypatch):
    """Of all plans together. Empty where nobody knows: that isn't zero."""
    first = answered(edition_of(small()), 1, answers={"touch": "knee"})
    for number, days in ((2, 10), (3, 30)):
        answered(first.edition, number, at=WHEN + timedelta(days=days), retest_of=first)
    begin, end = (localdate(WHEN + timedelta(days=days)) for days in (0, 30))

    def known(visits):
        for each in visits:
            if each == hooks.Between(first.pk, begin, end):
                yield each, hooks.SessionsDone(3, 4, enough=True)
                yield each, hooks.SessionsDone(0, 6, enough=False)

    monkeypatch.setattr(hooks, "sessions_done", [known])
    _header, *rows = table(first.edition.assessment).splitlines()

    assert [row.split(",")[4:6] for row in rows] == [["", ""], ["", ""], ["3", "10"]]


def test_a_batch_with_retakes_is_two_queries_more():
    first = answered(edition_of(small()), 1, answers={"touch": "knee"})

    def queries():
        with CaptureQueriesContext(connection) as captured:
            table(first.edition.assessment)
        return sum("SAVEPOINT" not in query["sql"] for query in captured)

    queries()
    without = queries()
    answered(first.edition, 2, at=WHEN + timedelta(days=30), retest_of=first)
    queries()
    one = queries()
    for number in range(3, 40):
        answered(first.edition, number, at=WHEN + timedelta(days=number), retest_of=first)

    assert (one, queries()) == (without + 2, without + 2)


def test_formulas_in_cells_are_escaped(two_editions):
    Submission.objects.exclude(pk=9000012).delete()
    Submission.objects.update(safety=["young"])

    assert ",'@I am young.,'+Ready," in table(two_editions)


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\ufe63"]
)
def test_formula_prefixes_are_escaped(start):
    assert csv_export.escape_formula(f"{start}1") == f"'{start}1"


@pytest.mark.parametrize("cell", ["", "a", "é", "5-3", "¿Sí?", "🏃", " =1", "²"])
def test_other_text_is_not_escaped(cell):
    assert csv_export.escape_formula(cell) == cell


def test_repeated_headings_include_the_key():
    first, data = edition_of(small()), small()
    data["questions"][3]["key"] = "bridge2"
    second = edition_of(data, 2)
    answered(first, 1, answers={"bridge": "glute"})
    answered(second, 2, answers={"bridge2": "back"})

    header, one, two = table(first.assessment).splitlines()

    heading = "Where do you feel the bridge?"
    assert header.endswith(f",{heading} (bridge2),{heading} (bridge)")
    assert one.endswith(",100,,,,,My glute")
    assert two.endswith(",100,,,,My back,")


def test_only_editions_with_answers_in_the_range_have_columns(two_editions):
    before = DayRange(last=date(2026, 3, 28))
    Submission.objects.filter(pk=9000011).update(created_at=WHEN - timedelta(days=1))

    header, row = table(two_editions, before).splitlines()

    assert row.startswith("9000011,")
    assert header.endswith(
        ",How far do you reach?,How much does it hurt?,What do you lift?,Where do you feel the bridge?"
    )


@pytest.mark.parametrize(
    ("days", "numbers"),
    [
        (DayRange(), [1, 2, 3, 4]),
        (DayRange(first=date(2026, 3, 29)), [2, 3, 4]),
        (DayRange(last=date(2026, 3, 29)), [1, 2, 3]),
        (DayRange(date(2026, 3, 29), date(2026, 3, 29)), [2, 3]),
        (DayRange(date(2026, 4, 1), date(2026, 4, 2)), []),
        (DayRange(date.min, date.max), [1, 2, 3, 4]),
    ],
)
def test_day_range_uses_the_site_time_zone(days, numbers):
    """The 29th of March 2026 has 23 hours in Madrid: from 23:00 UTC the day before to 22:00."""
    edition = edition_of(small())
    moments = ["28T22:59:59", "28T23:00:00", "29T21:59:59", "29T22:00:00"]
    for number, moment in enumerate(moments, start=1):
        answered(edition, number, at=datetime.fromisoformat(f"2026-03-{moment}+00:00"))

    rows = table(edition.assessment, days).splitlines()[1:]

    assert [int(row.split(",")[0]) for row in rows] == numbers


def test_export_has_no_tokens_and_no_other_self_check(two_editions):
    answered(edition_of(small(slug="other")), 21)
    tokens = Submission.objects.values_list("token", flat=True)

    text = table(two_editions)

    assert len(tokens) == 4
    assert not [token for token in tokens if token in text]
    assert "\r\n21," not in text


def test_rows_added_or_erased_during_the_export_are_left_out(two_editions, monkeypatch):
    monkeypatch.setattr("runfit.lib.csv_export.BATCH", 1)
    pieces = export(two_editions)
    first = [next(pieces), next(pieces)]
    answered(two_editions.editions.get(number=2), 9000099)
    Submission.objects.filter(pk=9000012).delete()

    rows = [*first, *pieces][1:]

    assert [row.split(",")[0] for row in rows] == ["9000011", "9000013"]
    assert last_log_entry().endswith("in words: 2 rows")


def test_every_batch_is_one_query(two_editions, monkeypatch):
    edition = two_editions.editions.get(number=2)
    Submission.objects.filter(edition__number=1).delete()
    table(two_editions)

    def queries():
        caching.clear()
        with CaptureQueriesContext(connection) as captured:
            table(two_editions)
        return len(captured)

    few = queries()
    many(edition, 997)
    edge = queries()
    many(edition, 1000)

    # Extents; editions; a definition; log entry; a batch; log update. Then one per 1,000 rows.
    assert (few, edge, queries()) == (6, 6, 7)


def test_every_edition_is_read_once(two_editions):
    edition = two_editions.editions.get(number=2)
    many(edition, 2500)
    caching.clear()

    with CaptureQueriesContext(connection) as captured:
        table(two_editions)

    reads = [query["sql"] for query in captured if '"definition"' in query["sql"]]
    assert len(reads) == 2


def peak(pieces):
    """The peak memory while reading all pieces."""
    gc.collect()  # what earlier work left would be measured too
    tracemalloc.start()
    for _piece in pieces:
        pass
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def test_memory_does_not_grow_with_the_rows():
    edition = edition_of(small())
    many(edition, 2000)
    table(edition.assessment)  # warm up
    few = peak(export(edition.assessment))
    many(edition, 18_000)

    most = peak(export(edition.assessment))

    assert Submission.objects.count() == 20_000
    assert few / 2 < most < 2 * few  # of ten times the rows
    assert most < 10_000_000


def test_export_is_logged_before_the_first_piece(two_editions):
    pt = User.objects.create_user("pt")

    pieces = export(two_editions, DayRange(date(2026, 3, 1), date(2026, 3, 31)), actor=pt)
    entry_at_start = last_log_entry()
    text = "".join(pieces)

    entry = LogEntry.objects.get(object_pk="export")
    what = "answers to “Small check” from March 1, 2026 until March 31, 2026, in words"
    assert entry_at_start == what
    assert entry.object_repr == f"{what}: 3 rows"
    assert (entry.actor, entry.action) == (pt, LogEntry.Action.ACCESS)
    assert entry.additional_data == {"assessment": two_editions.pk}
    assert text.count("\r\n") == 5  # one of them in a cell


def test_closed_export_runs_no_more_queries_and_is_logged(two_editions, monkeypatch):
    monkeypatch.setattr("runfit.lib.csv_export.BATCH", 1)
    pieces = export(two_editions)
    next(pieces)
    next(pieces)

    with CaptureQueriesContext(connection) as captured:
        pieces.close()

    assert [query["sql"].split()[0] for query in captured] == ["UPDATE"]
    assert last_log_entry() == "answers to “Small check” of all days, in words: stopped after 1 row"


def test_no_database_cursor_stays_open_between_batches(two_editions):
    pieces = export(two_editions)
    next(pieces)
    next(pieces)

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT count(*) FROM pg_cursors")
            assert cursor.fetchone() == (0,)
    assert next(pieces, None) is None


def test_error_during_the_export_is_logged(two_editions, monkeypatch, caplog):
    caplog.set_level("INFO")
    numbers = count()
    failing = {1: RuntimeError("no more")}

    def row(self, columns, _since_first):
        if fault := failing.get(next(numbers)):
            raise fault
        return [1]

    monkeypatch.setattr("assessments.submissions.export.Table.row", row)
    monkeypatch.setattr("runfit.lib.csv_export.BATCH", 1)

    with pytest.raises(RuntimeError, match="no more"):
        table(two_editions)

    assert last_log_entry().endswith("stopped after 1 row")
    assert caplog.messages[-1].endswith("ended: stopped after 1 row.")


def test_summary_estimates_rows_and_size(two_editions):
    about = answers_about(answers=AnswersExportRows(two_editions, DayRange(), "labels"))

    lines = table(two_editions).encode().partition(b"bridge?\r\n")[2]
    assert (about.rows, about.size) == (3, len(lines))


def test_summary_of_an_empty_export(two_editions):
    empty = AnswersExportRows(two_editions, DayRange(last=date(2020, 1, 1)), "keys")

    assert answers_about(answers=empty).rows == 0
    assert answers_about(answers=empty).size == 0
    assert "".join(answers_export(answers=empty)).splitlines()[1:] == []
