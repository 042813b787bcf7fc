"""Guides whose version was wrong, or that of the answers behind them."""

import json

import pytest

from assessments.models import Edition, Submission
from assessments.publishing.recalls import edition_recall
from guides import signed_links
from guides.models import DownloadLink
from guides.recalls.services import guide_edition_recall
from guides.states import State
from runfit.lib import caching
from tests.assessments.small import edition_of
from tests.guides.recalls.test_queue import stopping
from tests.guides.recalls.test_services import newer

pytestmark = pytest.mark.django_db
REASON = "The bridge is drawn upside down."


def path(link, page=""):
    return f"/guide/{signed_links.guide_token(link)}/{page}"


def shown(client, link, page=""):
    return client.get(path(link, page)).content.decode().partition("<main")[2]


@pytest.fixture
def link(ask, submission):
    return ask(submission, state=State.SENT).link


def test_wrong_guide_says_so_on_top_and_gives_no_pdf(client, link, guide_edition):
    newer(guide_edition)
    guide_edition_recall(edition=guide_edition, reason=REASON)
    caching.clear()

    for page in ("", "session/1/"):
        text = shown(client, link, page)
        assert text.index(REASON) < text.index("<h1>")
    assert "/download/" not in shown(client, link)
    assert client.get(path(link, "download/"))["Location"] == path(link)

    response = client.post(path(link, "current/"), follow=True)

    assert REASON not in response.content.decode()
    assert "/download/" in response.content.decode()


def test_wrong_self_check_leads_to_the_result(client, link, submission):
    edition_recall(edition=submission.edition, reason=REASON)
    caching.clear()

    text = shown(client, link)
    assert text.index(REASON) < text.index("<h1>")
    assert "session/1/" in text
    assert client.get(path(link, "recalled/"))["Location"] == submission.get_absolute_url()


def test_safety_stop_takes_the_plan_away(client, link, submission):
    version = Edition.objects.get()
    data = json.loads(version.definition) | {"safety": stopping(version)}
    edition_of(data, number=version.number + 1)
    edition_recall(edition=version, reason=REASON)
    caching.clear()

    text = shown(client, link)

    assert "before you do anything else" in text
    assert "session/1/" not in text
    for page in ("session/1/", "download/"):
        assert client.get(path(link, page))["Location"] == path(link)


@pytest.mark.parametrize("why", ["erased", "someone else's"])
def test_answers_that_may_be_someone_elses_stay_closed(client, ask, submission, link, why):
    edition_recall(edition=submission.edition, reason=REASON)
    caching.clear()
    if why == "erased":
        Submission.objects.all().delete()
    else:
        ask(submission, "two@example.org", state=State.SENT)

    response = client.get(path(link, "recalled/"))

    assert response["Location"] == path(link)


def test_changing_the_guide_takes_a_post(client, link):
    assert client.get(path(link, "current/")).status_code == 405
    assert DownloadLink.objects.count() == 1
