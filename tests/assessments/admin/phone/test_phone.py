"""The draft on a phone, beside the form that edits it."""

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from assessments.models import Assessment, SafetyItem
from assessments.publishing.services import assessment_load
from tests.assessments.browser import Tags, address, change, open_page
from tests.assessments.small import caring

pytestmark = pytest.mark.django_db


def phone(row):
    return address(row._meta.model_name, "phone", row.pk)


def shown(response):
    assert response.status_code == 200
    return response.content.decode()


def typed(client, row, **changes):
    """The phone after typing into the row's page, without saving."""
    return client.post(phone(row), {**open_page(client, change(row)).fields, **changes})


def test_a_question_stands_alone_as_on_a_phone(admin_client, draft):
    page = shown(admin_client.get(phone(draft.questions.get(key="touch"))))

    assert "How far do you reach?" in page
    assert "How much does it hurt?" not in page
    assert "First, be safe." not in page
    assert "Question 1 of 2" in page  # the third is for some runners only
    assert "<script" not in page.partition("</head>")[0]


def test_a_result_type_shows_the_result_of_answers_that_lead_to_it(admin_client, draft):
    for title in ("Reach first", "Ready to lift"):
        page = shown(admin_client.get(phone(draft.profiles.get(title=title))))

        assert f"{title}</h1>" in page
        assert "<script" not in page


def test_a_result_type_that_no_runner_gets_says_so(admin_client, draft):
    last = draft.profiles.get(key="ready")
    draft.profiles.filter(key="stiff").update(position=last.position + 1)

    page = shown(admin_client.get(phone(draft.profiles.get(key="stiff"))))

    assert "We found no answers that lead to this result type" in page


def test_a_safety_item_shows_its_screen_and_a_level_what_it_says(admin_client, db):
    draft = assessment_load(data=caring()).assessment
    [fall, young] = draft.safety_items.all()

    page = shown(admin_client.get(phone(fall)))
    assert "I had a fall." in page
    assert young.text not in page
    for title in ("Get help now", "Ask first"):
        level = draft.safety_levels.get(title=title)
        assert f"{title}</h1>" in shown(admin_client.get(phone(level)))


def test_a_level_without_items_has_no_page(admin_client, draft):
    SafetyItem.objects.filter(level__key="wait").delete()

    page = shown(admin_client.get(phone(draft.safety_levels.get(key="wait"))))

    assert "No item of the safety list has this level yet." in page


def test_the_self_check_starts_as_runners_open_it(admin_client, draft):
    page = shown(admin_client.get(phone(draft)))

    assert "<h1>Small check</h1>" in page
    assert "I had a fall." in page


def test_what_is_typed_is_shown_and_not_saved(admin_client, draft):
    question = draft.questions.get(key="touch")
    entries = LogEntry.objects.count()

    page = shown(
        typed(admin_client, question, text="How low?", **{"choices-0-label": "To my knees"})
    )

    assert "How low?" in page
    assert "To my knees" in page
    question.refresh_from_db()
    assert question.text == "How far do you reach?"
    assert question.choices.first().label == "My knees"
    assert LogEntry.objects.count() == entries


def test_the_self_check_is_shown_as_typed(admin_client, draft):
    assert "<h1>Stiff?</h1>" in shown(typed(admin_client, draft, title="Stiff?"))
    assert Assessment.objects.get().title == "Small check"


def test_what_cannot_be_saved_is_not_shown(admin_client, draft):
    assert typed(admin_client, draft.questions.get(key="touch"), text="").status_code == 422


def test_an_unfinished_draft_says_so(admin_client, draft):
    faq = draft.faq.first()
    draft.profiles.all().delete()

    assert escape("The self-check isn't complete yet.") in shown(admin_client.get(phone(faq)))
    page = shown(admin_client.get(phone(draft.questions.get(key="touch"))))
    assert "How far do you reach?" in page  # it needs no result type


