"""Drafts from files and back, publishing, and what runners answered."""

import json
import threading
from copy import deepcopy
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments import selectors
from assessments.checker import Finding
from assessments.definition import DefinitionError, parse
from assessments.models import Assessment, Condition, Edition, Profile, Question, Submission
from assessments.publishing.deserialize import deserialize_draft
from assessments.publishing.drafts import assessment_compile, assessment_export
from assessments.publishing.pipeline import PublishRefused
from assessments.publishing.services import (
    LoadOutcome,
    assessment_check,
    assessment_load,
    assessment_publish,
    edition_sign,
)
from assessments.scoring import AnswersError, score
from assessments.submissions.services import submission_clear, submission_create, submissions_erase
from runfit.lib.json_format.writing import canonical, file_text, to_data
from tests.assessments.factories import (
    AssessmentFactory,
    EditionFactory,
    QuestionFactory,
    SubmissionFactory,
)
from tests.assessments.small import SMALL, small
from tests.assessments.strategies import definition_data, full_answers

CONTENT = Path(__file__).resolve().parents[3] / "content" / "tight-hips.json"

pytestmark = pytest.mark.django_db


def default_text():
    return CONTENT.read_text(encoding="utf-8")


def load(data=SMALL):
    outcome = assessment_load(data=deepcopy(data))
    return outcome.assessment


def compiled(assessment):
    return assessment_compile(assessment=assessment)


def publish(assessment, **more):
    return assessment_publish(assessment=assessment, user=None, **more)


def test_a_file_is_loaded_and_published():
    outcome = assessment_load(data=json.loads(default_text()))

    edition = Edition.objects.get()
    definition = parse(json.loads(default_text()))
    assert outcome == LoadOutcome(edition.assessment, edition)
    assert outcome.created
    assert [edition.assessment.slug, edition.number] == ["tight-hips", 1]
    assert edition.definition == canonical(definition)
    assert edition.sha256 == sha256(edition.definition.encode()).hexdigest()


def test_the_default_content_compiles_to_what_its_file_says():
    assessment = load(json.loads(default_text()))

    assert compiled(assessment) == parse(json.loads(default_text()))


def test_the_default_content_exports_the_bytes_of_its_file():
    load(json.loads(default_text()))

    assert assessment_export(slug="tight-hips") == default_text()


def test_loading_and_compiling_do_not_ask_for_each_part(django_assert_max_num_queries):
    data = json.loads(default_text())

    with django_assert_max_num_queries(50):
        assessment = load(data)
    with django_assert_max_num_queries(24):
        compiled(assessment)


def test_a_slug_that_exists_is_left_alone():
    assessment = load()

    outcome = assessment_load(data=small(title="Other"))

    assert outcome == LoadOutcome(assessment, None)
    assert not outcome.created
    assert Assessment.objects.get().title == "Small check"


def test_a_file_that_is_none_leaves_nothing_behind():
    with pytest.raises(DefinitionError, match="questions"):
        assessment_load(data={"slug": "x"})
    assert not Assessment.objects.exists()


def test_a_file_that_the_checker_refuses_leaves_nothing_behind():
    with pytest.raises(PublishRefused) as refused:
        load(small(profiles=SMALL["profiles"][:1]))

    errors = [each.code for each in refused.value.findings if each.severity == "error"]
    assert errors == ["no_profile"]
    assert not Assessment.objects.exists()


def rules():
    reach = {"score": "reach", "below": 60}
    pain = {"answer": "pain", "at_least": 3, "at_most": 5}
    return [
        [],
        [[]],
        [[], [reach]],
        [[reach], []],
        [[reach, pain], [pain]],
        [[{"any_score": True, "confidence_in": ["none", "high"]}]],
        [[{"any_score": True, "confidence_in": []}]],
        [[{"answer": "touch", "in": []}]],
        [[{"answer": "touch", "in": ["toes", "knee"]}, {"answer": "touch", "not_in": ["never"]}]],
        [[{"score": "power", "unmeasured": True}], [{"score": "power", "at_least": 0, "below": 9}]],
    ]


@pytest.mark.parametrize("rule", rules(), ids=str)
def test_every_rule_comes_back_as_it_was(rule):
    notices = [{"key": "note", "rule": rule, "text": "Note."}]
    profiles = [{**SMALL["profiles"][1], "key": "odd", "rule": rule}, *SMALL["profiles"]]
    definition = parse(small(notices=notices, profiles=profiles))

    again = compiled(deserialize_draft(to_data(definition)))

    assert [again.profiles, again.notices] == [definition.profiles, definition.notices]


