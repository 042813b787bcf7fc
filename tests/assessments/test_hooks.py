"""What another app adds may fail, with the database too: the page comes without it, what was
stored stays stored, and the log tells."""

from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection, transaction

from assessments import hooks
from assessments.models import Practice, Submission
from runfit.lib.hooks import call_hook
from tests.assessments.browser import address, change, open_page, post
from tests.assessments.small import ANSWERS, token_of

pytestmark = pytest.mark.django_db(transaction=True)  # a page that is looked at is in none


def broken(*args):
    """Leaves a transaction around it unusable, on a database that knows such a thing."""
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


class BreaksAsItIsShown:
    def __str__(self):
        raise ValueError("cannot be shown")


@pytest.fixture(autouse=True)
def _all_of_them_broken():
    for listed, hook in HOOKS:
        listed.append(hook)
    yield
    for listed, hook in HOOKS:
        listed.remove(hook)


def told(caplog) -> bool:
    return any("A hook of another app failed" in record.message for record in caplog.records)


def test_answers_are_stored_and_their_result_is_shown(client, draft, caplog):
    answers = {**ANSWERS, "form_token": token_of(draft.editions.get())}

    response = client.post(CHECK, answers)

    assert response.status_code == 303, response.content.decode()
    assert Submission.objects.count() == 1
    assert client.get(response["Location"]).status_code == 200
    assert told(caplog)


def test_a_part_that_cannot_be_shown_is_left_out_of_a_result(client, draft, caplog, monkeypatch):
    extras = [lambda request, submission: {"guide_form": BreaksAsItIsShown(), "guide_key": "x"}]
    monkeypatch.setattr(hooks, "result_context", extras)
    answers = {**ANSWERS, "form_token": token_of(draft.editions.get())}

    response = client.post(CHECK, answers, follow=True)

    assert response.status_code == 200
    assert 'id="guide"' not in response.content.decode()
    assert told(caplog)


def test_a_saved_part_stays_saved(admin_client, draft, caplog):
    profile = draft.profiles.get(key="ready")
    at = change(profile)

    response = post(admin_client, at, open_page(admin_client, at), title="Ready now")

    profile.refresh_from_db()
    assert profile.title == "Ready now"
    assert "One of the checks couldn't run" in unescape(response.content.decode())
    assert told(caplog)


def test_the_practice_is_saved_and_shown(admin_client, caplog):
    at = address("practice", "changelist")

    post(admin_client, at, open_page(admin_client, at), name="Hill Physio")

    assert Practice.objects.get().name == "Hill Physio"
    assert told(caplog)


@pytest.mark.parametrize("name", ["read", "publish", "change"])
def test_the_pages_of_a_draft_open(admin_client, draft, name):
    assert admin_client.get(address("assessment", name, draft.pk)).status_code == 200


def test_the_first_page_opens(admin_client, caplog):
    assert admin_client.get("/admin/").status_code == 200
    assert told(caplog)


def test_publishing_says_that_a_check_could_not_be_made_and_goes_on(admin_client, draft):
    draft.questions.filter(key="touch").update(text="How far down?")
    at = address("assessment", "publish", draft.pk)
    opened = admin_client.get(at)

    assert "One of the checks couldn't run" in unescape(opened.content.decode())
    post(admin_client, at, open_page(admin_client, at))

    assert draft.editions.count() == 2
    assert LogEntry.objects.get().change_message == "Published version 2."


def test_what_others_only_name_cannot_fail():
    """The rest of the lists holds words, not calls; what is counted fails as a whole, and anew."""
    assert isinstance(hooks.beacon_steps, set)
    assert {type(each) for each in hooks.funnel_steps} == {hooks.FunnelStep}


def test_a_savepoint_is_made_only_where_a_transaction_is_open(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert call_hook(lambda: "added", "") == "added"
    with transaction.atomic(), django_assert_num_queries(2):
        assert call_hook(lambda: "added", "") == "added"
