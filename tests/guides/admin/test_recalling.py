"""Marking a version as wrong at the desk."""

from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.models import Edition
from assessments.permissions import GROUP
from guides.models import Delivery, GuideEdition
from guides.recalls.queue import recalls_queue
from guides.states import Kind, State
from runfit.lib import caching

pytestmark = pytest.mark.django_db
REASON = "We mixed up two answers.\nRest until you've read your result."


@pytest.fixture
def desk(client, pt):
    client.force_login(pt)
    return client


@pytest.fixture(params=["edition", "guideedition"])
def version(request, ask, submission):
    """A version of a self-check and of a guide, both behind a runner's guide."""
    ask(submission, state=State.SENT)
    return {"edition": Edition, "guideedition": GuideEdition}[request.param].objects.get()


def address(version, page="recall"):
    options = version._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_{page}", args=[version.pk])


def words(response):
    return unescape(response.content.decode())


def mark(desk, version, reason=REASON):
    response = desk.post(address(version), {"reason": reason}, follow=True)
    caching.clear()
    recalls_queue()
    version.refresh_from_db()
    return response


def test_she_marks_it_sees_who_was_reached_and_takes_it_back(desk, version):
    assert address(version) in words(desk.get(address(version, "change")))
    page = words(desk.get(address(version)))
    assert "Here's what happens right away:" in page
    assert "This version is live." in page

    assert "get one email" in words(mark(desk, version))

    assert version.recall_reason == REASON
    page = words(desk.get(address(version)))
    assert "Waiting to be sent</th><td>1</td>" in page
    assert "Take the mark back" in page
    assert "Marked as wrong" in words(desk.get(address(version, "change")))
    assert "is marked as wrong, and it's live" in words(desk.get("/admin/"))

    response = desk.post(address(version), {"end": "yes"}, follow=True)

    version.refresh_from_db()
    assert "Taken back." in words(response)
    assert (version.recalled_at, version.recall_reason) == (None, "")
    assert Delivery.objects.get(kind=Kind.RECALL).state == State.CANCELLED
    assert list(LogEntry.objects.values_list("change_message", flat=True).order_by("pk")) == [
        f"Marked as wrong: {REASON.replace(chr(10), ' ')}",
        "Took back that it was wrong.",
    ]


def test_second_mark_changes_the_words_and_tells_nobody_again(desk, version):
    mark(desk, version)

    assert "Nobody gets a second email." in words(mark(desk, version, "In other words."))

    assert version.recall_reason == "In other words."
    assert Delivery.objects.filter(kind=Kind.RECALL).count() == 1


@pytest.mark.parametrize(
    ("reason", "error"),
    [
        ("  ", "This field is required."),
        ("x" * 601, "at most 600 characters"),
        ("a\u2028b", "cannot be printed"),
    ],
)
def test_bad_reason_stands_beside_its_error_and_marks_nothing(desk, version, reason, error):
    response = desk.post(address(version), {"reason": reason})

    assert response.status_code == 200
    assert error in words(response)
    assert reason.strip() in words(response)
    version.refresh_from_db()
    assert version.recalled_at is None


def test_only_who_may_mark_can(desk, version):
    permission = Permission.objects.get(codename=f"recall_{version._meta.model_name}")
    permission.group_set.get(name=GROUP).permissions.remove(permission)

    assert "Mark as wrong" not in words(desk.get(address(version, "change")))
    assert desk.get(address(version)).status_code == 403
    assert desk.post(address(version), {"reason": REASON}).status_code == 403
    version.refresh_from_db()
    assert version.recalled_at is None


def test_page_costs_the_same_for_one_runner_and_many(
    desk, version, submit, ask, django_assert_num_queries
):
    mark(desk, version)
    desk.get(address(version))
    with CaptureQueriesContext(connection) as made:
        desk.get(address(version))
    one = len(made)
    desk.post(address(version), {"end": "yes"})
    for number in range(8):
        ask(submit(), f"r{number}@example.org", state=State.SENT)
    mark(desk, version)
    desk.get(address(version))

    with django_assert_num_queries(one):
        desk.get(address(version))