def test_keys_are_written_only_where_they_say_something():
    question = small()["questions"][0] | {"optional": False, "compare_on_retest": True}
    question |= {"help": "", "group": "", "show_if": [], "how_to": [], "basis": ""}
    del question["drawing"]
    for choice in question["choices"]:
        choice.pop("spot", None)
    bare = {"key": "touch", "kind": "choice", "text": "How far do you reach?", "help": ""}
    data = small(
        questions=[{**question, "skip_if": ""}, *SMALL["questions"][1:]],
        direction="",
        dimensions=[_without_balance(each) for each in SMALL["dimensions"]],
        notices=[],
        retest={"labels": {"better": ""}, "if_no_change": {}, "full": []},
        disclaimers={"top": ""},
    )
    del data["language"]

    written = to_data(compiled(load(data)))

    assert written["questions"][0] == {**bare, "choices": question["choices"]}
    assert not {"balance"} & written["dimensions"][0].keys()
    assert written["language"] == "en"
    assert not {"direction", "notices", "retest", "disclaimers"} & written.keys()


def _without_balance(dimension):
    return {key: value for key, value in dimension.items() if key != "balance"}


def test_an_entry_of_a_list_stays_on_one_line():
    question = {**SMALL["questions"][0], "how_to": [" Stand\ntall. ", "", "Bend."]}

    assessment = load(small(questions=[question, *SMALL["questions"][1:]]))

    assert compiled(assessment).question("touch").how_to == ("Stand tall.", "Bend.")


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
@pytest.mark.once
def test_any_draft_says_what_its_file_says(data):
    written = data.draw(definition_data())
    answers = data.draw(full_answers(parse(written)))

    with transaction.atomic():
        first = compiled(deserialize_draft(to_data(parse(written))))
        Assessment.objects.get().delete()
        second = compiled(deserialize_draft(to_data(first)))
        transaction.set_rollback(True)

    assert (
        score(first, answers, ["none"]).expect()
        == score(parse(written), answers, ["none"]).expect()
    )
    assert file_text(second) == file_text(first)


def test_a_changed_draft_becomes_the_next_edition():
    user = get_user_model().objects.create_user("ana")
    assessment = load()
    Question.objects.filter(key="touch").update(text="How far down?")

    edition = assessment_publish(
        assessment=assessment, user=user, note="New words", reviewed_by="Ana, PT"
    )

    assert [edition.number, edition.note, edition.reviewed_by] == [2, "New words", "Ana, PT"]
    assert edition.published_by == user
    texts = [
        selectors.edition_definition(each).question("touch").text
        for each in Edition.objects.order_by("number")
    ]
    assert texts == ["How far do you reach?", "How far down?"]


def test_an_unchanged_draft_is_refused_kindly():
    assessment = load()

    with pytest.raises(PublishRefused, match="Nothing has changed since version 1"):
        publish(assessment)
    assert Edition.objects.count() == 1


def test_an_unfinished_draft_is_refused_with_every_fault():
    assessment = load()
    QuestionFactory(assessment=assessment, text="No answers yet")
    Profile.objects.all().delete()

    with pytest.raises(PublishRefused) as refused:
        publish(assessment)

    assert {finding.code for finding in refused.value.findings} == {"incomplete"}
    assert {finding.where for finding in refused.value.findings} == {
        "profiles",
        "questions[4].choices",
    }
    assert Edition.objects.count() == 1


def test_a_draft_that_leaves_runners_without_a_result_is_refused():
    assessment = load()
    Condition.objects.filter(profile__key="ready").delete()

    with pytest.raises(PublishRefused, match="no result type"):
        publish(assessment)


@pytest.fixture
def warned(monkeypatch):
    """Another app warns about everything."""
    seen = []

    def warn(assessment, definition):
        seen.append((assessment, definition))
        return [Finding("warning", "no_guide", "profiles[0]", "It has no guide.")]

    monkeypatch.setattr("assessments.hooks.publish_checks", [warn])
    return seen


