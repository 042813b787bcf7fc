"""Selectors: caching, expiry and query counts."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError
from django.template import Context, Template

from assessments import selectors
from assessments.definition import DefinitionError, parse
from assessments.models import Assessment, Edition, Practice
from runfit.lib import caching
from runfit.lib.json_format.writing import canonical
from tests.assessments.factories import AssessmentFactory, EditionFactory, SubmissionFactory
from tests.assessments.small import SMALL, edition_of, small

START = datetime(2026, 3, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def test_newest_edition_is_live(clock):
    assessment = AssessmentFactory()
    newest, _ = (EditionFactory(assessment=assessment, number=number) for number in (2, 1))
    EditionFactory(number=9)

    assert selectors.edition_live(assessment.slug) == newest


def test_cached_page_runs_no_queries(clock, django_assert_num_queries):
    edition = EditionFactory()
    slug = edition.assessment.slug

    def page():
        selectors.assessment_default()
        live = selectors.edition_live(slug)
        selectors.edition_get(live.pk)
        selectors.practice()
        return selectors.edition_definition(live), live.assessment.title, live.reviewed_by

    Practice().save()
    with django_assert_num_queries(5):
        page()
    clock.shift(timedelta(seconds=2.9))
    with django_assert_num_queries(0):
        page()
    clock.shift(timedelta(seconds=0.2))
    with django_assert_num_queries(4):  # definitions never expire
        page()


def test_publish_in_another_process_shows_within_five_seconds(clock):
    edition = EditionFactory()
    slug = edition.assessment.slug
    selectors.edition_live(slug)
    newer = EditionFactory(assessment=edition.assessment, number=edition.number + 1)

    assert selectors.edition_live(slug) == edition
    clock.shift(timedelta(seconds=3))
    assert selectors.edition_live(slug) == newer


def test_cache_expires_when_the_clock_is_set_back(clock):
    edition = EditionFactory()
    slug = edition.assessment.slug
    selectors.edition_live(slug)
    newer = EditionFactory(assessment=edition.assessment, number=edition.number + 1)

    clock.shift(-timedelta(hours=1))

    assert selectors.edition_live(slug) == newer


def test_missing_edition_is_not_cached(clock):
    assert selectors.edition_live("made-up") is None
    assert selectors.edition_get(404) is None
    assert selectors.assessment_default() is None

    edition = EditionFactory(pk=404, assessment__slug="made-up")

    assert selectors.edition_live("made-up") == edition
    assert selectors.edition_get(404) == edition
    assert selectors.assessment_default() == edition.assessment


def test_definition_is_parsed_once():
    edition = EditionFactory()

    assert selectors.edition_definition(edition) == parse(SMALL)
    assert selectors.edition_definition(edition) is selectors.edition_definition(edition)


def test_old_editions_are_unchanged_by_publishing():
    old = EditionFactory()
    new = EditionFactory(definition=canonical(parse(small(title="New title"))))

    titles = [selectors.edition_definition(edition).title for edition in (old, new)]

    assert titles == ["Small check", "New title"]


def test_edition_from_before_a_format_check_is_readable():
    text = canonical(parse(SMALL)).replace("Higher is better.", "Higher\u2028is better.")
    with pytest.raises(DefinitionError):
        parse(json.loads(text))

    definition = selectors.edition_definition(EditionFactory(definition=text))

    assert definition.direction == "Higher\u2028is better."
    assert canonical(definition) == text


def test_clearing_the_cache_shows_changes_immediately(clock):
    edition = EditionFactory()
    selectors.edition_definition(edition)
    Edition.objects.update(definition=json.dumps(small(title="Other")))

    caching.clear()

    assert selectors.edition_definition(edition).title == "Other"


def test_first_page_defaults_to_the_first_self_check():
    AssessmentFactory(title="Never published")
    first, _second = EditionFactory(), EditionFactory()
    EditionFactory(assessment=first.assessment, number=first.number + 1)

    assert selectors.assessment_default() == first.assessment


def test_first_page_follows_the_setting(settings):
    _first, second = EditionFactory(), EditionFactory()

    settings.DEFAULT_CHECK = second.assessment.slug

    assert selectors.assessment_default() == second.assessment


def test_setting_without_a_published_self_check_is_ignored(settings):
    draft, first = AssessmentFactory(), EditionFactory()

    settings.DEFAULT_CHECK = draft.slug

    assert selectors.assessment_default() == first.assessment


def test_first_page_without_published_self_checks():
    AssessmentFactory()

    assert selectors.assessment_default() is None


def test_submission_and_edition_take_one_query(django_assert_num_queries):
    made = SubmissionFactory()
    selectors.edition_get(made.edition_id)  # cached from here on

    with django_assert_num_queries(1):
        submission = selectors.submission_by_token(made.token)
        title = submission.edition.assessment.title

    assert submission == made
    assert title == made.edition.assessment.title


def test_unknown_token_returns_none():
    SubmissionFactory()

    assert selectors.submission_by_token("x" * 43) is None


def test_old_submission_is_scored_by_its_own_edition():
    submission = SubmissionFactory()
    changed = small()
    for choice in changed["questions"][0]["choices"]:
        choice["points"] = {"reach": 4}
    EditionFactory(
        assessment=submission.edition.assessment, definition=canonical(parse(changed)), number=1000
    )

    result = selectors.submission_result(submission)

    assert [result.profile, result.dimensions["reach"].score] == ["ready", 100]
    assert [tried.profile for tried in result.trace.profiles] == ["stiff", "ready"]


def test_changed_practice_shows_after_three_seconds(clock):
    Practice(name="Old name").save()
    assert selectors.practice().name == "Old name"

    Practice(name="Stride").save()

    assert selectors.practice().name == "Old name"
    clock.shift(timedelta(seconds=3))
    assert selectors.practice().name == "Stride"


def test_practice_defaults_without_creating_a_row(django_assert_num_queries):
    with django_assert_num_queries(1):
        names = [selectors.practice().name for _ in range(2)]

    assert names == ["RunFit", "RunFit"]
    assert not Practice.objects.exists()


def test_practice_is_available_without_the_database(monkeypatch):
    def gone():
        raise DatabaseError

    monkeypatch.setattr(Practice.objects, "first", gone, raising=False)

    assert selectors.practice().name == "RunFit"


def test_templates_load_the_practice_lazily(rf, django_assert_num_queries):
    context = Context(selectors.practice_context(rf.get("/")))

    with django_assert_num_queries(0):
        assert Template("Hello").render(context) == "Hello"
    assert Template("{{ practice.name }}").render(context) == "RunFit"


def test_assessments_are_cached_separately():
    one, other = EditionFactory(), EditionFactory()

    slugs = [edition.assessment.slug for edition in (one, other)]

    assert [selectors.edition_live(slug) for slug in slugs] == [one, other]
    assert Assessment.objects.count() == 2


def test_advice_is_what_the_result_says():
    edition = edition_of(
        small(
            notices=[
                *SMALL["notices"],
                {"key": "here", "rule": [[]], "text": "Not in the guide.", "in_guide": False},
            ]
        )
    )
    submission = SubmissionFactory(
        edition=edition,
        answers={"touch": "knee", "pain": 5, "lifts": "nothing"},
        safety=["young"],
        safety_level="wait",
        cleared_at=START,
    )

    advice = selectors.submission_advice(submission)

    assert advice.answers == (
        ("Can I run?", "Yes.\n\nOnly short runs.\n\nOnly flat runs."),
        ("How long will it take?", "Four weeks."),
    )
    assert advice.notices == ("Mind the pain.",)
    assert advice.checked == (("young", "I am under 18"),)


def test_no_advice_before_clearance():
    submission = SubmissionFactory(safety=["young"], safety_level="wait")

    assert selectors.submission_advice(submission) == selectors.SubmissionAdvice()


def test_no_advice_after_a_safety_stop():
    result = {"safety_level": "stop", "dimensions": None}
    submission = SubmissionFactory(safety=["fall"], safety_level="stop", result=result)

    assert selectors.submission_advice(submission) == selectors.SubmissionAdvice()
