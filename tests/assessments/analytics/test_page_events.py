"""What pages count, and that it costs them nothing."""

import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments.analytics import collector
from assessments.models import Practice, Sight, Submission
from tests.assessments.analytics.test_bots import RUNNER
from tests.assessments.small import ANSWERS, SMALL, edition_of, token_of

CHECK = "/check/small/"
COUNT = "/count/"
POSTS_TO_ITSELF = '<form method="post" class="check"'

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return edition_of(SMALL)


@pytest.fixture
def runner():
    """With what a browser says of itself. What is seen is written at once."""
    return Client(headers=RUNNER)


def seen():
    collector.flush()
    fields = ("step", "item", "edition", "source", "profile", "bot", "number")
    return sorted(Sight.objects.values_list(*fields))


def beacon(edition, *steps, **more):
    return json.dumps({"edition": edition.pk, "source": "", "profile": "", "steps": steps, **more})


def send(client, content, **more):
    return client.post(COUNT, content, content_type="text/plain;charset=UTF-8", **more)


# Visits, and where they come from


@pytest.mark.parametrize("path", ["/", CHECK])
def test_who_arrives_is_counted(runner, edition, path):
    runner.get(path)
    runner.get(f"{path}?utm_source=Blog")

    assert seen() == [
        ("visit", "", edition.pk, "", "", False, 1),
        ("visit", "", edition.pk, "blog", "", False, 1),
    ]


def test_who_goes_on_within_the_site_is_one_visit(runner, edition):
    runner.get("/")
    runner.get(CHECK, headers={"Sec-Fetch-Site": "same-origin"})
    runner.get("/", headers={"Referer": f"http://testserver{CHECK}"})

    assert [each[-1] for each in seen()] == [1]


def test_bots_are_counted_apart(client, runner, edition):
    client.get("/")
    runner.head(CHECK)

    assert seen() == [("visit", "", edition.pk, "", "", True, 2)]


@pytest.mark.parametrize("path", ["/privacy/", "/check/dragon/", "/result/x/"])
def test_other_pages_are_no_visit(runner, edition, path):
    runner.get(path)

    assert seen() == []


def test_a_closed_site_counts_nothing(runner):
    assert runner.get("/").status_code == 200
    assert seen() == []


def test_the_source_goes_along_from_the_first_page_into_the_answers(runner, edition):
    home = runner.get("/?utm_source=blog&utm_campaign=x").content.decode()
    check = re.search(r'href="(/check/[^"]*)"', home)[1]
    assert check == f"{CHECK}?utm_source=blog"
    page = runner.get(check, headers={"Sec-Fetch-Site": "same-origin"}).content.decode()
    assert POSTS_TO_ITSELF in page

    faulty = runner.post(check, {"form_token": token_of(edition)})
    assert POSTS_TO_ITSELF in faulty.content.decode()
    runner.post(check, ANSWERS | {"form_token": token_of(edition)})

    assert Submission.objects.get().source == "blog"
    assert runner.cookies == {}


def test_what_is_no_source_goes_nowhere(runner, edition):
    assert f'href="{CHECK}"' in runner.get("/", {"utm_source": '"><script>'}).content.decode()
    runner.post(f"{CHECK}?utm_source=a@b.example", ANSWERS | {"form_token": token_of(edition)})

    assert Submission.objects.get().source == ""


def test_answers_take_one_insert_and_nothing_more(runner, edition):
    runner.get(CHECK)
    fields = ANSWERS | {"form_token": token_of(edition)}

    with CaptureQueriesContext(connection) as asked:
        runner.post(f"{CHECK}?utm_source=blog", fields)

    # The savepoint around a hook is there only because a test is a transaction.
    assert [each["sql"].split()[0] for each in asked] == ["INSERT", "SAVEPOINT", "RELEASE"]


# Beacons


def test_a_beacon_is_counted(runner, edition):
    content = beacon(edition, "start", "reached:pain", "left:pain", source="Blog")

    response = send(runner, content)

    assert (response.status_code, response.content) == (204, b"")
    assert seen() == [
        ("left", "pain", edition.pk, "blog", "", False, 1),
        ("reached", "pain", edition.pk, "blog", "", False, 1),
        ("start", "", edition.pk, "blog", "", False, 1),
    ]


def test_a_bot_s_beacon_is_counted_apart(client, edition):
    send(client, beacon(edition, "start"))

    assert [each[-2] for each in seen()] == [True]


def test_a_beacon_sets_no_cookie_reads_none_and_needs_no_token(edition):
    browser = Client(headers=RUNNER, enforce_csrf_checks=True)
    browser.cookies["sessionid"] = "a" * 32

    response = send(browser, beacon(edition, "start"))

    assert response.status_code == 204
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ("", 400),
        ("start", 400),
        ("[" * 30_000, 400),
        ("[" * 40_000, 413),
        (json.dumps({"steps": ["start"]}), 400),
        (json.dumps({"edition": 0, "source": "", "profile": "", "steps": ["start"]}), 400),
        (json.dumps({"edition": 10**9, "source": "", "profile": "", "steps": ["start"]}), 400),
        (json.dumps({"edition": None, "source": "", "profile": "", "steps": ["start"]}), 400),
        ("\ud800".encode("utf-8", "surrogatepass"), 400),
    ],
)
def test_what_is_no_beacon_counts_nothing(runner, edition, content, status):
    response = send(runner, content)

    assert (response.status_code, response.content) == (status, b"")
    assert seen() == []


def test_a_question_of_another_version_counts_nothing(runner, edition):
    assert send(runner, beacon(edition, "start", "reached:dragon")).status_code == 400
    assert send(runner, beacon(edition, "start", profile="dragon")).status_code == 400
    assert send(runner, beacon(edition, "finish")).status_code == 400
    assert seen() == []


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_a_beacon_from_elsewhere_counts_nothing(runner, edition, site):
    response = send(runner, beacon(edition, "start"), headers={"Sec-Fetch-Site": site})

    assert response.status_code == 403
    assert seen() == []


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "options"])
def test_a_beacon_is_a_post(runner, edition, method):
    assert getattr(runner, method)(COUNT).status_code == 405


def test_a_beacon_of_a_form_or_without_a_length(runner, edition):
    assert runner.post(COUNT, {"edition": edition.pk, "steps": "start"}).status_code == 400
    assert runner.generic("POST", COUNT, b"", CONTENT_LENGTH="x").status_code == 400
    assert seen() == []


class Cut:
    """The runner is gone in the middle of it."""

    def read(self, size=-1):
        raise ConnectionResetError

    readline = read


def test_a_beacon_that_is_cut_off(runner, edition):
    more = {"CONTENT_LENGTH": "99", "wsgi.input": Cut()}

    assert runner.generic("POST", COUNT, **more).status_code == 400
    assert seen() == []


# What it costs


@pytest.mark.parametrize("path", ["/", f"{CHECK}?utm_source=blog"])
def test_a_warm_page_that_is_counted_asks_nothing(
    runner, edition, path, django_assert_num_queries, no_expiry
):
    Practice.objects.create()
    runner.get(path)

    with django_assert_num_queries(0):
        for _ in range(3):
            assert runner.get(path).status_code == 200

    assert sum(each[-1] for each in seen()) == 4


def test_a_warm_beacon_asks_nothing(runner, edition, django_assert_num_queries, no_expiry):
    send(runner, beacon(edition, "start"))

    with django_assert_num_queries(0):
        for _ in range(3):
            assert send(runner, beacon(edition, "start", "reached:pain")).status_code == 204

    assert sum(each[-1] for each in seen()) == 7