def test_what_another_app_finds_is_told_and_does_not_block(warned):
    assessment = load()

    findings = assessment_check(assessment=assessment)

    assert findings == [Finding("warning", "no_guide", "profiles[0]", "It has no guide.")]
    assert warned[-1] == (assessment, compiled(assessment))
    assert Edition.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_publishers_at_once_make_one_edition():
    assessment = load()
    Question.objects.filter(key="touch").update(text="How far down?")
    together = threading.Barrier(2)
    outcomes = []

    def publisher():
        together.wait()
        try:
            outcomes.append(publish(assessment).number)
        except PublishRefused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=publisher) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(map(str, outcomes)) == ["2", "refused"]


def test_a_signature_may_come_later():
    edition = EditionFactory()

    edition_sign(edition=edition, reviewed_by="Ana, PT")

    assert Edition.objects.get().reviewed_by == "Ana, PT"


ANSWERS = {"touch": "knee", "pain": 3, "lifts": "nothing"}


def submit(edition, answers=ANSWERS, safety=("none",), nonce="one"):
    return submission_create(edition=edition, answers=answers, safety=list(safety), nonce=nonce)


def test_answers_are_scored_and_stored_in_one_insert(django_assert_num_queries):
    edition = EditionFactory()
    selectors.edition_definition(edition)

    with django_assert_num_queries(1):
        made = submit(edition, {**ANSWERS, "bridge": ""})

    kept = Submission.objects.get()
    assert kept.token == made.token
    assert [len(kept.token), kept.edition] == [43, edition]
    assert [kept.answers, kept.safety] == [ANSWERS, ["none"]]
    assert [kept.profile, kept.safety_level, kept.total] == ["stiff", "", 25]
    assert kept.result == score(parse(SMALL), ANSWERS, ["none"]).expect()
    assert selectors.submission_result(kept).expect() == kept.result


def test_only_answers_that_count_are_kept():
    edition = EditionFactory()

    submit(edition, {**ANSWERS, "pain": 9, "touch": "never", "lifts": "rubbish" * 999})

    kept = Submission.objects.get()
    assert kept.answers == {"pain": 9, "touch": "never"}
    assert [kept.safety_level, kept.profile, kept.total] == ["stop", "", None]
    assert selectors.submission_result(kept).expect() == kept.result


def test_ticked_items_are_kept_once_in_their_order():
    submit(EditionFactory(), safety=["young", "fall", "young"])

    assert Submission.objects.get().safety == ["fall", "young"]


def test_a_double_click_is_one_submission():
    edition = EditionFactory()

    tokens = {submit(edition).token for _ in range(2)}

    assert tokens == {Submission.objects.get().token}


def test_anything_else_is_another_submission():
    edition = EditionFactory()

    submit(edition)
    submit(edition, nonce="two")
    submit(edition, {**ANSWERS, "pain": 4})
    submit(edition, safety=["young"])
    submit(EditionFactory())

    assert Submission.objects.count() == 5


def test_answers_that_cannot_be_scored_are_not_stored():
    with pytest.raises(AnswersError) as refused:
        submit(EditionFactory(), {"touch": "moon"})

    assert refused.value.errors == ("pain:required", "touch:invalid")
    assert not Submission.objects.exists()


def test_a_token_cannot_be_made_without_the_secret(settings):
    edition = EditionFactory()
    first = submit(edition).token

    settings.SECRET_KEY = "another"

    assert submit(edition).token != first


def test_clearance_is_said_once():
    SubmissionFactory(safety_level="wait", safety=["young"])
    moments = [datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2)]

    for moment in moments:
        with time_machine.travel(moment, tick=False):
            submission_clear(submission=Submission.objects.get())

    assert Submission.objects.get().cleared_at == moments[0]


def test_a_second_click_at_the_same_moment_changes_nothing():
    clicked = SubmissionFactory(safety_level="wait", safety=["young"])
    submission_clear(submission=Submission.objects.get())
    cleared_at = Submission.objects.get().cleared_at

    submission_clear(submission=clicked)

    assert clicked.cleared_at is None
    assert Submission.objects.get().cleared_at == cleared_at


def test_only_what_waits_can_be_cleared():
    submission = SubmissionFactory()

    submission_clear(submission=submission)

    assert Submission.objects.get().cleared_at is None


def test_erased_answers_are_gone():
    erased, kept = SubmissionFactory(), SubmissionFactory()

    assert submissions_erase(pks=[erased.pk]) == 1

    assert Submission.objects.get() == kept


def test_an_assessment_that_was_published_stays():
    assessment = AssessmentFactory()
    EditionFactory(assessment=assessment)

    with pytest.raises(Exception, match="protected"):
        assessment.delete()
