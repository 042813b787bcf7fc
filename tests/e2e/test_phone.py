"""The phone beside a form, in a real browser."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assessments.models import Question
from guides.models import EmailText

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def browser_context_args(live_server):
    return {"base_url": live_server.url, "viewport": {"width": 1280, "height": 900}}


def test_the_phone_follows_what_is_typed_and_keeps_the_last_good_page(desk):
    question = Question.objects.get(key="load_change")
    desk.goto(reverse("admin:assessments_question_change", args=[question.pk]))
    phone = desk.frame_locator(".phone-beside iframe")
    status = desk.locator(".phone-beside [role=status]")
    words = desk.get_by_role("textbox", name="Question:")
    expect(phone.get_by_text(question.text)).to_be_visible()

    words.fill("More miles than before?")
    expect(phone.get_by_text("More miles than before?")).to_be_visible()
    expect(status).to_have_text("This is what you typed. It isn't saved yet.")

    words.fill("")
    expect(status).to_have_text("Not what you typed: something in the form needs fixing first.")
    expect(phone.get_by_text("More miles than before?")).to_be_visible()
    assert Question.objects.get(pk=question.pk).text == question.text


def test_the_emails_follow_what_is_typed_and_whose_words_she_is_in(desk):
    again = EmailText.objects.get(kind="follow_up")
    desk.goto(reverse("admin:guides_guide_change", args=[again.guide_id]))
    phone = desk.frame_locator(".phone-beside iframe")
    desk.locator("#id_emails-1-subject").fill("How is it going?")

    expect(phone.locator(".subject").nth(1)).to_have_text("How is it going?")
    expect(phone.locator(".subject").nth(1)).to_be_in_viewport()
    desk.locator("#id_emails-0-body").fill("Hi **you**,\n- one\n- two")
    light = phone.frame_locator("iframe").first
    expect(light.get_by_role("listitem").first).to_have_text("one")
    expect(phone.locator(".subject").first).to_be_in_viewport()
    email = phone.locator("iframe").first
    expect(email).to_have_attribute("style", re.compile("height"))
    assert email.bounding_box()["height"] >= light.locator("body").bounding_box()["height"] > 300
    again.refresh_from_db()
    assert again.subject != "How is it going?"
