"""Failing hooks, including database errors: the page works without them, stored data stays stored,
and the failure is logged."""

from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection, transaction

from assessments import hooks
from assessments.models import Practice, Submission
from runfit.lib.hooks import call_hook
from tests.assessments.browser import address, change, open_page, post
from tests.assessments.small import ANSWERS, token_of

pytestmark = pytest.mark.django_db(transaction=True)  # viewing a page opens no transaction


def broken(*args):
    """Fails in the database, which makes an open PostgreSQL transaction unusable."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")


def broken_midway(*args):
    yield from ()
    broken()


CHECK = "/check/small/"
HOOKS = [
    (hooks.result_context, broken),
    (hooks.answers_stored, broken),
    (hooks.publish_checks, broken),
    (hooks.onboarding_steps, broken),
    (hooks.part_links, broken_midway),
    (hooks.practice_previews, broken_midway),
    (hooks.alerts, broken_midway),
    (hooks.proofread_chapters, broken_midway),
]


class BreaksWhenShown:
    def __str__(self):
        raise ValueError("cannot be shown")


@pytest.fixture(autouse=True)
def _break_all_hooks():
    for listed, hook in HOOKS:
        listed.append(hook)
    yield
    for listed, hook in HOOKS:
        listed.remove(hook)


def failure_was_logged(caplog) -> bool:
    return any("A hook of another app failed" in record.message for record in caplog.records)


def test_failing_hook_does_not_lose_answers(client, draft, caplog):
    answers = {**ANSWERS, "form_token": token_of(draft.editions.get())}

    response = client.post(CHECK, answers)

    assert response.status_code == 303, response.content.decode()
    assert Submission.objects.count() == 1
    assert client.get(response["Location"]).status_code == 200
    assert failure_was_logged(caplog)


def test_failing_context_hook_is_left_out_of_the_result(client, draft, caplog, monkeypatch):
    extras = [lambda request, submission: {"guide_form": BreaksWhenShown(), "guide_key": "x"}]
    monkeypatch.setattr(hooks, "result_context", extras)
    answers = {**ANSWERS, "form_token": token_of(draft.editions.get())}

    response = client.post(CHECK, answers, follow=True)

    assert response.status_code == 200
    assert 'id="guide"' not in response.content.decode()
    assert failure_was_logged(caplog)


def test_failing_link_hook_does_not_undo_a_save(admin_client, draft, caplog):
    profile = draft.profiles.get(key="ready")
    at = change(profile)

    response = post(admin_client, at, open_page(admin_client, at), title="Ready now")

    profile.refresh_from_db()
    assert profile.title == "Ready now"
    assert "One of the checks couldn't run" in unescape(response.content.decode())
    assert failure_was_logged(caplog)


def test_failing_practice_hooks_do_not_prevent_saving(admin_client, caplog):
    at = address("practice", "changelist")

    post(admin_client, at, open_page(admin_client, at), name="Hill Physio")

    assert Practice.objects.get().name == "Hill Physio"
    assert failure_was_logged(caplog)


@pytest.mark.parametrize("name", ["read", "publish", "change"])
def test_draft_pages_open_with_failing_hooks(admin_client, draft, name):
    assert admin_client.get(address("assessment", name, draft.pk)).status_code == 200


def test_first_page_opens_with_failing_hooks(admin_client, caplog):
    assert admin_client.get("/admin/").status_code == 200
    assert failure_was_logged(caplog)


def test_failing_publish_check_becomes_a_warning(admin_client, draft):
    draft.questions.filter(key="touch").update(text="How far down?")
    at = address("assessment", "publish", draft.pk)
    opened = admin_client.get(at)

    assert "One of the checks couldn't run" in unescape(opened.content.decode())
    post(admin_client, at, open_page(admin_client, at))

    assert draft.editions.count() == 2
    assert LogEntry.objects.get().change_message == "Published version 2."


def test_data_hooks_contain_no_callables():
    """The other hooks are plain data; event counters fail as a whole and are retried."""
    assert isinstance(hooks.beacon_steps, set)
    assert {type(step) for step in hooks.funnel_steps} == {hooks.FunnelStep}


def test_a_savepoint_is_made_only_where_a_transaction_is_open(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert call_hook(lambda: "added", "") == "added"
    with transaction.atomic(), django_assert_num_queries(2):
        assert call_hook(lambda: "added", "") == "added"
