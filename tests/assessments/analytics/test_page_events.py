"""What pages count, and that counting costs no queries."""

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
    """A client with the headers of a real browser."""
    return Client(headers=RUNNER)


def seen():
    collector.flush()
    fields = ("step", "item", "edition", "source", "profile", "bot", "number")
    return sorted(Sight.objects.values_list(*fields))


def beacon(edition, *steps, **more):
    return json.dumps({"edition": edition.pk, "source": "", "profile": "", "steps": steps, **more})


def send(client, content, **more):
    return client.post(COUNT, content, content_type="text/plain;charset=UTF-8", **more)


# Visits and their sources


@pytest.mark.parametrize("path", ["/", CHECK, f"{CHECK}results/stiff/"])
def test_visit_is_counted_with_its_source(runner, edition, path):
    runner.get(path)
    runner.get(f"{path}?utm_source=Blog")

    assert seen() == [
        ("visit", "", edition.pk, "", "", False, 1),
        ("visit", "", edition.pk, "blog", "", False, 1),
    ]


def test_navigation_within_the_site_is_one_visit(runner, edition):
    runner.get("/")
    runner.get(CHECK, headers={"Sec-Fetch-Site": "same-origin"})
    runner.get("/", headers={"Referer": f"http://testserver{CHECK}"})

    assert [row[-1] for row in seen()] == [1]


def test_bots_are_counted_separately(client, runner, edition):
    client.get("/")
    runner.head(CHECK)

    assert seen() == [("visit", "", edition.pk, "", "", True, 2)]


@pytest.mark.parametrize("path", ["/privacy/", "/check/dragon/", "/result/x/"])
def test_other_pages_count_no_visit(runner, edition, path):
    runner.get(path)

    assert seen() == []


def test_site_without_a_self_check_counts_nothing(runner):
    assert runner.get("/").status_code == 200
    assert seen() == []


def test_source_is_passed_from_home_page_to_submission(runner, edition):
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


def test_invalid_source_is_dropped(runner, edition):
    assert f'href="{CHECK}"' in runner.get("/", {"utm_source": '"><script>'}).content.decode()
    runner.post(f"{CHECK}?utm_source=a@b.example", ANSWERS | {"form_token": token_of(edition)})

    assert Submission.objects.get().source == ""


def test_posting_answers_runs_a_single_insert(runner, edition):
    runner.get(CHECK)
    fields = ANSWERS | {"form_token": token_of(edition)}

    with CaptureQueriesContext(connection) as captured:
        runner.post(f"{CHECK}?utm_source=blog", fields)

    # The savepoints around two hooks exist only because tests run in a transaction.
    statements = [query["sql"].split()[0] for query in captured]
    assert statements == ["INSERT", *["SAVEPOINT", "RELEASE"] * 2]


# Beacons


def test_beacon_is_counted(runner, edition):
    content = beacon(edition, "start", "reached:pain", "left:pain", source="Blog")

    response = send(runner, content)

    assert (response.status_code, response.content) == (204, b"")
    assert seen() == [
        ("left", "pain", edition.pk, "blog", "", False, 1),
        ("reached", "pain", edition.pk, "blog", "", False, 1),
        ("start", "", edition.pk, "blog", "", False, 1),
    ]


def test_beacon_of_a_bot_is_counted_separately(client, edition):
    send(client, beacon(edition, "start"))

    assert [row[-2] for row in seen()] == [True]


def test_beacon_needs_no_cookie_and_no_csrf_token(edition):
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
def test_malformed_beacon_counts_nothing(runner, edition, content, status):
    response = send(runner, content)

    assert (response.status_code, response.content) == (status, b"")
    assert seen() == []


def test_steps_of_another_edition_count_nothing(runner, edition):
    assert send(runner, beacon(edition, "start", "reached:dragon")).status_code == 400
    assert send(runner, beacon(edition, "start", profile="dragon")).status_code == 400
    assert send(runner, beacon(edition, "finish")).status_code == 400
    assert seen() == []


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_cross_site_beacon_counts_nothing(runner, edition, site):
    response = send(runner, beacon(edition, "start"), headers={"Sec-Fetch-Site": site})

    assert response.status_code == 403
    assert seen() == []


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "options"])
def test_beacon_must_be_a_post(runner, edition, method):
    assert getattr(runner, method)(COUNT).status_code == 405


def test_form_data_or_invalid_length_is_rejected(runner, edition):
    assert runner.post(COUNT, {"edition": edition.pk, "steps": "start"}).status_code == 400
    assert runner.generic("POST", COUNT, b"", CONTENT_LENGTH="x").status_code == 400
    assert seen() == []


class BrokenStream:
    """A request body that ends with a closed connection."""

    def read(self, size=-1):
        raise ConnectionResetError

    readline = read


def test_interrupted_beacon_counts_nothing(runner, edition):
    more = {"CONTENT_LENGTH": "99", "wsgi.input": BrokenStream()}

    assert runner.generic("POST", COUNT, **more).status_code == 400
    assert seen() == []


# Queries


@pytest.mark.parametrize("path", ["/", f"{CHECK}?utm_source=blog"])
def test_warm_page_runs_no_query_when_counted(
    runner, edition, path, django_assert_num_queries, no_expiry
):
    Practice.objects.create()
    runner.get(path)

    with django_assert_num_queries(0):
        for _ in range(3):
            assert runner.get(path).status_code == 200

    assert sum(row[-1] for row in seen()) == 4


def test_warm_beacon_runs_no_query(runner, edition, django_assert_num_queries, no_expiry):
    send(runner, beacon(edition, "start"))

    with django_assert_num_queries(0):
        for _ in range(3):
            assert send(runner, beacon(edition, "start", "reached:pain")).status_code == 204

    assert sum(row[-1] for row in seen()) == 7