def test_only_the_desk_may_frame_it(admin_client, draft):
    question = draft.questions.get(key="touch")

    page, framed = admin_client.get(change(question)), admin_client.get(phone(question))

    assert "frame-src 'self'" in page["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'self'" in framed["Content-Security-Policy"]
    assert "frame-ancestors 'none'" not in framed["Content-Security-Policy"]
    assert framed["X-Frame-Options"] == "SAMEORIGIN"
    [frame] = [each for tag, each in Tags(page.content.decode()).found if tag == "iframe"]
    assert [frame["src"], frame["sandbox"]] == [phone(question), "allow-same-origin"]


def test_looking_takes_the_right_to_view_and_typing_the_right_to_change(client, draft):
    question = draft.questions.get(key="touch")
    viewer = User.objects.create_user("viewer", is_staff=True)
    client.force_login(viewer)
    assert client.get(phone(question)).status_code == 403

    viewer.user_permissions.add(Permission.objects.get(codename="view_question"))

    assert client.get(phone(question)).status_code == 200
    assert client.post(phone(question), {"text": "Mine"}).status_code == 403
    assert 'data-typed=""' in client.get(change(question)).content.decode()
    assert client.get(address("question", "phone", 0)).status_code == 404


def test_a_popup_has_no_phone(admin_client, draft):
    at = f"{change(draft.questions.get(key='touch'))}?_popup=1"

    assert 'class="phone-beside"' not in admin_client.get(at).content.decode()


NEW = {
    "question": (
        {"text": "How long?", "choices-0-label": "A week", "choices-1-label": "A year"},
        ["How long?", "A week", "A year", "Question 4 of 4"],
    ),
    "profile": (
        {"title": "Rest first", "summary": "Take a week off."},
        ["Rest first</h1>", "off."],
    ),
    "notice": ({"text": "Sleep more."}, ["Sleep more."]),
    "faq": ({"question": "Can I swim?"}, ["Can I swim?", "…"]),
    "safetylevel": (
        {"title": "Call today", "body": "Call your doctor.", "rank": "7"},
        ["Call today</h1>", "Call your doctor."],
    ),
}


@pytest.mark.parametrize("model", NEW)
def test_a_new_part_is_shown_from_its_first_words_and_not_saved(admin_client, draft, model):
    words, shows = NEW[model]
    at = f"{address(model, 'add')}?assessment={draft.pk}"
    frame = f"{address(model, 'add')}phone/?assessment={draft.pk}"
    page = open_page(admin_client, at)
    entries = LogEntry.objects.count()

    assert f'data-typed="{frame}"' in admin_client.get(at).content.decode()
    assert "Start typing" in shown(admin_client.get(frame))
    typed = shown(admin_client.post(frame, {**page.fields, **words}))

    assert [text for text in shows if text not in typed] == []
    assert LogEntry.objects.count() == entries


def test_a_new_part_with_faults_is_not_shown(admin_client, draft):
    frame = f"{address('safetylevel', 'add')}phone/"
    words = {"assessment": draft.pk, "title": "Call today", "body": "Call.", "rank": "many"}

    assert admin_client.post(frame, words).status_code == 422


def test_a_new_self_check_and_its_first_question_are_shown_before_the_rest_is_there(
    admin_client, db
):
    at = address("assessment", "add")
    fields = {**open_page(admin_client, at).fields, "title": "Cranky knee"}

    page = shown(admin_client.post(f"{at}phone/", fields))
    assert "<h1>Cranky knee</h1>" in page
    assert "Your safety list comes here." in page

    begun = Assessment.objects.create(title="Cranky knee", statement="-")
    at = f"{address('question', 'add')}?assessment={begun.pk}"
    fields = {**open_page(admin_client, at).fields, "text": "Which knee?"}
    frame = f"{address('question', 'add')}phone/?assessment={begun.pk}"
    for scale in ({}, {"kind": "scale", "minimum": "0", "maximum": "10"}):
        assert "Which knee?" in shown(admin_client.post(frame, {**fields, **scale}))


def test_what_has_errors_never_begins_a_transaction(admin_client, draft):
    """On SQLite, a transaction takes the write lock when it begins."""
    question = draft.questions.get(key="touch")
    fields = open_page(admin_client, change(question)).fields

    def begun(**changes):
        with CaptureQueriesContext(connection) as queries:
            admin_client.post(phone(question), {**fields, **changes})
        return [each["sql"] for each in queries if each["sql"].startswith("SAVEPOINT")]

    assert begun(text="How low?") != []
    assert begun(text="") == []


def test_typing_a_new_part_takes_the_right_to_add(client, draft):
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="change_question"))
    client.force_login(viewer)
    frame = f"{address('question', 'add')}phone/"

    assert client.get(frame).status_code == 403
    assert client.post(frame, {"text": "Mine"}).status_code == 403


def test_answers_stand_right_below_the_question(admin_client, draft):
    page = admin_client.get(change(draft.questions.get(key="touch"))).content.decode()

    places = [
        page.index(words)
        for words in (
            'id="id_text"', "0 is best, and more means", 'id="choices-group"',
            "A check to do at home", 'id="show_if-group"',
        )
    ]  # fmt: skip
    assert places == sorted(places)


def test_a_folded_list_says_how_many_and_opens_for_an_error(admin_client, draft):
    at = change(draft)
    page = open_page(admin_client, at)
    folded = (
        'id="derived_safety-heading" class="inline-heading">Safety levels from answers</h2>\n'
        '<span class="how-many">1<'
    )
    assert folded in admin_client.get(at).content.decode()

    refused = admin_client.post(
        at, {**page.fields, "derived_safety-0-position": "x"}
    ).content.decode()

    assert folded not in refused
    assert 'id="derived_safety-heading"' in refused


def test_advice_and_a_common_question_show_a_result_that_has_them(admin_client, draft):
    for notice in draft.notices.all():
        assert notice.text in shown(admin_client.get(phone(notice)))
    faq = draft.faq.first()
    assert faq.question in shown(admin_client.get(phone(faq)))
    assert "Run, but slowly?" in shown(typed(admin_client, faq, question="Run, but slowly?"))

    draft.notices.first().conditions.all().delete()

    page = shown(admin_client.get(phone(draft.notices.first())))
    assert "We found no answers that lead to this extra advice" in page
