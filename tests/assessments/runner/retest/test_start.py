"""Taking the check again: what the link carries, and what becomes of it."""

from datetime import timedelta
from html import escape, unescape

import pytest
from django.test import Client
from django.utils.formats import date_format

from assessments.models import Submission
from assessments.submissions.services import submissions_erase
from assessments.submissions.signed_links import RETEST
from tests.assessments.factories import SubmissionFactory
from tests.assessments.runner.test_views import text
from tests.assessments.small import ANSWERS, edition_of, small, token_of

CHECK = "/check/small/"
EARLY = "It's a little early"
pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return edition_of(small(retest={"earliest_days": 14}))


@pytest.fixture
def first(edition):
    return answered(Client(), edition, "first")


def answered(client, edition, nonce, path=CHECK, **changes):
    fields = ANSWERS | {"form_token": token_of(edition, nonce)} | changes
    response = client.post(path, fields)
    assert response.status_code == 303, text(response)
    return Submission.objects.latest("pk")


def again_path(submission):
    """The link on the result."""
    page = Client().get(submission.get_absolute_url()).content.decode()
    [path] = [
        unescape(part.partition('"')[0])
        for part in page.split('href="')
        if part.startswith(f"{CHECK}?retest=")
    ]
    return path


def later(time_machine, first, days):
    time_machine.move_to(first.created_at + timedelta(days=days))


def test_retest_belongs_to_the_same_runner(client, edition, first, time_machine):
    path = again_path(first)
    later(time_machine, first, 28)

    page = client.get(path)
    assert "we'll show you what changed since" in text(page)
    assert 'href="/check/small/">Start a check of your own' in page.content.decode()
    second = answered(client, edition, "second", path)

    assert (second.retest_of, second.source) == (first, "measure-again")
    assert second.runner_pk == first.pk


def test_a_third_visit_and_added_checks_belong_to_the_first(client, edition, first, time_machine):
    later(time_machine, first, 28)
    second = answered(client, edition, "second", again_path(first), touch="never")
    later(time_machine, first, 42)
    third = answered(client, edition, "third", again_path(second))

    assert third.retest_of == first
    assert submissions_erase(pks=[third.pk]) == 3


def test_extra_checks_of_last_time_are_asked_for(client, edition, first, time_machine):
    other = answered(client, edition, "other", bridge="glute")
    later(time_machine, first, 28)

    asked = "Where do you feel the bridge?"
    assert f"A check you skip isn't compared: {asked}" in text(client.get(again_path(other)))
    assert "A check you skip" not in text(client.get(again_path(first)))


@pytest.mark.parametrize("days", [0, 28])
def test_page_of_the_link_stays_private(client, first, time_machine, days):
    path = again_path(first)
    later(time_machine, first, days)

    page = client.get(path)

    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert page["Referrer-Policy"] == "no-referrer"
    assert set(page["Cache-Control"].split(", ")) == {"private", "max-age=0"}
    assert "X-Robots-Tag" not in client.get(CHECK)


@pytest.mark.parametrize(("days", "early"), [(0, True), (13, True), (14, False)])
def test_too_early_says_when_and_leads_to_the_safety_list(client, first, time_machine, days, early):
    path = again_path(first)
    later(time_machine, first, days)

    page = client.get(path)

    assert (EARLY in text(page)) == early
    if early:
        day = first.day + timedelta(days=14)
        assert f"{day:%A}, {date_format(day)}" in text(page)
        assert (
            f'href="{escape(path)}&amp;safety=now">Go to the safety list' in page.content.decode()
        )
        assert "form_token" not in page.content.decode()


def test_safety_list_never_waits_and_a_stop_is_the_same_runners(client, edition, first):
    path = f"{again_path(first)}&safety=now"
    assert "Go through the safety list first." in text(client.get(path))

    stop = answered(client, edition, "stop", path, safety="fall")
    went_on = answered(client, edition, "went on", path)

    assert (stop.stopped, stop.retest_of) == (True, first)
    assert (went_on.stopped, went_on.retest_of) == (False, None)


