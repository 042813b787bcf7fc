"""Loading and exporting drafts, publishing, and storing submissions."""

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
    edition_restore,
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
from tests.assessments.small import SMALL, caring, small
from tests.assessments.strategies import definition_data, full_answers
from tests.support import first_edition

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


def test_file_is_loaded_and_published():
    outcome = assessment_load(data=json.loads(default_text()))

    edition = Edition.objects.get()
    definition = parse(json.loads(default_text()))
    assert outcome == LoadOutcome(edition.assessment, edition)
    assert [edition.assessment.slug, edition.number] == ["tight-hips", 1]
    assert edition.definition == canonical(definition)
    assert edition.sha256 == sha256(edition.definition.encode()).hexdigest()


def test_default_content_compiles_to_its_file():
    assessment = load(json.loads(default_text()))

    assert compiled(assessment) == parse(json.loads(default_text()))


def test_default_content_exports_byte_for_byte():
    load(json.loads(default_text()))

    assert assessment_export(slug="tight-hips") == default_text()


def test_loading_and_compiling_use_a_constant_number_of_queries(django_assert_max_num_queries):
    with django_assert_max_num_queries(51):
        assessment = load(first_edition.DATA)
    with django_assert_max_num_queries(25):
        compiled(assessment)


def test_existing_slug_is_not_changed():
    assessment = load()

    outcome = assessment_load(data=small(title="Other"))

    assert outcome == LoadOutcome(assessment, None)
    assert Assessment.objects.get().title == "Small check"


def test_invalid_file_stores_nothing():
    with pytest.raises(DefinitionError, match="questions"):
        assessment_load(data={"slug": "x"})
    assert not Assessment.objects.exists()


def test_file_with_errors_stores_nothing():
    with pytest.raises(PublishRefused) as refused:
        load(small(profiles=SMALL["profiles"][:1]))

    errors = [finding.code for finding in refused.value.findings if finding.severity == "error"]
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
def test_rules_round_trip(rule):
    notices = [{"key": "note", "rule": rule, "text": "Note."}]
    profiles = [{**SMALL["profiles"][1], "key": "odd", "rule": rule}, *SMALL["profiles"]]
    definition = parse(small(notices=notices, profiles=profiles))

    again = compiled(deserialize_draft(to_data(definition)))

    assert [again.profiles, again.notices] == [definition.profiles, definition.notices]


def test_empty_optional_keys_are_left_out():
    question = small()["questions"][0] | {"optional": False, "compare_on_retest": True}
    question |= {"help": "", "group": "", "show_if": [], "how_to": [], "basis": ""}
    del question["drawing"]
    for choice in question["choices"]:
        choice.pop("spot", None)
    bare = {"key": "touch", "kind": "choice", "text": "How far do you reach?", "help": ""}
    notice = SMALL["notices"][0]
    item = SMALL["safety"]["items"][0]
    data = small(
        questions=[{**question, "skip_if": ""}, *SMALL["questions"][1:]],
        direction="",
        dimensions=[_without_balance(dimension) for dimension in SMALL["dimensions"]],
        notices=[{**notice, "in_why": False, "in_guide": True}],
        safety=SMALL["safety"] | {"items": [{**item, "group": "", "note": ""}]},
        headline="",
        benefit="",
        why={"title": "", "text": "", "more_title": "", "more": ""},
        cases=[],
        retest={"labels": {"better": ""}, "if_no_change": {}, "full": []},
        disclaimers={"top": ""},
    )
    del data["language"]

    written = to_data(compiled(load(data)))

    assert written["questions"][0] == {**bare, "choices": question["choices"]}
    assert not {"balance"} & written["dimensions"][0].keys()
    assert written["language"] == "en"
    assert written["notices"] == [notice]
    assert written["safety"]["items"] == [item]
    left_out = {"direction", "headline", "benefit", "why", "cases", "retest", "disclaimers"}
    assert not left_out & written.keys()


def _without_balance(dimension):
    return {key: value for key, value in dimension.items() if key != "balance"}


def test_line_breaks_in_list_entries_become_spaces():
    question = {**SMALL["questions"][0], "how_to": [" Stand\ntall. ", "", "Bend."]}

    assessment = load(small(questions=[question, *SMALL["questions"][1:]]))

    assert compiled(assessment).question("touch").how_to == ("Stand tall.", "Bend.")


def test_what_cares_for_a_runner_round_trips_byte_for_byte():
    load(caring())

    assert assessment_export(slug="small") == file_text(parse(caring()))


def test_restoring_a_version_brings_its_cases_back():
    assessment = load(caring())
    assessment.cases.update(name="Other")

    edition_restore(edition=assessment.editions.get())

    assert assessment_export(slug="small") == file_text(parse(caring()))


def test_draft_that_fails_a_case_is_refused():
    assessment = load(caring())
    assessment.questions.get(key="touch").choices.get(key="toes").points.update(value=4)

    with pytest.raises(PublishRefused, match=r"cases\[0\]: It comes out differently"):
        publish(assessment)


def test_case_about_what_is_gone_does_not_keep_it_in_the_draft():
    assessment = load(caring())

    assessment.questions.get(key="tried").delete()

    [first, *_] = assessment_check(assessment=assessment)
    assert (first.code, first.where) == ("case_failed", "cases[0]")


