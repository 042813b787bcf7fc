"""Checks to do on the result page."""

import re

import pytest

from assessments.models import Submission
from tests.assessments.runner.test_views import text
from tests.assessments.small import ANSWERS, checkable, edition_of, token_of

pytestmark = pytest.mark.django_db

TOUCH = "How far do you reach?"


@pytest.fixture
def edition():
    return edition_of(checkable())


@pytest.fixture
def result(client, edition):
    """The URL of a result without a reach."""
    fields = ANSWERS | {"touch": "never", "form_token": token_of(edition)}
    return client.post("/check/small/", fields)["Location"]


def add(client, result, **answers):
    return client.post(f"{result}checks/", answers)


def test_unmeasured_area_offers_its_check_with_drawing_and_steps(client, edition, result):
    body = client.get(result).content.decode()

    [form] = re.findall(r'(?s)<form [^>]*class="check added".*?</form>', body)
    assert f'action="{result}checks/"' in form
    assert all(words in form for words in (TOUCH, "Stand tall.", "Skip it if your back"))
    assert f'<img src="/drawings/{edition.pk}/touch.svg" alt="Someone bends forward."' in form
    assert "You can skip this one" not in form
    assert form.count('type="radio" name="touch"') == 4
    assert 'name="pain"' not in body
    assert "csrf" not in form
    assert "Set-Cookie" not in client.get(result).headers


def test_open_check_is_offered_in_sight(client, result):
    offer = "Reach Not checked yet Check it now, about a minute"
    assert offer in text(client.get(result))

    newest = add(client, result, touch="toes")["Location"]

    assert "Reach Not checked yet" in text(client.get(result))
    for page in (result, newest):
        assert "Check it now" not in text(client.get(page))


def test_measured_area_offers_none(client, edition):
    fields = ANSWERS | {"form_token": token_of(edition)}
    result = client.post("/check/small/", fields)["Location"]

    assert 'class="check added"' not in client.get(result).content.decode()


@pytest.mark.parametrize(
    ("touch", "words"),
    [
        (
            "knee",
            "What changed Checked now: Reach . You said: My knees. "
            "Your result type stays the same.",
        ),
        (
            "toes",
            "What changed Checked now: Reach . You said: My toes. "
            "Your result type was “Reach first”. Now it's “Ready to lift”.",
        ),
        (
            "sore",
            "What changed That wasn't enough to check another area. "
            "Your result type stays the same.",
        ),
    ],
)
def test_added_check_says_what_changed(client, result, touch, words):
    response = add(client, result, touch=touch)

    assert response.status_code == 303
    assert response["Location"] != result
    page = client.get(response["Location"])
    assert words in text(page)
    assert f'href="{result}">See your first result' in page.content.decode()


def test_first_result_stays_and_points_to_the_newest(client, result):
    newest = add(client, result, touch="toes")["Location"]

    page = client.get(result)

    assert "Reach first" in text(page)
    assert "Not checked yet" in text(page)
    assert f'href="{newest}">See your newest result' in page.content.decode()
    assert 'class="added"' not in page.content.decode()
    assert "newest" not in text(client.get(newest))


def test_double_tap_leads_to_one_result(client, result):
    assert (
        add(client, result, touch="toes")["Location"]
        == add(client, result, touch="toes")["Location"]
    )
    assert Submission.objects.count() == 2


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"touch": ""}, f"Please answer: “{TOUCH}”"),
        ({"touch": "moon"}, f"Please pick one of the answers shown for “{TOUCH}”"),
    ],
)
def test_refused_answer_is_reported_at_its_check(client, result, answers, error):
    response = add(client, result, **answers)

    assert response.status_code == 422
    opened = response.content.decode().partition('<details class="area" open>')[2]
    assert error in opened.partition("</form>")[0]
    assert Submission.objects.count() == 1


def test_answer_that_leads_to_more_questions_is_refused(client):
    data = checkable()
    data["questions"][2]["show_if"] = [{"answer": "touch", "not_in": ["never"]}]
    fields = {"safety": "none", "touch": "never", "pain": "2"}
    fields["form_token"] = token_of(edition_of(data))
    result = client.post("/check/small/", fields)["Location"]

    response = add(client, result, touch="toes")

    assert response.status_code == 422
    assert "That leads to more questions. Please retake the check." in text(response)


def test_nothing_can_be_added_before_clearance_or_after_a_stop(client, edition):
    for safety in ("fall", "young"):
        fields = ANSWERS | {"touch": "never", "form_token": token_of(edition), "safety": safety}
        result = client.post("/check/small/", fields)["Location"]

        assert add(client, result, touch="toes")["Location"] == result

    assert Submission.objects.count() == 2


def test_unknown_result_has_no_checks(client, result):
    assert add(client, "/result/unknown/", touch="toes").status_code == 404
    assert client.get(f"{result}checks/")["Location"] == result