def test_too_early_counts_from_the_newest_visit(client, edition, first, time_machine):
    later(time_machine, first, 28)
    answered(client, edition, "second", again_path(first))
    later(time_machine, first, 35)

    assert EARLY in text(client.get(again_path(first)))


def test_calendar_file_has_the_day_and_the_link(client, first):
    path = again_path(first)

    response = client.get(path.replace(CHECK, f"{CHECK}retest.ics"))

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    lines = response.content.replace(b"\r\n ", b"").decode().split("\r\n")
    assert f"DTSTART;VALUE=DATE:{first.day + timedelta(days=14):%Y%m%d}" in lines
    assert any(line.startswith("URL:") and line.endswith(path) for line in lines)
    assert client.get(f"{CHECK}retest.ics?retest=1.forged").status_code == 404


@pytest.mark.parametrize("broken", ["forged", "cut", "empty", "erased", "other check", "stopped"])
def test_answers_that_cannot_be_paired_start_anew(client, edition, first, time_machine, broken):
    tokens = {
        "forged": f"{first.pk}.{'a' * 32}",
        "cut": RETEST.sign(str(first.pk))[:-1],
        "empty": "",
    }
    if broken == "erased":
        submissions_erase(pks=[first.pk])
    if broken == "other check":
        other = edition_of(small(slug="other"))
        Submission.objects.update(edition=other)
    if broken == "stopped":
        first = answered(client, edition, "stop", safety="fall")
    path = f"{CHECK}?retest={tokens.get(broken, RETEST.sign(str(first.pk)))}"
    later(time_machine, first, 28)

    assert "We can't find your earlier answers" in text(client.get(path))
    again = answered(client, edition, "again", path)
    assert (again.retest_of, again.source) == (None, "")


def test_a_safety_stop_offers_no_retest(client, edition, first):
    stopped = answered(client, edition, "stop", safety="fall")

    assert "?retest=" not in client.get(stopped.get_absolute_url()).content.decode()


def test_double_post_stores_one_and_faults_keep_the_pairing(client, edition, first, time_machine):
    path = again_path(first)
    later(time_machine, first, 28)

    faulty = client.post(path, ANSWERS | {"form_token": token_of(edition), "pain": ""})
    assert faulty.status_code == 422
    assert "what changed since" in text(faulty)
    fields = ANSWERS | {"form_token": token_of(edition)}
    places = {client.post(path, fields)["Location"] for _ in range(2)}

    assert len(places) == 1
    assert Submission.objects.filter(retest_of=first).count() == 1


@pytest.mark.parametrize("safety", ["fall", "young"])
def test_correcting_a_safety_answer_keeps_the_pairing(client, edition, first, time_machine, safety):
    later(time_machine, first, 28)
    stopped = answered(client, edition, "stop", again_path(first), safety=safety)

    page = client.get(stopped.get_absolute_url()).content.decode()
    path = unescape(page.partition("#change")[0].rpartition('"')[2])
    assert "we'll show you what changed" in text(client.get(path))
    assert answered(client, edition, "corrected", path).retest_of == first


@pytest.mark.django_db(transaction=True)
def test_answers_erased_while_the_form_was_open_are_stored_alone(client, edition, monkeypatch):
    gone = Submission(pk=10**6, edition=edition)
    monkeypatch.setattr("assessments.runner.views.earlier_answers", lambda *_: gone)

    again = answered(client, edition, "again", f"{CHECK}?retest=x")

    assert (again.retest_of, again.source) == (None, "")


@pytest.mark.usefixtures("no_expiry")
@pytest.mark.parametrize("more", [0, 3])
def test_opening_costs_the_same_at_one_visit_and_at_many(
    client, first, time_machine, django_assert_num_queries, more
):
    path = again_path(first)
    for _ in range(more):
        SubmissionFactory(edition=first.edition, retest_of=first)
    later(time_machine, first, 28)
    client.get(path)  # fills the caches

    with django_assert_num_queries(3):
        client.get(path)
