"""The order of a draft's lists is saved at once."""

import re

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.models import Question
from tests.assessments.browser import address, change, open_page, post, said
from tests.assessments.factories import FaqFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def her(client, pt):
    client.force_login(pt)
    return client


def keys(draft):
    return list(draft.questions.values_list("key", flat=True))


def move(client, draft, words, **headers):
    at = address("assessment", "order", draft.pk)
    return client.post(at, {"move": words}, follow=True, headers=headers)


def test_buttons_move_a_line_and_put_it_back_without_scripts(her, draft):
    before, last = keys(draft), draft.questions.last()
    html = her.get(change(draft)).content.decode()
    up = f"questions/{last.pk}/up"
    assert f'form="order" name="move" value="{up}"' in html
    assert 'id="order"' in html

    response = move(her, draft, up)

    assert response.redirect_chain == [(f"{change(draft)}#questions-group", 302)]
    assert keys(draft) == [*before[:-2], before[-1], before[-2]]
    [message] = said(response)
    assert f"is now number {len(before) - 1} of {len(before)}. Saved in the draft." in message
    move(her, draft, re.search(r'value="([^"]+)"', message)[1])
    assert keys(draft) == before


def test_history_tells_of_the_one_that_moved(her, draft):
    last = draft.questions.last()
    LogEntry.objects.all().delete()

    move(her, draft, f"questions/{last.pk}/{draft.questions.first().pk}")

    assert keys(draft)[0] == last.key
    assert [(entry.object_id, [*entry.changes_dict]) for entry in LogEntry.objects.all()] == [
        (last.pk, ["position"])
    ]


def test_a_page_opened_before_keeps_the_new_order_when_saved(her, draft):
    page = open_page(her, change(draft))
    move(her, draft, f"questions/{draft.questions.last().pk}/up")
    moved = keys(draft)

    post(her, change(draft), page, title="Another title")

    draft.refresh_from_db()
    assert (draft.title, keys(draft)) == ("Another title", moved)


@pytest.mark.parametrize(
    "words", ["", "questions", "questions/x/up", "questions/0/up", "safety_levels/1/up",
              "questions/{first}/{first}", "questions/{first}/sideways"],
)  # fmt: skip
def test_what_makes_no_sense_moves_nothing_and_says_so(her, draft, words):
    before = keys(draft)
    words = words.format(first=draft.questions.first().pk)

    assert "Nothing moved: this list has changed." in said(move(her, draft, words))[0]
    refused = move(her, draft, words, x_requested_with="fetch")

    assert (refused.status_code, keys(draft)) == (409, before)


def test_ends_stay_ends(her, draft):
    before = keys(draft)

    move(her, draft, f"questions/{draft.questions.first().pk}/up")
    move(her, draft, f"questions/{draft.questions.last().pk}/down")

    assert keys(draft) == before


def test_only_who_may_change_moves(her, pt, draft):
    before, words = keys(draft), f"questions/{draft.questions.last().pk}/up"
    rights = pt.groups.get().permissions
    rights.remove(Permission.objects.get(codename="change_question"))
    assert move(her, draft, words).status_code == 403
    rights.remove(Permission.objects.get(codename="change_assessment"))
    assert move(her, draft, f"faq/{FaqFactory(assessment=draft).pk}/up").status_code == 403

    assert 'name="move"' not in her.get(change(draft)).content.decode()
    assert keys(draft) == before


def test_a_move_costs_the_same_for_a_longer_list(her, draft):
    def cost(words):
        with CaptureQueriesContext(connection) as captured:
            response = her.post(
                address("assessment", "order", draft.pk),
                {"move": words},
                headers={"x-requested-with": "fetch"},
            )
        assert response.status_code == 200
        return len(captured)

    few = cost(f"questions/{draft.questions.last().pk}/up")
    for number in range(5):
        Question.objects.create(assessment=draft, text=f"Question {number}?")

    assert cost(f"questions/{draft.questions.last().pk}/up") == few
