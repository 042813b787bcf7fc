"""Trying a draft: what its answers come to, before any runner gives them."""

import pytest
from django.utils.html import escape

from assessments.models import Submission
from tests.assessments.browser import address, change, frames
from tests.assessments.factories import QuestionFactory
from tests.assessments.small import ANSWERS

pytestmark = pytest.mark.django_db


@pytest.fixture
def try_page(admin_client, draft):
    """Open the page of the draft, or post answers to it."""
    at = address("assessment", "try", draft.pk)

    def opened(**answers):
        response = admin_client.post(at, answers) if answers else admin_client.get(at)
        assert response.status_code == 200
        return response

    return opened


def tried(response):
    """What the page says of the answers; nothing where they were refused."""
    _, _, section = response.content.decode().partition('<section class="try-result"')
    return section.partition("</section>")[0]


def runners_page(response):
    return frames(tried(response))["The page that a runner would get"]


def beside(response, name):
    """What stands in the form's row with the field of this name."""
    rows = response.content.decode().split('<div class="form-row">')
    return next(row for row in rows if f'<select name="{name}"' in row)


def test_it_opens_blank_with_nothing_tried(try_page):
    response = try_page()

    assert tried(response) == ""
    assert "checked" not in response.content.decode()


def test_the_page_of_the_runner_is_shown(try_page):
    response = try_page(**ANSWERS)

    assert "<h2>Reach first</h2>" in tried(response)
    assert "You do not reach far." in runners_page(response)


def test_other_answers_come_to_another_result_and_leave_nothing_behind(try_page):
    response = try_page(**ANSWERS | {"touch": "toes"})

    assert "<h2>Ready to lift</h2>" in tried(response)
    assert "<strong>Reach first</strong>. Not this one." in tried(response)
    assert Submission.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "answer", "reason"),
    [
        ("touch", "", "Please answer: “How far do you reach?”"),
        ("touch", "heels", "Please pick one of the answers shown for “How far do you reach?”"),
        ("pain", "11", "Please pick one of the answers shown for “How much does it hurt?”"),
    ],
)
def test_an_answer_that_is_none_is_refused_beside_its_question(try_page, name, answer, reason):
    response = try_page(**ANSWERS | {name: answer})

    assert escape(reason) in beside(response, name)
    assert response.content.decode().count("errorlist") == 1
    assert tried(response) == ""


@pytest.mark.parametrize(
    ("ticked", "reason"),
    [
        ([], "Please tick what is true for you, or tick “None of these”."),
        (["none", "fall"], "You ticked “None of these” and something else."),
        (["gone"], "Please choose only from the safety list."),
    ],
)
def test_a_safety_list_that_says_nothing_clear_is_refused_beside_it(try_page, ticked, reason):
    response = try_page(**ANSWERS | {"safety": ticked})

    listed = response.content.decode().partition("<legend>Safety check</legend>")[2]
    assert reason in listed.partition("</fieldset>")[0]
    assert tried(response) == ""


def test_an_answer_to_a_question_that_went_meanwhile_is_refused_above_the_form(try_page, draft):
    draft.questions.get(key="bridge").delete()

    response = try_page(**ANSWERS | {"bridge": "glute"})

    above = response.content.decode().partition("<fieldset")[0]
    assert "This self-check does not ask for “bridge”. Please open the page again." in above
    assert tried(response) == ""


@pytest.mark.parametrize("answers", [{"safety": "fall"}, {"pain": "8"}])
def test_a_level_that_stops_shows_what_to_do_and_no_result(try_page, answers):
    response = try_page(**ANSWERS | answers)

    assert "<h2>Get help now</h2>" in tried(response)
    assert "This answer ends the questions: no score, no guide." in tried(response)
    assert "<table>" not in tried(response)
    assert "<h1>Get help now</h1>" in runners_page(response)
    assert "Please call someone." in runners_page(response)
    assert "My clinician has cleared me" not in runners_page(response)


def test_a_level_that_waits_shows_the_result_behind_the_page_that_asks_first(try_page):
    response = try_page(**ANSWERS | {"safety": "young"})

    assert "<h2>Reach first</h2>" in tried(response)
    assert "<p>Waits for: Ask first</p>" in tried(response)
    assert "<h1>Ask first</h1>" in runners_page(response)
    assert "My clinician has cleared me" in runners_page(response)
    assert "You do not reach far." not in runners_page(response)


def test_answers_that_no_result_type_fits_are_told_of(try_page, draft):
    draft.profiles.get(key="ready").delete()

    response = try_page(**ANSWERS | {"touch": "toes"})

    assert "<h2>No result type fits these answers</h2>" in tried(response)
    assert "<iframe" not in tried(response)


@pytest.mark.parametrize("kind", ["try", "impact"])
def test_an_unfinished_draft_says_what_is_missing(admin_client, draft, kind):
    question = QuestionFactory(assessment=draft, text="Do you stretch?")

    response = admin_client.get(address("assessment", kind, draft.pk))

    assert response.status_code == 200
    html = response.content.decode()
    assert "The draft is not finished, so this has to wait." in html
    where = f'<a href="{change(question)}">Question “Do you stretch?”</a>'
    assert f"{where}: must not be empty." in html