@settings(max_examples=settings.default.max_examples // 3, suppress_health_check=list(HealthCheck))
@given(st.data())
@pytest.mark.once
def test_random_drafts_round_trip(data):
    written = data.draw(definition_data(with_cases=True))
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


def test_changed_draft_becomes_the_next_edition():
    user = get_user_model().objects.create_user("ana")
    assessment = load()
    Question.objects.filter(key="touch").update(text="How far down?")

    edition = assessment_publish(
        assessment=assessment, user=user, note="New words", reviewed_by="Ana, PT"
    )

    assert [edition.number, edition.note, edition.reviewed_by] == [2, "New words", "Ana, PT"]
    assert edition.published_by == user
    texts = [
        selectors.edition_definition(edition).question("touch").text
        for edition in Edition.objects.order_by("number")
    ]
    assert texts == ["How far do you reach?", "How far down?"]


def test_unchanged_draft_is_refused():
    assessment = load()

    with pytest.raises(PublishRefused, match="Nothing has changed since version 1"):
        publish(assessment)
    assert Edition.objects.count() == 1


def test_incomplete_draft_is_refused_with_all_faults():
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


def test_draft_that_leaves_runners_without_a_result_is_refused():
    assessment = load()
    Condition.objects.filter(profile__key="ready").delete()

    with pytest.raises(PublishRefused, match="no result type"):
        publish(assessment)


@pytest.fixture
def warned(monkeypatch):
    """Another app that warns about every draft."""
    seen = []

    def warn(assessment, definition):
        seen.append((assessment, definition))
        return [Finding("warning", "no_guide", "profiles[0]", "It has no guide.")]

    monkeypatch.setattr("assessments.hooks.publish_checks", [warn])
    return seen


def test_warnings_of_other_apps_are_included_and_do_not_block(warned):
    assessment = load()

    findings = assessment_check(assessment=assessment)

    assert findings == [Finding("warning", "no_guide", "profiles[0]", "It has no guide.")]
    assert warned[-1] == (assessment, compiled(assessment))
    assert Edition.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_concurrent_publishing_creates_one_edition():
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


def test_edition_can_be_signed_later():
    edition = EditionFactory()

    edition_sign(edition=edition, reviewed_by="Ana, PT")

    assert Edition.objects.get().reviewed_by == "Ana, PT"


ANSWERS = {"touch": "knee", "pain": 3, "lifts": "nothing"}


def submit(edition, answers=ANSWERS, safety=("none",), nonce="one"):
    return submission_create(edition=edition, answers=answers, safety=list(safety), nonce=nonce)


def test_submission_is_stored_in_one_insert(django_assert_num_queries):
    edition = EditionFactory()
    selectors.edition_definition(edition)

    with django_assert_num_queries(1):
        made = submit(edition, {**ANSWERS, "bridge": ""})

    stored = Submission.objects.get()
    assert stored.token == made.token
    assert [len(stored.token), stored.edition] == [43, edition]
    assert [stored.answers, stored.safety] == [ANSWERS, ["none"]]
    assert [stored.profile, stored.safety_level, stored.total] == ["stiff", "", 25]
    assert stored.result == score(parse(SMALL), ANSWERS, ["none"]).expect()
    assert selectors.submission_result(stored).expect() == stored.result


def test_only_valid_answers_are_stored():
    edition = EditionFactory()

    submit(edition, {**ANSWERS, "pain": 9, "touch": "never", "lifts": "rubbish" * 999})

    stored = Submission.objects.get()
    assert stored.answers == {"pain": 9, "touch": "never"}
    assert [stored.safety_level, stored.profile, stored.total] == ["stop", "", None]
    assert selectors.submission_result(stored).expect() == stored.result


def test_ticked_items_are_stored_once_in_list_order():
    submit(EditionFactory(), safety=["young", "fall", "young"])

    assert Submission.objects.get().safety == ["fall", "young"]


def test_a_double_click_is_one_submission():
    edition = EditionFactory()

    tokens = {submit(edition).token for _ in range(2)}

    assert tokens == {Submission.objects.get().token}


def test_any_difference_is_another_submission():
    edition = EditionFactory()

    submit(edition)
    submit(edition, nonce="two")
    submit(edition, {**ANSWERS, "pain": 4})
    submit(edition, safety=["young"])
    submit(EditionFactory())

    assert Submission.objects.count() == 5


def test_invalid_answers_are_not_stored():
    with pytest.raises(AnswersError) as refused:
        submit(EditionFactory(), {"touch": "moon"})

    assert refused.value.errors == ("pain:required", "touch:invalid")
    assert not Submission.objects.exists()


def test_token_depends_on_the_secret_key(settings):
    edition = EditionFactory()
    first = submit(edition).token

    settings.SECRET_KEY = "another"

    assert submit(edition).token != first


def test_only_the_first_clearance_counts():
    SubmissionFactory(safety_level="wait", safety=["young"])
    moments = [datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2)]

    for moment in moments:
        with time_machine.travel(moment, tick=False):
            submission_clear(submission=Submission.objects.get())

    assert Submission.objects.get().cleared_at == moments[0]


def test_concurrent_second_clearance_changes_nothing():
    clicked = SubmissionFactory(safety_level="wait", safety=["young"])
    submission_clear(submission=Submission.objects.get())
    cleared_at = Submission.objects.get().cleared_at

    submission_clear(submission=clicked)

    assert clicked.cleared_at is None
    assert Submission.objects.get().cleared_at == cleared_at


def test_only_a_waiting_submission_can_be_cleared():
    submission = SubmissionFactory()

    submission_clear(submission=submission)

    assert Submission.objects.get().cleared_at is None


def test_erased_submissions_are_deleted():
    erased, other = SubmissionFactory(), SubmissionFactory()

    assert submissions_erase(pks=[erased.pk]) == 1

    assert Submission.objects.get() == other


def test_published_assessment_cannot_be_deleted():
    assessment = AssessmentFactory()
    EditionFactory(assessment=assessment)

    with pytest.raises(Exception, match="protected"):
        assessment.delete()
