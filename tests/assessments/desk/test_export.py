"""The export page for answers."""

from datetime import UTC, date, datetime

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments.models import Assessment, Submission
from assessments.submissions.export import (
    AnswersExportRows,
    DayRange,
    answers_about,
    answers_export,
)
from tests.assessments.browser import Page, address, open_page
from tests.assessments.factories import SubmissionFactory
from tests.assessments.small import edition_of, small

pytestmark = pytest.mark.django_db

AT = "/admin/assessments/submission/export/"


@pytest.fixture
def desk(client, pt):
    client.force_login(pt)
    return client


@pytest.fixture
def checks():
    """Two self-checks, one of them with answers from March and April."""
    first, second = edition_of(small()), edition_of(small(slug="other", title="Other check"))
    Assessment.objects.create(title="Never published")
    for month in (3, 3, 4):
        made = SubmissionFactory(edition=first)
        Submission.objects.filter(pk=made.pk).update(
            created_at=datetime(2026, month, 9, tzinfo=UTC)
        )
    return first.assessment, second.assessment


def picked(assessment, first="", last="", written="labels", **more):
    return {"assessment": assessment.pk, "first": first, "last": last, "written": written, **more}


def words(response):
    return " ".join(response.content.decode().split())


def test_list_links_to_export_page_with_total_row_count(desk, checks):
    assert (
        f'<a href="{AT}">Download answers</a>'
        in desk.get("/admin/assessments/submission/").content.decode()
    )

    response = desk.get(AT)

    about = answers_about(answers=AnswersExportRows(checks[0], DayRange(), "labels"))
    assert response.context["about"] == about
    assert (about.rows, about.size > 200) == (3, True)
    assert f"About 3 rows, {about.size} bytes." in words(response)
    page = Page(response.content.decode())
    assert page.blocked == []
    assert page.fields["assessment"] == [str(checks[0].pk)]
    assert "Never published" not in response.content.decode()


def test_export_page_shows_row_count_for_selection(desk, checks):
    response = desk.post(AT, picked(checks[0], "2026-04-01", "2026-04-30", look=""))

    assert "About 1 row, " in words(response)
    assert 'value="2026-04-01"' in response.content.decode()
    assert not LogEntry.objects.filter(object_pk="export")


def test_download_contains_the_selection_and_is_logged(desk, pt, checks):
    check = checks[0]
    response = desk.post(AT, picked(check, "2026-03-01", "2026-03-31", "keys", download=""))

    assert response.streaming
    sent = b"".join(response)
    days = DayRange(date(2026, 3, 1), date(2026, 3, 31))
    assert sent == "".join(answers_export(answers=AnswersExportRows(check, days, "keys"))).encode()
    assert sent.count(b"\r\n") == 3
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="small-20')
    assert response["Content-Disposition"].endswith('.csv"')

    what = "Downloaded: answers to “Small check” from March 1, 2026 until March 31, 2026, in short keys: 2 rows"
    lines = [(line.who, line.what) for line in desk.get(AT).context["downloads"]]
    assert lines == [("a command on the server", what), ("pt", what)]
    history = desk.get(address("assessment", "history", check.pk)).context["lines"]
    assert [(line.who, line.what) for line in history][:2] == lines
    other = desk.get(address("assessment", "history", checks[1].pk)).context["lines"]
    assert not [line for line in other if "Downloaded" in line.what]


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"first": "2026-04-02", "last": "2026-04-01"}, "last", "This is before the first day."),
        ({"first": "soon"}, "first", "Enter a valid date."),
        ({"last": "2026-02-30"}, "last", "Enter a valid date."),
        (
            {"written": "pictures"},
            "written",
            "Select a valid choice. pictures is not one of the available choices.",
        ),
        (
            {"assessment": "0"},
            "assessment",
            "Select a valid choice. That choice is not one of the available choices.",
        ),
        (
            {"assessment": "x' OR 1"},
            "assessment",
            "Select a valid choice. That choice is not one of the available choices.",
        ),
    ],
)
def test_invalid_selection_shows_field_errors(desk, checks, changes, field, message):
    response = desk.post(AT, picked(checks[0], download="") | changes)

    assert response.context["form"].errors == {field: [message]}
    html = response.content.decode()
    assert html.index('class="errorlist"') < html.index(f'name="{field}"')
    assert Page(html).blocked == []
    assert "About" not in words(response).partition("</form>")[0].partition("<form method")[2]
    assert not LogEntry.objects.filter(object_pk="export")


def test_days_without_answers_offer_no_download(desk, checks):
    response = desk.post(AT, picked(checks[0], last="2026-01-01", download=""))

    assert not response.streaming
    assert "No one answered on these days, so there's nothing to download." in words(response)
    assert not LogEntry.objects.filter(object_pk="export")


def test_export_page_without_published_self_checks(desk):
    page = open_page(desk, AT)

    assert page.blocked == []
    assert desk.post(AT, {"download": ""}).context["form"].errors.keys() == {
        "assessment",
        "written",
    }


def test_export_requires_permission(client, checks):
    helper = User.objects.create_user("helper", is_staff=True)
    helper.user_permissions.add(Permission.objects.get(codename="view_submission"))
    client.force_login(helper)

    assert client.get(AT).status_code == 403
    assert client.post(AT, picked(checks[0], download="")).status_code == 403
    assert AT not in client.get("/admin/assessments/submission/").content.decode()
    assert not LogEntry.objects.filter(object_pk="export")


def test_download_requires_a_csrf_token(pt, checks):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(pt)

    assert strict.post(AT, picked(checks[0], download="")).status_code == 403
    assert strict.get(AT, picked(checks[0], download="")).status_code == 200
    assert not LogEntry.objects.filter(object_pk="export")


def test_export_page_query_count_is_constant(desk, checks, no_expiry):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            desk.get(AT)
        return len(captured)

    desk.get(AT)
    few = queries()
    for _each in range(20):
        b"".join(desk.post(AT, picked(checks[0], download="")))
        SubmissionFactory(edition=edition_of(small(), 1 + checks[0].editions.count()))
    desk.get(AT)

    assert queries() == few == 11
