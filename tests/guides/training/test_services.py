from threading import Thread

import pytest
from django.db import connection

from assessments.submissions.request_limits import LimitReachedError
from guides import selectors, signed_links
from guides.consents.services import contact_erase
from guides.content.training import Record, Session, Stage, read_record
from guides.guide_requests.records import link_again
from guides.models import DownloadLink, Training
from guides.training import services
from guides.training.services import (
    training_change,
    training_forget,
    training_keep,
    training_limit,
)
from tests.support.traces import places_with

START = Record().with_start(
    Stage(plan="mobility_first", block=1, begins="2026-12-01"), days=(1, 4), zone="", at=1
)


def session(day: int, pain: int = 2) -> Session:
    return Session(on=f"2026-12-{day:02}", plan="mobility_first", block=1, pain=pain, at=day)


def kept(link) -> Record:
    link = signed_links.guide_link(signed_links.guide_token(link))
    return read_record(link.training.record)


def test_keeping_stores_one_row_that_follows_the_link(delivery):
    link = delivery.link
    training_keep(link=link, record=START, words="Save with my link")
    link.refresh_from_db()

    training_change(training=link.training, change=lambda record: record.with_session(session(2)))

    assert kept(link) == START.with_session(session(2))
    row = Training.objects.get()
    assert (row.words, row.revision) == ("Save with my link", 2)
    again = link_again(link.contact, link)
    assert again.training_id == row.pk


def test_second_yes_merges_what_another_device_did(delivery):
    training_keep(link=delivery.link, record=START.with_session(session(2)), words="Yes")

    both = training_keep(link=delivery.link, record=START.with_session(session(4)), words="Yes")

    assert both == kept(delivery.link) == START.with_session(session(2)).with_session(session(4))
    assert Training.objects.count() == 1


def test_asking_for_the_same_guide_again_goes_on_where_it_was(ask, submission):
    first = ask(submission)
    training_keep(link=first.link, record=START, words="Yes")
    first.queued_at = first.queued_at.replace(year=2025)
    first.save()

    second = ask(submission)

    assert second.link_id != first.link_id
    assert kept(second.link) == START


def test_change_that_changes_nothing_writes_nothing(delivery, django_assert_num_queries):
    training_keep(link=delivery.link, record=START, words="Yes")
    training = Training.objects.get()

    with django_assert_num_queries(0):
        training_change(training=training, change=lambda record: record)
    with django_assert_num_queries(1):
        training_change(training=training, change=lambda record: record.with_session(session(2)))


def test_stale_row_is_read_again_and_nothing_is_lost(delivery):
    training_keep(link=delivery.link, record=START, words="Yes")
    stale = Training.objects.get()
    training_change(training=stale, change=lambda record: record.with_session(session(2)))

    changed = training_change(training=stale, change=lambda record: record.with_session(session(4)))

    assert changed == kept(delivery.link) == START.with_session(session(2)).with_session(session(4))


@pytest.mark.django_db(transaction=True)
def test_two_devices_at_once_lose_nothing(delivery):
    training_keep(link=delivery.link, record=START, words="Yes")
    training = Training.objects.get()

    def tap(day):
        training_change(training=training, change=lambda record: record.with_session(session(day)))
        connection.close()

    threads = [Thread(target=tap, args=[day]) for day in range(2, 8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [each.on for each in kept(delivery.link).done] == [
        session(day).on for day in range(2, 8)
    ]


def test_forgotten_and_erased_leave_no_trace(delivery):
    link = delivery.link
    training_keep(link=link, record=START.with_session(session(2)), words="Yes")
    assert places_with("2026-12-02") == {"guides.Training"}
    training = Training.objects.get()

    training_forget(training=training)

    assert places_with("2026-12-02") == set()
    assert (
        training_change(training=training, change=lambda _: Record(sessions=(session(3),))) is None
    )
    link.refresh_from_db()
    assert link.training is None

    training_keep(link=link, record=START.with_session(session(2)), words="Yes")
    contact_erase(contact=link.contact)
    assert places_with("2026-12-02") == set()
    assert training_keep(link=link, record=START, words="Yes") is None


def test_download_holds_the_training_and_the_newsletter_tool_never_does(delivery, settings):
    settings.NEWSLETTER_URL = "https://news.example/hook"
    training_keep(link=delivery.link, record=START.with_session(session(2, 7)), words="Save it")

    (data,) = selectors.contact_export(delivery.contact)["trainings"]

    assert (data["yes_to"], data["record"]["sessions"][0]["pain"]) == ("Save it", 7)
    assert delivery.contact.deliveries.count() == 1


def test_links_of_other_requests_keep_their_own(ask, submit):
    one, other = (ask(submit(), email) for email in ("a@example.org", "b@example.org"))

    training_keep(link=one.link, record=START, words="Yes")

    assert DownloadLink.objects.filter(training=None).get() == other.link


def test_taps_have_a_limit(delivery, monkeypatch):
    monkeypatch.setattr(services, "TAPS_HOUR", 2)
    for _ in range(2):
        training_limit(link=delivery.link)

    with pytest.raises(LimitReachedError):
        training_limit(link=delivery.link)
