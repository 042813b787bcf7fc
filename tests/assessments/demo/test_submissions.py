"""Made-up answers: scored as any other, and told from real ones."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from django.utils import timezone

from assessments import selectors
from assessments.analytics import reports
from assessments.analytics.services import counts_rebuild
from assessments.analytics.utm import MEASURE_AGAIN
from assessments.demo import submissions
from assessments.models import Edition, Sight, Submission
from tests.assessments.factories import EditionFactory, SubmissionFactory

NUMBER = 1500


@pytest.fixture
def edition(default_content):
    return selectors.edition_live("tight-hips")


@pytest.fixture
def made(edition):
    batches = submissions.demo_submissions_create(
        edition=edition, number=NUMBER, days=60, rng=Random(7)
    )
    return [each for batch in batches for each in batch]


def test_each_is_scored_as_its_version_scores(made):
    assert len(made) == NUMBER
    for submission in Submission.objects.select_related("edition")[:300]:
        result = selectors.submission_result(submission)
        assert result.expect() == submission.result
        assert result.answers == submission.answers
        columns = (submission.profile or None, submission.safety_level or None, submission.total)
        assert columns == (result.profile, result.safety_level, result.total)


def test_they_are_as_different_as_runners_are(made, edition):
    profiles = {each.key for each in selectors.edition_definition(edition).profiles}
    rows = Submission.objects.order_by()
    stopped = rows.filter(total=None).count() / NUMBER
    ticked = rows.exclude(safety=["none"]).count() / NUMBER

    assert set(rows.exclude(profile="").values_list("profile", flat=True)) == profiles
    assert 0.02 < stopped < 0.25
    assert 0.03 < ticked < 0.12
    assert rows.exclude(cleared_at=None).exists()
    assert rows.filter(source=MEASURE_AGAIN).exists()
    assert set(rows.values_list("source", flat=True)) == {*submissions.SOURCES, MEASURE_AGAIN}


def test_whoever_ticked_what_stops_was_asked_nothing(made):
    assert {
        *map(
            str,
            Submission.objects.filter(safety_level="emergency").values_list("answers", flat=True),
        )
    } == {"{}"}


def test_the_guide_may_be_asked_for_where_the_result_allows_it(made):
    rows = Submission.objects.in_bulk([each.pk for each in made])
    for each in made:
        row = rows[each.pk]
        allowed = {"now": row.created_at, "after_clearance": row.cleared_at, "never": None}
        assert each.since == allowed[row.result["guide"]]
        assert (each.profile, each.source) == (row.profile, row.source)


def test_tokens_are_known_and_fit_an_address(made, client):
    tokens = {*Submission.objects.values_list("token", flat=True)}

    assert len(tokens) == NUMBER
    assert all(re.fullmatch(r"demo-answers-[A-Za-z0-9_-]{30}", token) for token in tokens)
    assert client.get(Submission.objects.first().get_absolute_url()).status_code == 200


def test_moments_rise_to_now_with_fewer_at_night():
    now = datetime(2026, 5, 6, 15, 30, tzinfo=UTC)

    times = [*submissions.moments(number=5000, days=70, now=now, rng=Random(1))]

    assert len(times) == 5000
    assert all(before <= after for before, after in pairwise(times))
    assert now - timedelta(days=71) < times[0]
    assert times[-1] <= now
    hours = [each.hour for each in times]
    assert hours.count(20) > 3 * hours.count(3)
    days = [each.weekday() for each in times]
    assert days.count(0) > days.count(5)


@pytest.mark.parametrize("number", [1, 2, 7])
def test_few_moments_are_no_fewer(number):
    now = timezone.now()
    assert len([*submissions.moments(number=number, days=1, now=now, rng=Random())]) == number


def test_fewer_reach_each_next_step_of_what_was_seen(made, edition):
    counts_rebuild(since=submissions.demo_first_day())

    today = timezone.localdate()
    told = reports.funnel(today - timedelta(days=70), today)
    number = {(each.step, each.item): each.number for each in told}
    assert number["visit", ""] > number["start", ""] > number["finish", ""] > number["stop", ""] > 0
    assert number["finish", ""] + number["stop", ""] == NUMBER
    assert number["again", ""] > 0
    reached = [each for each in told if each.step == "reached"]
    assert [each.item for each in reached] == [
        each.key for each in selectors.edition_definition(edition).questions
    ]
    assert sum(each.dropped for each in reached) > 0


def test_only_its_own_are_taken_away(made):
    real = SubmissionFactory()
    seen = Sight.objects.create(day=timezone.localdate(), step="visit", source="demo", number=1)

    assert submissions.real_answers_exist()
    assert submissions.demo_submissions_delete() == NUMBER

    assert [*Submission.objects.all()] == [real]
    assert [*Sight.objects.all()] == [seen]
    assert submissions.demo_first_day() is None


def test_made_up_answers_are_not_taken_for_real_ones(made):
    assert not submissions.real_answers_exist()


@pytest.mark.django_db
def test_any_questionnaire_will_do():
    edition = EditionFactory()

    [batch] = submissions.demo_submissions_create(edition=edition, number=40, days=3, rng=Random(2))

    assert len(batch) == Submission.objects.filter(edition=edition).count() == 40
    assert Edition.objects.count() == 1
