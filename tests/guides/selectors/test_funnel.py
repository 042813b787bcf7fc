"""Funnel counts of guides: runners, not emails."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from assessments.analytics.aggregation import EventCount
from assessments.analytics.services import counts_update
from assessments.models import DayCount, Submission
from assessments.submissions.services import submissions_erase
from guides.consents.services import consent_confirm, contact_erase
from guides.delivery.worker import drain
from guides.guide_requests.services import guide_send_again
from guides.models import Consent, Delivery
from guides.selectors import guide_event_counts
from guides.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2026, 3, 4, 12, tzinfo=UTC), tick=False) as traveller:
        yield traveller


def event_counts(step, days=0):
    """The counts of a step today, or some days ago."""
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    start = midnight - timedelta(days=days)
    return [
        count
        for count in guide_event_counts(start, start + timedelta(days=1))
        if count.step == step
    ]


def expected(submission, step, number=1):
    about = (submission.edition_id, submission.source, submission.profile)
    return EventCount(step, "", *about, number=number)


def confirm(contact):
    consent_confirm(
        contact=contact, purpose=Consent.Purpose.FOLLOW_UP, words="Yes.", page="guides:guide"
    )


def test_submission_counts_once_as_asked_and_sent(submission, ask, faults, clock):
    Submission.objects.update(source="blog")
    submission.refresh_from_db()
    ask(submission)
    assert event_counts("asked") == [expected(submission, "asked")]
    assert event_counts("sent") == []
    drain()
    clock.shift(timedelta(minutes=2))
    guide_send_again(submission=submission, network="203.0.113.9")
    drain()
    clock.shift(timedelta(days=1))
    guide_send_again(submission=submission, network="203.0.113.9")
    drain()

    assert Delivery.objects.filter(state=State.SENT).count() == 3
    assert [event_counts(step, days) for step in ("asked", "sent") for days in (1, 0)] == [
        [expected(submission, "asked")], [], [expected(submission, "sent")], [],
    ]  # fmt: skip


def test_submissions_of_one_profile_are_counted_together(ask, submit):
    results = [submit(), submit()]
    for number, result in enumerate(results):
        ask(result, f"r{number}@example.org")

    assert event_counts("asked") == [expected(results[0], "asked", number=2)]


def test_cancelled_request_counts_as_asked(ask, submit, faults):
    ask(submit())
    drain()
    ask(submit())

    assert sum(count.number for count in event_counts("asked")) == 2
    assert sum(count.number for count in event_counts("sent")) == 1


def test_follow_ups_do_not_count_as_guides(contact, submission, faults, clock):
    confirm(contact)
    clock.shift(timedelta(days=28))
    drain()

    assert Delivery.objects.filter(state=State.SENT).count() >= 1
    assert event_counts("asked") == []


def test_confirmation_is_attributed_to_the_latest_guide(submission, ask, submit, clock):
    contact = ask(submission).contact
    clock.shift(timedelta(days=2))
    later = submit()
    Submission.objects.filter(pk=later.pk).update(source="blog")
    later.refresh_from_db()
    ask(later)
    confirm(contact)
    confirm(contact)
    clock.shift(timedelta(hours=1))
    ask(submit())

    assert event_counts("confirmed") == [expected(later, "confirmed")]


def test_other_consents_are_not_counted(contact):
    consent_confirm(
        contact=contact, purpose=Consent.Purpose.SECRET, words="Yes.", page="guides:secret"
    )

    assert event_counts("confirmed") == []


def test_erased_data_is_not_counted(submission, contact):
    confirm(contact)
    submissions_erase(pks=[submission.pk])
    assert event_counts("asked") == []
    assert [(count.edition, count.source) for count in event_counts("confirmed")] == [(None, "")]

    contact_erase(contact=contact)
    assert event_counts("confirmed") == []


def test_daily_counts_include_guides(submission, ask, faults):
    confirm(ask(submission).contact)
    drain()

    counts_update()

    rows = DayCount.objects.filter(by="", step__in=["finish", "asked", "sent", "confirmed"])
    assert dict(rows.values_list("step", "number")) == dict.fromkeys(
        ["finish", "asked", "sent", "confirmed"], 1
    )


def test_event_counts_query_count_is_constant(ask, submit, django_assert_num_queries):
    for number in range(4):
        confirm(ask(submit(), f"r{number}@example.org").contact)
        with django_assert_num_queries(3):
            event_counts("asked")
