"""Results of a version that was marked as wrong."""

from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.models import Edition, Submission
from assessments.publishing.recalls import edition_recall, edition_recall_end
from assessments.submissions.services import submission_create
from assessments.submissions.signed_links import retest_path
from runfit.lib import caching
from tests.assessments.small import checkable, edition_of, small

pytestmark = pytest.mark.django_db

REASON = "We counted a short reach as a long one.\nSkip the deep bends."
ANSWERS = {"touch": "knee", "pain": 3, "lifts": "nothing"}


@pytest.fixture
def first(db):
    return edition_of(small())


@pytest.fixture
def answered(first):
    return stored(first)


def stored(edition, safety=("none",), **more):
    answers = ANSWERS | more.pop("answers", {})
    token = submission_create(
        edition=edition, answers=answers, safety=list(safety), nonce="one", **more
    ).token
    return Submission.objects.get(token=token)


def marked(edition, **later):
    """Marks it as wrong once `later` is published, if that's given."""
    if later:
        edition_of(small(**later), number=2)
    edition_recall(edition=edition, reason=REASON)
    caching.clear()


def page(client, submission):
    return client.get(submission.get_absolute_url())


def main(response):
    return unescape(response.content.decode().partition("<main")[2])


def with_points_swapped():
    """The questions of a version in which a short reach counts as a long one."""
    questions = small()["questions"]
    knee, toes, _never = questions[0]["choices"]
    knee["points"], toes["points"] = toes["points"], knee["points"]
    return questions


def stopping():
    """The safety levels of a version in which pain of 3 is a reason to stop."""
    safety = small()["safety"]
    safety["derived"][0]["when"] = [{"answer": "pain", "at_least": 3}]
    return safety


def test_unchanged_result_says_so_on_top(client, answered):
    marked(answered.edition, title="Newer check")

    text = main(page(client, answered))

    assert "Skip the deep bends." in text
    assert "Nothing changed for you." in text
    assert text.index("Nothing changed for you.") < text.index("Reach first")
    assert "Take the check again" not in text


def test_changed_result_stands_beside_the_old_one(client, answered):
    marked(answered.edition, questions=with_points_swapped())

    text = main(page(client, answered))

    assert "Here's what changed for you:" in text
    assert text.index("Ready to lift") < text.index("<h1>Reach first")
    assert "Room to grow (0 of 100)" in text
    assert "On track (100 of 100)" in text
    assert f'href="{retest_path(answered)}"' in text


def test_safety_stop_comes_first_and_hides_the_result(client, answered):
    marked(answered.edition, safety=stopping())

    text = main(page(client, answered))

    assert text.index("Get help now") < text.index("Skip the deep bends.")
    assert "Reach first" not in text
    assert "Take the check again" not in text
    assert client.post(f"{answered.get_absolute_url()}checks/").status_code in {303, 404}


def test_level_that_needs_clearance_comes_first_too(client, answered):
    safety = stopping()
    safety["derived"][0]["level"] = "wait"
    marked(answered.edition, safety=safety)

    text = main(page(client, answered))

    assert "Ask first" in text
    assert "Reach first" not in text
    assert "Take the check again" in text


def test_what_cannot_be_compared_is_named_and_offered_again(client, answered):
    questions = small()["questions"]
    questions[2]["text"] = "How heavy do you lift?"
    marked(answered.edition, questions=questions)

    text = main(page(client, answered))

    assert "can't work out a new result" in text
    assert "What do you lift?" in text
    assert "Take the check again" in text


def test_new_safety_items_are_asked_before_anything_is_called_unchanged(client, answered):
    safety = small()["safety"]
    safety["items"].append(
        {"key": "fever", "level": "stop", "text": "I have a fever.", "why": "may be an infection"}
    )
    marked(answered.edition, safety=safety)

    text = main(page(client, answered))

    assert "I have a fever." in text
    assert "Take the check again" in text


