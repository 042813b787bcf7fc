import re
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from guides.delivery import circuit_breaker, heartbeats
from guides.models import Backup, Delivery
from guides.states import State
from runfit.guard import GuardedHandler
from tests.assessments.small import ANSWERS, SMALL, edition_of, token_of
from tests.runfit.test_docs import ROOT

TOKEN = "a-token-of-many-characters"


@pytest.fixture(autouse=True)
def token(settings):
    settings.METRICS_TOKEN = TOKEN


def scrape(client):
    response = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert response.status_code == 200
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


def grown(client, act):
    """What a deed adds to each number."""
    before = scrape(client)
    act()
    after = scrape(client)
    return {
        key: after[key] - before.get(key, 0) for key in after if after[key] != before.get(key, 0)
    }


def test_without_a_token_there_is_no_such_page(client, db, settings):
    settings.METRICS_TOKEN = ""

    for headers in ({}, {"authorization": "Bearer "}):
        assert client.get("/metrics", headers=headers).status_code == 404


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer other", f"Basic {TOKEN}", "Bearer ä"])
def test_another_token_gets_nothing(client, db, header):
    response = client.get("/metrics", headers={"authorization": header})

    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
    assert "runfit_" not in response.text


def test_requests_are_counted_by_view_and_class_of_status(client, db):
    edition_of(SMALL)

    def visit():
        client.get("/")
        client.get("/nowhere/secret-of-a-visitor/")
        client.get("/admin/")

    new = grown(client, visit)

    assert new["runfit_http_requests_total", "2xx", "assessments:home"] == 1
    assert new["runfit_http_requests_total", "4xx", "none"] == 1
    assert new["runfit_http_requests_total", "3xx", "admin"] == 1
    assert new["runfit_http_request_seconds_count", "assessments:home"] == 1
    assert new["runfit_http_request_seconds_bucket", "+Inf", "assessments:home"] == 1
    assert 0 < new["runfit_http_request_seconds_sum", "assessments:home"] < 60


def test_no_label_holds_anything_of_a_visitor(client, db):
    client.get("/nowhere/secret-of-a-visitor/?me@example.org")
    client.get("/result/secret-of-a-visitor/")

    said = " ".join(" ".join(key) for key in scrape(client))

    assert "none" in said
    assert "secret" not in said
    assert "example" not in said


def test_refusals_are_counted_also_those_that_never_reach_django(client, db):
    environ = {"PATH_INFO": "/" + "a" * 5000, "REQUEST_METHOD": "GET", "wsgi.url_scheme": "http"}

    new = grown(client, lambda: GuardedHandler()(environ, lambda *args: None))

    assert new["runfit_http_refusals_total", "414"] == 1


def test_deliveries_and_their_age_come_from_the_database(client, db):
    now = timezone.now()
    for number, (state, attempts) in enumerate(
        [(State.RETRY, 4), (State.RETRY, 1), (State.QUEUED, 0), (State.FAILED, 3)]
    ):
        Delivery.objects.create(
            masked_email="r•••@example.org",
            dedupe_key=str(number),
            state=state,
            attempts=attempts,
            due_at=now - timedelta(minutes=number),
        )
    circuit_breaker.pause(reason="No.")
    heartbeats.seen("deliver")

    found = scrape(client)

    by_state = {state: found["runfit_deliveries", state] for state in State}
    assert by_state == {
        "queued": 1,
        "sending": 0,
        "sent": 0,
        "retry": 2,
        "failed": 1,
        "cancelled": 0,
    }
    assert found["runfit_delivery_retries_waiting",] == 3
    assert found["runfit_deliveries_failed_day",] == 1
    assert found["runfit_delivery_oldest_due_seconds",] == pytest.approx(120, abs=30)
    assert found["runfit_mail_paused",] == 1
    assert found["runfit_heartbeat_age_seconds", "deliver"] < 60
    assert found["runfit_part_healthy", "mail"] == 0
    assert found["runfit_part_healthy", "storage"] == 1
    assert found["runfit_database_up",] == 1


def test_a_process_that_never_ran_is_infinitely_old(client, db):
    assert scrape(client)["runfit_heartbeat_age_seconds", "deliver"] == float("inf")


@pytest.mark.parametrize("number", [1, 30])
def test_a_scrape_takes_nine_queries(client, db, django_assert_num_queries, number):
    for one in range(number):
        Delivery.objects.create(masked_email="r•••@example.org", dedupe_key=str(one))
    client.get("/health/ready/")

    with django_assert_num_queries(9):
        scrape(client)


def test_without_a_database_it_still_tells_of_requests(client, db, settings):
    def gone(*args):
        raise OperationalError("the server closed the connection")

    with connection.execute_wrapper(gone):
        found = scrape(client)

    assert found["runfit_database_up",] == 0
    assert found["runfit_info", settings.VERSION] == 1
    assert ("runfit_deliveries", "sent") not in found
    assert any(key[0] == "runfit_http_requests_total" for key in found)


def test_answers_are_counted(client, db):
    answers = ANSWERS | {"form_token": token_of(edition_of(SMALL))}

    new = grown(client, lambda: client.post("/check/small/", answers))

    assert new["runfit_answers_stored_total",] == 1


def test_metric_names_are_documented(client, db):
    client.get("/")
    names = {re.sub("_(bucket|sum|count)$", "", name) for name, *_ in scrape(client)}
    page = (ROOT / "docs" / "monitoring" / "README.md").read_text(encoding="utf-8")

    assert set(re.findall("^.*`(runfit_[a-z_]+)` [|]", page, re.MULTILINE)) == names


def test_the_newest_backup_has_its_age(client, db):
    assert scrape(client)["runfit_backup_age_seconds",] == float("inf")

    for days in (3, 1):
        made_at = timezone.now() - timedelta(days=days)
        Backup.objects.create(name="b", place="/b", made_at=made_at, size=1, seconds=1)

    assert scrape(client)["runfit_backup_age_seconds",] == pytest.approx(86_400, abs=60)
