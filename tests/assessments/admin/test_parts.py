"""Groups and notes of the safety list, the why, and the place of extra advice, at the desk."""

import pytest

from assessments.publishing.drafts import assessment_compile
from assessments.publishing.services import assessment_load
from tests.assessments.browser import change, open_page, post
from tests.assessments.small import caring

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(db):
    return assessment_load(data=caring()).assessment


def test_safety_items_have_a_screen_and_a_note(admin_client, draft):
    item = draft.safety_items.get(key="young")
    opened = open_page(admin_client, change(item))

    post(admin_client, change(item), opened, group="Who you are", note="Ask at **home** too.")

    items = assessment_compile(assessment=draft).safety.items
    assert [(one.group, one.note) for one in items] == [
        ("Right now", "Ask about an X-ray."),
        ("Who you are", "Ask at **home** too."),
    ]
    listed = admin_client.get(change(draft)).content.decode()
    assert ">Right now<" in listed
    assert ">Who you are<" in listed


def test_safety_rules_have_a_note(admin_client, draft):
    rule = draft.derived_safety.get()

    post(admin_client, change(rule), open_page(admin_client, change(rule)), note="Call today.")

    assert assessment_compile(assessment=draft).safety.derived[0].note == "Call today."


def test_the_why_is_edited_on_the_self_check(admin_client, draft):
    opened = open_page(admin_client, change(draft))

    post(admin_client, change(draft), opened, why_title="Why", why_text="One.\r\n\r\nThree.")

    why = assessment_compile(assessment=draft).why
    assert (why.title, why.text) == ("Why", "One.\n\nThree.")


def test_a_why_without_words_is_reported(admin_client, draft):
    opened = open_page(admin_client, change(draft))

    post(admin_client, change(draft), opened, why_text="")

    findings = admin_client.get(change(draft)).context["findings"]
    assert ("text_missing", "why.text") in [
        (one.finding.code, one.finding.where) for one in findings
    ]


def test_a_self_check_can_do_without_a_why(admin_client, draft):
    opened = open_page(admin_client, change(draft))

    post(admin_client, change(draft), opened, why_title="", why_text="")

    assert assessment_compile(assessment=draft).why is None


def test_advice_is_listed_with_its_place(admin_client, draft):
    page = admin_client.get(change(draft)).content.decode()

    assert "In the why, but not in the guide" in page
    assert "After “Can I run?”" in page
    draft.notices.filter(key="sore").update(in_why=False)
    assert "On the result, but not in the guide" in admin_client.get(change(draft)).content.decode()


def test_advice_stands_in_one_place(admin_client, draft):
    notice = draft.notices.get(key="easy")

    response = post(
        admin_client, change(notice), open_page(admin_client, change(notice)), in_why="on"
    )

    assert "Pick one place: in the why, or after an answer." in response.content.decode()