def test_without_a_newer_version_nothing_is_scored_again(client, answered):
    marked(answered.edition)

    text = main(page(client, answered))

    assert "working on a new version" in text
    assert "Skip the deep bends." in text


def test_stop_is_never_lifted_by_a_calculation(client, first):
    stop = stored(first, ["fall"])
    safety = small()["safety"]
    safety["items"][0] |= {"level": "wait"}
    marked(first, safety=safety)

    text = main(page(client, stop))

    assert "Get help now" in text
    assert "can't work out a new result" in text


def test_result_that_waits_for_clearance_stays_hidden(client, first):
    waits = stored(first, ["young"])
    marked(first, questions=with_points_swapped())

    text = main(page(client, waits))

    assert "Ask first" in text
    assert "Ready to lift" not in text
    assert "Your result may differ now." in text


def test_taking_the_mark_back_restores_the_page(client, answered):
    before = main(page(client, answered))
    marked(answered.edition, safety=stopping())
    edition_recall_end(edition=answered.edition)
    caching.clear()

    assert main(page(client, answered)) == before


def test_marking_twice_keeps_the_time_and_takes_the_new_words(first):
    assert edition_recall(edition=first, reason="One")
    at = Edition.objects.get(pk=first.pk).recalled_at

    assert not edition_recall(edition=first, reason="Two")

    stored_edition = Edition.objects.get(pk=first.pk)
    assert (stored_edition.recalled_at, stored_edition.recall_reason) == (at, "Two")


def test_marking_costs_the_same_for_one_result_and_many(first, django_assert_num_queries):
    for number in range(30):
        stored(first, answers={"pain": number % 8})

    with django_assert_num_queries(5):
        edition_recall(edition=first, reason=REASON)


def test_note_costs_no_query(client, answered, django_assert_num_queries):
    page(client, answered)
    with CaptureQueriesContext(connection) as warm:
        page(client, answered)
    queries = len(warm)
    marked(answered.edition, title="Newer check")
    page(client, answered)

    with django_assert_num_queries(queries):
        page(client, answered)


def test_retake_after_a_wrong_version_needs_no_wait(client, first):
    retest = {"earliest_days": 20}
    old = stored(edition_of(small(retest=retest), number=3))
    assert "a little early" in client.get(retest_path(old)).content.decode()

    marked(old.edition)

    assert "a little early" not in client.get(retest_path(old)).content.decode()


def test_comparison_with_a_wrong_version_says_so_and_scores_nothing_anew(client, answered):
    Submission.objects.update(created_at=timezone.now() - timedelta(days=30))
    newer = edition_of(small(questions=with_points_swapped()), number=2)
    later = stored(newer, earlier=Submission.objects.get(), answers={"touch": "toes"})
    url = f"{later.get_absolute_url()}then-and-now/"
    before = main(client.get(url))

    marked(answered.edition)

    after = main(client.get(url))
    assert "Take this comparison with care" in after
    section = after[after.index('<section class="card" id="recall">') :]
    note = section[: section.index("</section>") + len("</section>")]
    assert "".join(after.replace(note, "").split()) == "".join(before.split())


def test_sheet_for_a_pt_says_what_was_wrong_and_what_it_comes_to(client, answered):
    marked(answered.edition, safety=stopping())

    text = main(client.get(f"{answered.get_absolute_url()}sheet/"))

    assert "Skip the deep bends." in text
    assert "Get help now" in text


def test_checks_cannot_be_added_to_a_wrong_version(client, db):
    edition = edition_of(checkable())
    result = stored(edition, answers={"touch": "sore"})
    form = f'action="{result.get_absolute_url()}checks/"'
    assert form in main(page(client, result))

    marked(edition)

    assert form not in main(page(client, result))
    client.post(f"{result.get_absolute_url()}checks/", {"touch": "toes"})
    assert Submission.objects.count() == 1
