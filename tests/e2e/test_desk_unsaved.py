"""Words that aren't saved yet: marked, kept in the tab, and put back."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assessments.models import Question
from tests.e2e.desk import add_rule

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]

TEXT = "When does it hurt most?"


@pytest.fixture
def browser_context_args(live_server):
    return {"base_url": live_server.url, "viewport": {"width": 1280, "height": 900}}


def test_words_survive_a_lost_session_and_are_put_back(desk, context):
    question = Question.objects.get(key="pattern")
    address = reverse("admin:assessments_question_change", args=[question.pk])
    mark, offer = desk.get_by_text("Not saved yet"), desk.locator(".put-back")
    desk.goto(address)
    expect(mark).to_be_hidden()

    desk.get_by_role("textbox", name="Question:").fill(TEXT)
    row = add_rule(desk)
    sentence = row.locator(".inline_label").inner_text()
    expect(mark).to_be_visible()
    cookies = context.cookies()
    context.clear_cookies(name="sessionid")
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.get_by_label("Password")).to_be_visible()
    context.add_cookies(cookies)

    desk.goto(address)
    expect(offer).to_contain_text(f"Question: {TEXT}")
    desk.get_by_role("button", name="Put my words back").click()
    expect(offer).to_have_text("Your words are back on this page. They aren't saved yet.")
    expect(row.locator(".inline_label")).to_have_text(sentence)
    desk.get_by_role("button", name="Save and continue editing").click()

    expect(desk.get_by_role("textbox", name="Question:")).to_have_value(TEXT)
    expect(mark).to_be_hidden()
    expect(offer).to_be_empty()
    question.refresh_from_db()
    assert [question.text, str(question.show_if.last())] == [TEXT, sentence]
    assert desk.evaluate("sessionStorage.length") == 0
