"""Emails about versions that were wrong: who gets one, and that it's exactly one."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.models import Edition
from assessments.publishing.recalls import edition_recall, edition_recall_end
from guides import selectors
from guides.consents.services import (
    consent_confirm,
    contact_erase,
    contact_unsubscribe,
)
from guides.delivery import worker
from guides.models import Consent, Delivery, DownloadLink, GuideEdition, MailEvent, Recall
from guides.recalls import queue
from guides.recalls.queue import batch_queue, recalls_queue
from guides.recalls.services import guide_edition_recall, guide_edition_recall_end, recall_begin
from guides.states import Kind, State
from runfit.lib import caching
from tests.assessments.small import edition_of

pytestmark = pytest.mark.django_db
REASON = "We mixed up two answers."


@pytest.fixture
def version(submission):
    return submission.edition


@pytest.fixture
def has_guide(submit, ask):
    """Creates runners who got the guide, each with an address of their own."""

    def make(*emails, **values):
        return [ask(submit(), email, state=State.SENT, **values).contact for email in emails]

    return make


def marked(version, **changes):
    """Marks it as wrong, after a newer version with these changes is published."""
    if changes:
        data = json.loads(Edition.objects.get(pk=version.pk).definition)
        edition_of(data | changes, number=version.number + 1)
    edition_recall(edition=version, reason=REASON)
    caching.clear()
    recalls_queue()


def stopping(version):
    """The safety list of a version in which pain of 2 is a reason to be seen today."""
    safety = json.loads(Edition.objects.get(pk=version.pk).definition)["safety"]
    when = [{"answer": "worst_pain", "at_least": 2}]
    safety["derived"].append({"level": "today", "when": when, "why": "pain"})
    return safety


def told(state=State.QUEUED):
    rows = Delivery.objects.filter(kind=Kind.RECALL, state=state)
    return sorted(rows.values_list("contact__email", flat=True))


def reached(version):
    return dict(selectors.recall_reach(version).counts)


def test_everyone_with_a_guide_after_it_gets_one_email(version, has_guide, submit, ask):
    has_guide("a@example.org", "b@example.org")
    ask(submit(), "slip@example.org", state=State.CANCELLED)
    submit()

    marked(version)
    recalls_queue()

    assert told() == ["a@example.org", "b@example.org"]
    counts = reached(version)
    assert counts["Waiting to be sent"] == 2
    assert (
        counts["Results without an address (they only see it on their page)"] == 2
    )  # and `submission`


def test_several_guides_of_one_address_make_one_email_for_the_newest(
    version, submit, ask, monkeypatch
):
    ask(submit(), "a@example.org", state=State.SENT, queued_at=timezone.now() - timedelta(days=2))
    newest = ask(submit(), "a@example.org", state=State.SENT).link
    monkeypatch.setattr(queue, "BATCH", 1)

    marked(version)

    assert Delivery.objects.get(kind=Kind.RECALL).link == newest
    assert Recall.objects.get().queued == 1


def test_it_is_sent_once_whatever_is_repeated(version, has_guide, sink):
    has_guide("a@example.org")
    marked(version)
    worker.drain()
    edition_recall(edition=version, reason="In other words.")
    recalls_queue()
    edition_recall_end(edition=version)
    marked(version)
    worker.drain()

    assert len(sink.messages) == 1
    assert told(State.SENT) == ["a@example.org"]


def test_begun_twice_at_once_is_one_recall(version):
    recall_begin(version)

    with pytest.raises(IntegrityError):
        recall_begin(version)


def test_batch_that_is_interrupted_is_queued_whole_later(version, has_guide, monkeypatch):
    has_guide("a@example.org", "b@example.org", "c@example.org")
    monkeypatch.setattr(queue, "BATCH", 2)
    edition_recall(edition=version, reason=REASON)
    recall = Recall.objects.get()
    assert batch_queue(pk=recall.pk)
    with monkeypatch.context() as crash:
        crash.setattr(queue, "_stop_mails", lambda links: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            batch_queue(pk=recall.pk)
    assert len(told()) == 2

    recalls_queue()

    assert told() == ["a@example.org", "b@example.org", "c@example.org"]


def test_who_unsubscribed_or_was_erased_gets_nothing_and_is_counted(version, has_guide, sink):
    out, gone, late, stays = has_guide(*(f"{name}@example.org" for name in "abcd"))
    contact_unsubscribe(contact=out)
    marked(version)
    contact_erase(contact=gone)
    contact_unsubscribe(contact=late)

    worker.drain()

    assert [message["To"] for message in sink.messages] == [stays.email]
    counts = reached(version)
    assert counts["Sent"] == 1
    assert counts["Never to be emailed, so we sent nothing"] == 2
    assert counts["Erased or deleted since then"] == 1


def test_bounces_and_failures_are_counted_apart(version, has_guide):
    has_guide("a@example.org", "b@example.org", "c@example.org")
    marked(version)
    a, b, _c = Delivery.objects.filter(kind=Kind.RECALL).order_by("pk")
    Delivery.objects.filter(pk=a.pk).update(state=State.SENT, sent_at=timezone.now())
    MailEvent.objects.create(provider="X", identity="1", kind="bounced", delivery=a)
    Delivery.objects.filter(pk=b.pk).update(state=State.FAILED)

    counts = reached(version)

    assert (counts["Sent"], counts["Bounced or failed"], counts["Waiting to be sent"]) == (0, 2, 1)


def test_taking_it_back_stops_what_waits_and_a_new_mark_tells_those(version, has_guide, sink):
    has_guide("a@example.org")
    marked(version)
    edition_recall_end(edition=version)
    assert reached(version)["Not sent, because you took the mark back"] == 1
    worker.drain()
    assert sink.messages == []

    marked(version)

    assert told() == ["a@example.org"]
    assert Delivery.objects.get(kind=Kind.RECALL, state=State.CANCELLED)


def test_safety_stop_ends_the_emails_that_wait(version, has_guide, submit, ask):
    [follows] = has_guide("a@example.org")
    consent_confirm(
        contact=follows, purpose=Consent.Purpose.FOLLOW_UP, words="Yes", page="guides:guide"
    )
    guide = ask(submit(), "b@example.org")

    marked(version, safety=stopping(version))

    follow_up = Delivery.objects.get(kind=Kind.FOLLOW_UP)
    guide.refresh_from_db()
    for mail in (follow_up, guide):
        assert mail.state == State.CANCELLED
        assert "safety" not in mail.reason
    assert told() == ["a@example.org"]


def test_stop_by_a_version_that_comes_later_ends_them_when_they_are_due(version, ask, submit, sink):
    guide = ask(submit(), "b@example.org")
    marked(version)
    assert selectors.delivery_is_active(guide)

    data = json.loads(Edition.objects.get(pk=version.pk).definition)
    edition_of(data | {"safety": stopping(version)}, number=version.number + 1)
    caching.clear()
    worker.drain()

    guide.refresh_from_db()
    assert guide.state == State.CANCELLED
    assert sink.messages == []


def test_version_of_a_guide_tells_who_has_it_and_ends_its_series(guide_edition, has_guide):
    [contact] = has_guide("a@example.org")
    series = Delivery(kind=Kind.SERIES, contact=contact, link=contact.links.get(), number=1)

    guide_edition_recall(edition=guide_edition, reason=REASON)
    caching.clear()
    recalls_queue()

    assert told() == ["a@example.org"]
    series.link.refresh_from_db()
    assert not selectors.delivery_is_active(series)
    assert len(selectors.recall_reach(guide_edition).counts) == 6
    assert guide_edition_recall_end(edition=GuideEdition.objects.get(pk=guide_edition.pk))
    assert told() == []


def test_batch_costs_the_same_for_one_link_and_many(version, has_guide):
    def queries():
        edition_recall(edition=version, reason=REASON)
        recall = Recall.objects.latest("pk")
        with CaptureQueriesContext(connection) as made:
            batch_queue(pk=recall.pk)
        number = len(made)
        edition_recall_end(edition=version)
        return number

    has_guide("a@example.org")
    one = queries()
    has_guide(*(f"r{number}@example.org" for number in range(12)))

    assert queries() == one <= 14


def test_nothing_to_queue_costs_one_query(db, django_assert_num_queries):
    with django_assert_num_queries(1):
        recalls_queue()


def test_links_from_after_the_mark_are_left_alone(version, has_guide):
    edition_recall(edition=version, reason=REASON)
    has_guide("new@example.org")
    DownloadLink.objects.update(opened=True)

    recalls_queue()

    assert told() == []
