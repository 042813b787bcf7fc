"""History pages and the log of views."""

import pytest
from auditlog.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.models import Assessment, Edition, Practice, Profile, Question
from assessments.publishing.services import edition_restore
from runfit.lib.audit import change_log
from tests.assessments.browser import (
    Page,
    address,
    change,
    open_page,
    post,
    run_action,
)
from tests.assessments.factories import (
    ChoiceFactory,
    ConditionFactory,
    QuestionFactory,
    SubmissionFactory,
)

pytestmark = pytest.mark.django_db


def history(client, row):
    """The lines of a row's history page: who, what, and old and new field values."""
    response = client.get(address(row._meta.model_name, "history", row.pk))
    assert response.status_code == 200
    assert Page(response.content.decode()).blocked == []
    return [
        (line.who, line.what, [(field.name, field.before, field.after) for field in line.changed])
        for line in response.context["lines"]
    ]


def test_history_of_part_and_self_check_shows_changes_and_author(admin_client, draft):
    question = draft.questions.first()
    before = question.text

    post(admin_client, change(question), open_page(admin_client, change(question)), text="Ready?")

    line = ("admin", "Changed: question “Ready?”", [("question", before, "Ready?")])
    assert history(admin_client, question) == [line]
    assert history(admin_client, draft) == [line]


def test_history_shows_choice_labels(admin_client, draft):
    profile = Profile.objects.first()
    page = open_page(admin_client, change(profile))

    post(admin_client, change(profile), page, start_phase="3", honest_note="")

    [[_who, _what, changed]] = history(admin_client, profile)
    assert ("starts with", profile.get_start_phase_display(), "3: strength") in changed


def test_history_includes_deleted_parts(admin_client, draft):
    question = QuestionFactory(assessment=draft, text="How far?")
    choice = ChoiceFactory(question=question, label="Far")
    LogEntry.objects.all().delete()

    admin_client.post(address("question", "delete", question.pk), {"post": "yes"})

    assert [what for _who, what, _changed in history(admin_client, draft)] == [
        "Deleted: question “How far?”",
        f"Deleted: answer “{choice.label}”",
    ]


def test_rule_changes_are_in_their_parents_history(draft):
    profile = Profile.objects.first()
    condition = ConditionFactory(profile=profile, kind="always")

    owners = LogEntry.objects.get_for_object(condition).get().additional_data
    assert owners == {"profile": profile.pk, "assessment": draft.pk}


def test_history_includes_publishing_and_restoring(admin_client, draft):
    draft.title = "Another"
    draft.save()
    admin_client.post(address("assessment", "publish", draft.pk), {"note": ""})
    first = Edition.objects.get(number=1)
    admin_client.post(address("edition", "restore", first.pk))

    lines = history(admin_client, draft)
    assert [(who, what) for who, what, _changed in lines][:2] == [
        ("admin", "Restored version 1 into the draft."),
        ("admin", "Published version 2."),
    ]


def test_loading_and_restoring_add_few_log_entries(tight_hips):
    edition = Edition.objects.get()
    assert LogEntry.objects.count() == 0

    edition_restore(edition=edition)

    assert LogEntry.objects.count() == 0


def test_the_practice_has_a_history(admin_client):
    at = address("practice", "change")
    post(admin_client, at, open_page(admin_client, at), name="Stride")

    lines = admin_client.get(address("practice", "history")).context["lines"]
    assert ("practice name", "RunFit", "Stride") in [
        (field.name, field.before, field.after) for field in lines[0].changed
    ]
    assert Practice.objects.get().name == "Stride"


def test_history_query_count_is_constant(admin_client, draft):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            admin_client.get(address("assessment", "history", draft.pk))
        return len(captured)

    QuestionFactory(assessment=draft)
    queries()
    few = queries()
    for number in range(5):
        question = Question.objects.first()
        question.text = f"Question {number}"
        question.save()

    assert queries() == few == 7


def test_long_history_is_truncated(admin_client, draft, monkeypatch):
    monkeypatch.setattr("assessments.desk.audit_log.NEWEST", 2)
    QuestionFactory.create_batch(3, assessment=draft)

    page = admin_client.get(address("assessment", "history", draft.pk))

    assert len(page.context["lines"]) == 2
    assert "The newest 2." in page.content.decode()


def looks():
    return [
        (entry.actor.username, entry.get_action_display(), entry.object_repr)
        for entry in LogEntry.objects.order_by("timestamp")
    ]


def test_viewing_a_submission_is_logged(admin_client):
    submission = SubmissionFactory()
    LogEntry.objects.all().delete()

    admin_client.get(address("submission", "changelist"))
    admin_client.get(change(submission))
    admin_client.get(address("submission", "change", submission.pk + 1))  # there is none

    assert looks() == [("admin", "access", f"answers {submission.pk}")]


def test_erasure_is_logged_without_the_erased_data(admin_client):
    submission = SubmissionFactory()
    LogEntry.objects.all().delete()

    run_action(admin_client, "submission", "erase", submission, confirmed="yes")

    assert looks() == [("admin", "delete", f"answers {submission.pk}")]
    assert LogEntry.objects.get().changes is None


def test_log_is_read_only(admin_client):
    submission = SubmissionFactory()
    admin_client.get(change(submission))
    entry = LogEntry.objects.first()
    at = "/admin/auditlog/logentry/"

    listed = admin_client.get(at)
    assert Page(listed.content.decode()).blocked == []
    shown = admin_client.get(f"{at}{entry.pk}/change/")
    assert Page(shown.content.decode()).blocked == []
    assert "_save" not in shown.content.decode()
    assert admin_client.post(f"{at}{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Assessment.objects.count() >= 1
    assert entry.timestamp <= timezone.now()


def test_logged_decision_is_in_words_of_the_desk_s_language(admin_client, draft):
    change_log(draft, "emails", "stopped, since one bounced", "allowed again")
    entry = LogEntry.objects.latest("pk")
    admin_client.cookies["django_language"] = "es"

    page = admin_client.get(f"/admin/auditlog/logentry/{entry.pk}/change/").content.decode()

    assert "<p>correos: detenidos, porque uno rebotó → permitidos de nuevo</p>" in page
