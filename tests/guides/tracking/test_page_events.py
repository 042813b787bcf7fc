"""Analytics events of the guide's pages, and their query counts."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from assessments.analytics import collector
from assessments.models import Sight, Submission
from guides import signed_links
from guides.mail import messages
from guides.models import DownloadLink
from tests.assessments.analytics.test_bots import RUNNER

pytestmark = pytest.mark.django_db


@pytest.fixture
def runner():
    return Client(headers=RUNNER)


@pytest.fixture
def link(delivery):
    Submission.objects.update(source="blog")
    return delivery.link


@pytest.fixture
def url(link):
    return f"/guide/{signed_links.guide_token(link)}/"


def events():
    collector.flush()
    fields = ("step", "item", "edition", "source", "profile", "bot", "number")
    return sorted(Sight.objects.values_list(*fields))


def script(page):
    tag = re.search(r"<script [^>]*count[^>]*>", page.content.decode())[0]
    return dict(re.findall(r'data-(\w+)="([^"]*)"', tag))


def age_link():
    DownloadLink.objects.update(created_at=timezone.now() - timedelta(days=3))


def test_guide_view_and_download_are_counted(runner, url, submission):
    runner.get(url)
    runner.get(f"{url}download/")
    runner.get(f"{url}download/?paper=letter")

    about = (submission.edition_id, "blog", submission.profile, False)
    assert events() == [("downloaded", "", *about, 2), ("fetched", "", *about, 1)]


def test_cached_download_is_counted(runner, url):
    etag = runner.get(f"{url}download/")["ETag"]

    assert runner.get(f"{url}download/", headers={"If-None-Match": etag}).status_code == 304
    assert [event[-1] for event in events()] == [2]


def test_mail_scanners_are_counted_separately(client, runner, url):
    client.get(url)
    runner.head(url)
    client.get(f"{url}download/")

    assert [(event[0], *event[-2:]) for event in events()] == [
        ("downloaded", True, 1), ("fetched", True, 2),
    ]  # fmt: skip


def test_return_visit_days_later_is_counted(runner, url):
    age_link()
    page = runner.get(url)
    runner.get(f"{url}download/")

    assert script(page)["step"] == "opened:later"
    assert [event[:2] for event in events()] == [("downloaded", "later"), ("fetched", "later")]


@pytest.mark.parametrize("path", ["session/1/", "secret/"])
def test_other_pages_are_not_counted(runner, url, path):
    assert runner.get(f"{url}{path}").status_code == 200
    assert events() == []


def test_expired_link_is_not_counted(runner, url):
    DownloadLink.objects.update(expires_at=timezone.now())
    runner.get(url)
    runner.get(f"{url}download/")
    runner.get("/guide/made.up/")

    assert events() == []


def test_page_passes_event_data_to_script(runner, url, submission):
    assert script(runner.get(url)) == {
        "to": "/count/", "step": "opened", "edition": str(submission.edition_id),
        "source": "blog", "profile": submission.profile,
    }  # fmt: skip


@pytest.mark.parametrize("step", ["opened", "opened:later"])
def test_beacon_is_counted(runner, submission, step):
    data = {"edition": submission.edition_id, "source": "", "profile": submission.profile}

    sent = runner.post("/count/", data | {"steps": [step]}, content_type="application/json")

    assert sent.status_code == 204
    assert [(event[0], event[-3]) for event in events()] == [("opened", submission.profile)]


def test_guide_is_counted_after_answers_are_erased(runner, url, submission):
    Submission.objects.all().delete()

    page = runner.get(url)
    assert script(page) == {"to": "/count/", "step": "opened"}
    data = {"edition": None, "source": "", "profile": "", "steps": ["opened"]}
    assert runner.post("/count/", data, content_type="application/json").status_code == 204

    assert [(*event[:4], event[-1]) for event in events()] == [
        ("fetched", "", None, "", 1), ("opened", "", None, "", 1),
    ]  # fmt: skip


def test_follow_up_link_has_utm_source(link, contact, client):
    message = messages.follow_up_email(contact, link, message_id="<x@example.org>")

    [path] = re.findall(r"/guide/[0-9a-z.]+/retest/", message.body)
    assert "utm_source=measure-again" in client.get(path)["Location"]


def test_counting_adds_no_queries(runner, url, django_assert_num_queries, no_expiry):
    for path in ("", "download/"):
        runner.get(f"{url}{path}")

    with django_assert_num_queries(2):  # link, consent
        runner.get(url)
    with django_assert_num_queries(1):  # link
        runner.get(f"{url}download/")
