from datetime import date, timedelta
from html import unescape

import pytest
from django.utils import timezone

from assessments.hooks import Between
from assessments.models import Submission
from guides.content.training import Record, Session, Stage
from guides.models import DownloadLink, Training
from guides.selectors import sessions_done
from guides.training.services import training_keep
from tests.assessments.factories import SubmissionFactory

pytestmark = pytest.mark.django_db


def trained(link, sessions: int) -> None:
    """From two weeks ago on, so many days in a row."""
    begins = timezone.localdate() - timedelta(days=14)
    stage = Stage(plan=link.profile, block=1, begins=begins.isoformat())
    record = Record().with_start(stage, days=(1, 4), zone="", at=1)
    for day in (begins + timedelta(days=number) for number in range(sessions)):
        done = Session(on=day.isoformat(), plan=link.profile, block=1, pain=2, at=1)
        record = record.with_session(done)
    training_keep(link=link, record=record, words="Yes")


def ever(submission) -> Between:
    return Between(submission.runner_pk, date(2020, 1, 1), timezone.localdate())


def retaken(submission) -> Submission:
    long_ago = timezone.now() - timedelta(days=28)
    Submission.objects.filter(pk=submission.pk).update(created_at=long_ago)
    return SubmissionFactory(
        edition=submission.edition,
        retest_of=submission,
        profile=submission.profile,
        answers=submission.answers,
        result=submission.result,
    )


@pytest.mark.parametrize(
    ("sessions", "words", "advice"),
    [
        (3, "That's about 70% or more.", "Move the plan on, and think about seeing a PT."),
        (1, "That's under 70%.", "So your plan hasn't had a fair try yet. Repeat these weeks."),
    ],
)
def test_then_and_now_counts_the_sessions_in_between(client, delivery, sessions, words, advice):
    trained(delivery.link, sessions)  # two sessions a week are four in two weeks
    later = retaken(delivery.submission)

    page = unescape(client.get(f"/result/{later.token}/then-and-now/").content.decode())

    assert f"Sessions done: {sessions} of 4 in the plan." in page
    assert words in page
    assert advice in page.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    assert "Count your sessions" not in page


def test_nothing_is_said_where_nothing_is_known(client, delivery):
    later = retaken(delivery.submission)
    assert [*sessions_done([ever(later)])] == []

    page = client.get(f"/result/{later.token}/then-and-now/").content.decode()

    assert "Sessions done" not in page


def test_links_of_one_request_count_once(delivery, django_assert_num_queries):
    trained(delivery.link, 2)
    link = delivery.link
    link.refresh_from_db()
    link.pk = None
    link.save()
    visits = [ever(delivery.submission)]
    [*sessions_done(visits)]  # fills the caches

    with django_assert_num_queries(1):
        found = [*sessions_done(visits)]

    assert [(each.done, each.planned) for _, each in found] == [(2, 4)]


def test_many_runners_are_one_query(delivery, django_assert_num_queries):
    """Each with the sessions by the links to all of their own answers."""
    trained(delivery.link, 2)
    visits = [ever(delivery.submission)]
    for number in range(3):
        link = DownloadLink.objects.get(pk=delivery.link.pk)
        first = Submission.objects.get(pk=delivery.submission.pk)
        first.pk, first.token, first.nonce = None, f"token{number}", f"nonce{number}"
        first.save()
        link.submission, link.pk, link.training = retaken(first), None, None
        link.save()
        trained(link, number)
        visits.append(ever(first))
    [*sessions_done(visits)]

    with django_assert_num_queries(1):
        found = [*sessions_done(visits)]

    assert [each for each, _ in found] == visits
    assert [done.done for _, done in found] == [2, 0, 1, 2]


@pytest.mark.parametrize("record", ["{", '{"sessions": 1}', '{"schedule": {"stages": []}}'])
def test_a_record_that_cant_be_read_leaves_out_only_itself(delivery, record, caplog):
    trained(delivery.link, 2)
    link = DownloadLink.objects.get(pk=delivery.link.pk)
    other = retaken(delivery.submission)
    other.retest_of = None
    other.save()
    link.submission, link.pk, link.training = other, None, None
    link.save()
    trained(link, 1)
    [broken] = Training.objects.filter(links__submission=other)
    Training.objects.filter(pk=broken.pk).update(record=record)

    found = [*sessions_done([ever(other), ever(delivery.submission)])]

    assert [(each.runner, done.done) for each, done in found] == [(delivery.submission.pk, 2)]
    assert caplog.messages == [f"Training {broken.pk} can't be read, so it isn't counted."]
