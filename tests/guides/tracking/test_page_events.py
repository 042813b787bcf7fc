"""What the guide's pages count, and that it costs them nothing."""

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


def seen():
    collector.flush()
    fields = ("step", "item", "edition", "source", "profile", "bot", "number")
    return sorted(Sight.objects.values_list(*fields))


def script(page):
    tag = re.search(r"<script [^>]*count[^>]*>", page.content.decode())[0]
    return dict(re.findall(r'data-(\w+)="([^"]*)"', tag))


def grow_old():
    DownloadLink.objects.update(created_at=timezone.now() - timedelta(days=3))


def test_a_look_at_the_guide_and_a_download_are_counted(runner, url, submission):
    runner.get(url)
    runner.get(f"{url}download/")
    runner.get(f"{url}download/?paper=letter")

    about = (submission.edition_id, "blog", submission.profile, False)
    assert seen() == [("downloaded", "", *about, 2), ("fetched", "", *about, 1)]


def test_a_download_that_the_browser_has_already_is_one(runner, url):
    etag = runner.get(f"{url}download/")["ETag"]

    assert runner.get(f"{url}download/", headers={"If-None-Match": etag}).status_code == 304
    assert [each[-1] for each in seen()] == [2]


def test_programs_that_check_mail_are_counted_apart(client, runner, url):
    client.get(url)
    runner.head(url)
    client.get(f"{url}download/")

    assert [(each[0], *each[-2:]) for each in seen()] == [
        ("downloaded", True, 1), ("fetched", True, 2),
    ]  # fmt: skip


def test_who_comes_back_days_later_comes_back_to_train(runner, url):
    grow_old()
    page = runner.get(url)
    runner.get(f"{url}download/")

    assert script(page)["step"] == "opened:later"
    assert [each[:2] for each in seen()] == [("downloaded", "later"), ("fetched", "later")]


@pytest.mark.parametrize("path", ["session/1/", "secret/"])
def test_other_pages_count_nothing(runner, url, path):
    assert runner.get(f"{url}{path}").status_code == 200
    assert seen() == []


def test_what_nobody_got_to_see_is_not_counted(runner, url):
    DownloadLink.objects.update(expires_at=timezone.now())
    runner.get(url)
    runner.get(f"{url}download/")
    runner.get("/guide/made.up/")

    assert seen() == []


def test_the_page_tells_its_script_what_to_count(runner, url, submission):
    assert script(runner.get(url)) == {
        "to": "/count/", "step": "opened", "edition": str(submission.edition_id),
        "source": "blog", "profile": submission.profile,
    }  # fmt: skip


@pytest.mark.parametrize("step", ["opened", "opened:later"])
def test_its_beacon_is_counted(runner, submission, step):
    data = {"edition": submission.edition_id, "source": "", "profile": submission.profile}

    sent = runner.post("/count/", data | {"steps": [step]}, content_type="application/json")

    assert sent.status_code == 204
    assert [(each[0], each[-3]) for each in seen()] == [("opened", submission.profile)]


def test_whose_answers_are_erased_is_counted_without_them(runner, url, submission):
    Submission.objects.all().delete()

    page = runner.get(url)
    assert script(page) == {"to": "/count/", "step": "opened"}
    data = {"edition": None, "source": "", "profile": "", "steps": ["opened"]}
    assert runner.post("/count/", data, content_type="application/json").status_code == 204

    assert [(*each[:4], each[-1]) for each in seen()] == [
        ("fetched", "", None, "", 1), ("opened", "", None, "", 1),
    ]  # fmt: skip


def test_the_mail_after_four_weeks_says_where_it_leads_from(link, contact):
    message = messages.follow_up_email(contact, link, message_id="<x@example.org>")

    assert "/check/tight-hips/?utm_source=measure-again" in message.body


def test_counting_asks_nothing(runner, url, django_assert_num_queries, no_expiry):
    for path in ("", "download/"):
        runner.get(f"{url}{path}")

    with django_assert_num_queries(2):  # link, consent
        runner.get(url)
    with django_assert_num_queries(1):  # link
        runner.get(f"{url}download/")
