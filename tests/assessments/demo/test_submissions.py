"""Demo submissions are scored like real ones and can be distinguished from them."""

import json
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
from assessments.definition import parse
from assessments.demo import submissions
from assessments.models import Edition, Sight, Submission
from tests.assessments.factories import EditionFactory, SubmissionFactory
from tests.assessments.small import with_tried

NUMBER = 1500


@pytest.fixture
def edition(default_content):
    return selectors.edition_live("tight-hips")


@pytest.fixture
def made(edition):
    batches = submissions.demo_submissions_create(
        edition=edition, number=NUMBER, days=60, rng=Random(7)
    )
    return [submission for batch in batches for submission in batch]


def test_stored_results_match_scoring(made):
    assert len(made) == NUMBER
    for submission in Submission.objects.select_related("edition")[:300]:
        result = selectors.submission_result(submission)
        assert result.expect() == submission.result
        assert json.loads(json.dumps(dict(result.answers))) == submission.answers
        columns = (submission.profile or None, submission.safety_level or None, submission.total)
        assert columns == (result.profile, result.safety_level, result.total)


def test_several_answers_go_together():
    definition = parse(with_tried())
    generator = submissions.AnswerGenerator(definition, Random(7))

    made = [json.loads(generator.pattern().answers).get("tried") for _ in range(200)]

    picked = [answer for answer in made if answer]
    assert {len(answer) for answer in picked} == {1, 2}
    assert all(answer == ["nothing"] or "nothing" not in answer for answer in picked)


def test_results_vary_like_those_of_real_runners(made, edition):
    profiles = {profile.key for profile in selectors.edition_definition(edition).profiles}
    rows = Submission.objects.order_by()
    stopped = rows.filter(profile="").count() / NUMBER
    ticked = rows.exclude(safety=["none"]).count() / NUMBER

    assert set(rows.exclude(profile="").values_list("profile", flat=True)) == profiles
    assert 0.02 < stopped < 0.25
    assert 0.03 < ticked < 0.12
    assert rows.exclude(cleared_at=None).exists()
    assert rows.filter(source=MEASURE_AGAIN).exists()
    assert set(rows.values_list("source", flat=True)) == {*submissions.SOURCES, MEASURE_AGAIN}


def test_safety_stop_has_no_answers(made):
    assert {
        *map(
            str,
            Submission.objects.filter(safety_level="emergency").values_list("answers", flat=True),
        )
    } == {"{}"}


def test_guide_can_be_requested_when_the_result_allows_it(made):
    rows = Submission.objects.in_bulk([submission.pk for submission in made])
    for submission in made:
        row = rows[submission.pk]
        allowed = {"now": row.created_at, "after_clearance": row.cleared_at, "never": None}
        assert submission.since == allowed[row.result["guide"]]
        assert (submission.profile, submission.source) == (row.profile, row.source)


def test_tokens_have_the_prefix_and_work_in_urls(made, client):
    tokens = {*Submission.objects.values_list("token", flat=True)}

    assert len(tokens) == NUMBER
    assert all(re.fullmatch(r"demo-answers-[A-Za-z0-9_-]{30}", token) for token in tokens)
    assert client.get(Submission.objects.first().get_absolute_url()).status_code == 200


def test_times_increase_up_to_now_with_fewer_at_night():
    now = datetime(2026, 5, 6, 15, 30, tzinfo=UTC)

    times = [*submissions.random_times(number=5000, days=70, now=now, rng=Random(1))]

    assert len(times) == 5000
    assert all(before <= after for before, after in pairwise(times))
    assert now - timedelta(days=71) < times[0]
    assert times[-1] <= now
    hours = [moment.hour for moment in times]
    assert hours.count(20) > 3 * hours.count(3)
    days = [moment.weekday() for moment in times]
    assert days.count(0) > days.count(5)


@pytest.mark.parametrize("number", [1, 2, 7])
def test_small_numbers_of_times_are_exact(number):
    now = timezone.now()
    assert len([*submissions.random_times(number=number, days=1, now=now, rng=Random())]) == number


def test_funnel_of_demo_sightings_narrows(made, edition):
    counts_rebuild(since=submissions.demo_first_day())

    today = timezone.localdate()
    funnel = reports.funnel(today - timedelta(days=70), today)
    number = {(row.step, row.item): row.number for row in funnel}
    assert number["visit", ""] > number["start", ""] > number["finish", ""] > number["stop", ""] > 0
    assert number["finish", ""] + number["stop", ""] == NUMBER
    assert number["again", ""] > 0
    reached = [row for row in funnel if row.step == "reached"]
    assert [row.item for row in reached] == [
        question.key for question in selectors.edition_definition(edition).questions
    ]
    assert sum(row.dropped for row in reached) > 0


def test_only_demo_data_is_deleted(made):
    real = SubmissionFactory()
    seen = Sight.objects.create(day=timezone.localdate(), step="visit", source="demo", number=1)

    assert submissions.real_answers_exist()
    assert submissions.demo_submissions_delete() == NUMBER

    assert [*Submission.objects.all()] == [real]
    assert [*Sight.objects.all()] == [seen]
    assert submissions.demo_first_day() is None


def test_demo_submissions_do_not_count_as_real(made):
    assert not submissions.real_answers_exist()


@pytest.mark.django_db
def test_works_with_any_self_check():
    edition = EditionFactory()

    [batch] = submissions.demo_submissions_create(edition=edition, number=40, days=3, rng=Random(2))

    assert len(batch) == Submission.objects.filter(edition=edition).count() == 40
    assert Edition.objects.count() == 1
