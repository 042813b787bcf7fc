"""The trial page, which scores sample answers against a draft."""

import pytest
from django.utils.html import escape

from assessments.models import Submission
from tests.assessments.browser import address, change, frames
from tests.assessments.factories import QuestionFactory
from tests.assessments.small import ANSWERS

pytestmark = pytest.mark.django_db


@pytest.fixture
def try_page(admin_client, draft):
    """Opens the draft's trial page, or posts answers to it."""
    at = address("assessment", "try", draft.pk)

    def opened(**answers):
        response = admin_client.post(at, answers) if answers else admin_client.get(at)
        assert response.status_code == 200
        return response

    return opened


def tried(response):
    """The page's result section; blank if the answers were rejected."""
    _, _, section = response.content.decode().partition('<section class="try-result"')
    return section.partition("</section>")[0]


def runners_page(response):
    return frames(tried(response))["What a runner would see"]


def beside(response, name):
    """The form row that contains the field of this name."""
    rows = response.content.decode().split('<div class="form-row">')
    return next(row for row in rows if f'<select name="{name}"' in row)


def test_form_starts_blank_without_a_result(try_page):
    response = try_page()

    assert tried(response) == ""
    assert "checked" not in response.content.decode()


def test_runners_page_is_previewed(try_page):
    response = try_page(**ANSWERS)

    assert "<h2>Reach first</h2>" in tried(response)
    assert "You do not reach far." in runners_page(response)


def test_other_answers_change_the_result_and_store_nothing(try_page):
    response = try_page(**ANSWERS | {"touch": "toes"})

    assert "<h2>Ready to lift</h2>" in tried(response)
    assert "<strong>Reach first</strong>. Not this one: it" in tried(response)
    assert Submission.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "answer", "reason"),
    [
        ("touch", "", "Please answer: “How far do you reach?”"),
        ("touch", "heels", "Please pick one of the answers shown for “How far do you reach?”"),
        ("pain", "11", "Please pick one of the answers shown for “How much does it hurt?”"),
    ],
)
def test_invalid_answer_shows_an_error_at_its_question(try_page, name, answer, reason):
    response = try_page(**ANSWERS | {name: answer})

    assert escape(reason) in beside(response, name)
    assert response.content.decode().count("errorlist") == 1
    assert tried(response) == ""


@pytest.mark.parametrize(
    ("ticked", "reason"),
    [
        ([], "Check what's true for you, or check “None of these”."),
        (["none", "fall"], "You checked “None of these” and something else."),
        (["gone"], "Pick only from the safety list."),
    ],
)
def test_contradictory_safety_list_shows_an_error_at_the_list(try_page, ticked, reason):
    response = try_page(**ANSWERS | {"safety": ticked})

    listed = response.content.decode().partition("<legend>Safety check</legend>")[2]
    assert escape(reason) in listed.partition("</fieldset>")[0]
    assert tried(response) == ""


def test_answer_to_a_deleted_question_shows_a_form_error(try_page, draft):
    draft.questions.get(key="bridge").delete()

    response = try_page(**ANSWERS | {"bridge": "glute"})

    above = response.content.decode().partition("<fieldset")[0]
    assert "This self-check doesn&#x27;t ask for “bridge”. Open the page again." in above
    assert tried(response) == ""


@pytest.mark.parametrize("answers", [{"safety": "fall"}, {"pain": "8"}])
def test_stopping_level_shows_advice_without_a_result(try_page, answers):
    response = try_page(**ANSWERS | answers)

    assert "<h2>Get help now</h2>" in tried(response)
    assert "This answer ends the questions, with no score and no guide." in tried(response)
    assert "<table>" not in tried(response)
    assert "<h1>Get help now</h1>" in runners_page(response)
    assert "Please call someone." in runners_page(response)
    assert "My doctor or PT cleared me" not in runners_page(response)


def test_clearance_level_shows_the_result_and_the_clearance_page(try_page):
    response = try_page(**ANSWERS | {"safety": "young"})

    assert "<h2>Reach first</h2>" in tried(response)
    assert "<p>Waits for: Ask first</p>" in tried(response)
    assert "<h1>Ask first</h1>" in runners_page(response)
    assert "My doctor or PT cleared me" in runners_page(response)
    assert "You do not reach far." not in runners_page(response)


def test_answers_without_a_result_type_are_reported(try_page, draft):
    draft.profiles.get(key="ready").delete()

    response = try_page(**ANSWERS | {"touch": "toes"})

    assert "<h2>No result type fits these answers</h2>" in tried(response)
    assert "<iframe" not in tried(response)


@pytest.mark.parametrize("kind", ["try", "impact"])
def test_unfinished_draft_shows_what_is_missing(admin_client, draft, kind):
    question = QuestionFactory(assessment=draft, text="Do you stretch?")

    response = admin_client.get(address("assessment", kind, draft.pk))

    assert response.status_code == 200
    html = response.content.decode()
    assert "The draft isn't finished, so this has to wait." in html
    where = f'<a href="{change(question)}">Question “Do you stretch?”</a>'
    assert f"{where}: must not be empty." in html


def test_answers_of_a_link_are_filled_in(admin_client, draft):
    at = address("assessment", "try", draft.pk)

    response = admin_client.get(at, {"touch": "toes", "pain": "4", "gone": "x"})

    assert '<option value="toes" selected>' in beside(response, "touch")
    assert '<option value="4" selected>' in beside(response, "pain")
    assert '<option value="nothing" selected>' in beside(response, "lifts")
    assert "selected" not in beside(response, "bridge").replace('value="" selected', "")
    assert 'value="none"' in response.content.decode().partition(" checked")[0][-200:]
    assert tried(response) == ""


def test_shadowed_result_type_names_the_earlier_one_with_answers_to_try(admin_client, draft):
    ready = draft.profiles.get(key="ready")
    draft.profiles.exclude(pk=ready.pk).update(position=ready.position + 1)

    page = admin_client.get(address("assessment", "change", draft.pk)).content.decode()

    assert "Whenever the result type “Reach first” fits, “Ready to lift” fits too" in page
    link = page.partition('">Try these answers</a>')[0].rpartition('"')[2]
    response = admin_client.get(link.replace("&amp;", "&"))
    assert '<option value="never" selected>' in beside(response, "touch")
    assert '<option value="0" selected>' in beside(response, "pain")
