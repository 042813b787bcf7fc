"""Groups and notes of the safety list, the why, and the place of extra advice, at the desk."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from assessments.definition import Drawing
from assessments.models import Points
from assessments.publishing.deserialize import Deserializer
from assessments.publishing.drafts import assessment_compile
from assessments.publishing.services import assessment_check, assessment_load
from tests.assessments.browser import change, open_page, post, queries
from tests.assessments.factories import CaseFactory
from tests.assessments.small import caring

pytestmark = pytest.mark.django_db

PICTURE = '<svg viewBox="0 0 4 4"><path d="M0 0L4 4"/></svg>'


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

    empty = dict.fromkeys(("why_title", "why_text", "why_more_title", "why_more"), "")
    post(admin_client, change(draft), opened, **empty)

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


def test_the_rest_of_the_why_needs_a_title(admin_client, draft):
    post(admin_client, change(draft), open_page(admin_client, change(draft)), why_more_title="")

    found = assessment_check(assessment=draft)
    assert ("text_missing", "why.more_title") in [(each.code, each.where) for each in found]


def test_a_result_type_has_a_picture(admin_client, draft):
    profile = draft.profiles.get(key="ready")
    opened = open_page(admin_client, change(profile))
    drawing = SimpleUploadedFile("strong.svg", PICTURE.encode(), "image/svg+xml")

    without_words = post(admin_client, change(profile), opened, drawing_file=drawing)
    assert "Say in words what the picture shows." in without_words.content.decode()

    drawing.seek(0)
    given = {"drawing_file": drawing, "picture_alt": "A runner", "headline": "Get strong"}
    post(admin_client, change(profile), opened, **given)
    stored = assessment_compile(assessment=draft).profile("ready")
    assert (stored.picture, stored.heading) == (Drawing(alt="A runner", svg=PICTURE), "Get strong")

    opened = open_page(admin_client, change(profile))
    post(admin_client, change(profile), opened, drawing_remove="on", picture_alt="")
    assert assessment_compile(assessment=draft).profile("ready").picture is None


def test_one_case_is_the_example(admin_client, draft):
    case = draft.cases.get()
    opened = open_page(admin_client, change(case))
    del opened.fields["example"]
    post(admin_client, change(case), opened)
    assert assessment_compile(assessment=draft).example is None

    post(admin_client, change(case), open_page(admin_client, change(case)), example="on")
    assert assessment_compile(assessment=draft).example.name == case.name


def test_a_translation_stays_one_when_another_version_is_restored(admin_client, draft):
    spanish = assessment_load(data=caring(slug="reach-es", language="es")).assessment
    page = open_page(admin_client, change(spanish))
    post(admin_client, change(spanish), page, translation_of=str(draft.pk))
    spanish.refresh_from_db()

    Deserializer(caring(slug="reach-es", language="es")).replace(spanish)

    assert list(draft.translations.all()) == [spanish]


def test_each_part_shows_the_cases_that_the_draft_breaks_and_those_that_hold(admin_client, draft):
    question, case = draft.questions.get(key="touch"), draft.cases.get()
    CaseFactory(assessment=draft, name="Bends", answers=case.answers, safety=["none"])
    assert (
        "Cases: all 2 come out as they must" in admin_client.get(change(question)).content.decode()
    )
    Points.objects.filter(choice__key="toes").update(value=4)

    html = admin_client.get(change(question)).content.decode()

    assert "Cases: 1 of 2 comes out differently" in html
    assert (
        f'<a href="{change(case)}">Stretches</a>: the result type is “Reach first” and not '
        "“Ready to lift”" in html
    )
    assert f'<a href="{change(draft.cases.get(name="Bends"))}">Bends</a>' in html


def test_a_page_with_many_cases_asks_no_more(admin_client, draft):
    at = change(draft.profiles.first())
    few = queries(admin_client, at)
    CaseFactory.create_batch(9, assessment=draft, answers=draft.cases.get().answers)

    assert queries(admin_client, at) == few
