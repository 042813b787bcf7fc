"""Sessions as a calendar file."""

import json
from datetime import UTC, date, datetime, time

import pytest
import time_machine
from icalendar import Calendar

from guides import signed_links
from guides.content.training import Record, Stage
from guides.models import Training
from guides.training.services import training_keep


@pytest.fixture(autouse=True)
def _february():
    with time_machine.travel("2027-02-24T18:00:00+00:00", tick=False):
        yield


@pytest.fixture
def link(delivery):
    return delivery.link


@pytest.fixture
def token(link):
    return signed_links.guide_token(link)


@pytest.fixture
def url(token):
    return f"/guide/{token}/calendar/"


def record(link, *, days=(1, 4), begins="2027-02-25", at=60_000):
    stage = Stage(plan=link.profile, block=1, begins=begins)
    return Record().with_start(stage, days=days, zone="America/Denver", at=at)


@pytest.fixture
def kept(link):
    training_keep(link=link, record=record(link), words="Save")


def events(response):
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in response["Cache-Control"]
    return Calendar.from_ical(response.content).walk("VEVENT")


def test_sessions_take_whole_days_and_say_nothing_of_health_or_the_link(client, url, kept, token):
    response = client.post(url)

    found = events(response)
    assert [event["dtstart"].dt for event in found[:3]] == [
        date(2027, 2, 25), date(2027, 3, 1), date(2027, 3, 4),
    ]  # fmt: skip
    assert {str(event["summary"]) for event in found} == {"Training"}
    assert token not in response.content.decode().replace("\r\n ", "")
    assert response["Content-Disposition"] == 'attachment; filename="training.ics"'


def test_time_of_day_stays_when_the_clocks_change(client, url, kept):
    response = client.post(url, {"at": "18:30"})

    starts = [event["dtstart"].dt for event in events(response)]
    assert {start.time() for start in starts} == {time(18, 30)}
    in_utc = [start.astimezone(UTC) for start in starts]
    assert datetime(2027, 3, 12, 1, 30, tzinfo=UTC) in in_utc  # winter: seven hours behind
    assert datetime(2027, 3, 16, 0, 30, tzinfo=UTC) in in_utc  # summer: six
    assert b"BEGIN:VTIMEZONE\r\nTZID:America/Denver" in response.content


@pytest.mark.usefixtures("kept")
def test_runner_may_have_the_plans_name_and_links(client, url, token, settings):
    settings.SITE_URL = "https://runfit.example"

    first = events(client.post(url, {"named": "on", "linked": "on"}))[0]

    assert str(first["summary"]) != "Training"
    assert str(first["url"]) == f"https://runfit.example/guide/{token}/session/1/"
    assert str(first["description"]) == str(first["url"])


def test_importing_again_moves_events(client, url, link, kept):
    before = events(client.post(url))
    moved = {"days": [2, 5], "zone": "", "at": 120_000}
    moved["stages"] = [{"plan": link.profile, "block": 1, "week": 1, "begins": "2027-02-25"}]

    after = events(client.post(url, {"schedule": json.dumps(moved)}))

    names = [str(event["uid"]) for event in before]
    assert len(set(names)) == len(names) > 8
    assert [str(event["uid"]) for event in after] == names
    assert after[0]["dtstart"].dt == date(2027, 2, 26)
    assert (before[0]["sequence"], after[0]["sequence"]) == (1, 2)


def test_days_that_only_the_browser_knows_are_not_stored(client, url, link):
    schedule = json.dumps(
        {
            "days": [1],
            "at": 1,
            "stages": [{"plan": link.profile, "block": 1, "week": 1, "begins": "2027-02-25"}],
        }
    )

    found = events(client.post(url, {"schedule": schedule}))

    assert found[0]["dtstart"].dt == date(2027, 3, 1)
    assert not Training.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("at", "soon", "Enter a time such as 18:30, or leave it empty."),
        ("schedule", '{"days": [9]}', "Pick your training days again."),
        ("schedule", "[" * 4000, "Pick your training days again."),
    ],
)
@pytest.mark.usefixtures("kept")
def test_what_cannot_be_read_is_said_beside_it(client, url, field, value, error):
    response = client.post(url, {field: value, "named": "on"})

    assert response.status_code == 422
    page = response.content.decode()
    assert error in page
    assert 'name="named" checked' in page


def test_page_asks_for_days_first(client, url):
    for response in (client.get(url), client.post(url)):
        assert response.status_code == 200
        assert '<form class="stack" method="post" hidden>' in response.content.decode()


def test_expired_link_leads_to_its_page(client, url, link):
    type(link).objects.update(expires_at=datetime(2027, 1, 1, tzinfo=UTC))

    assert client.get(url).status_code == 303
