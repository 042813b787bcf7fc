"""Questions that take several answers, at the desk, and rules on them."""

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction

from assessments.models import Choice, Question, rule_in_words
from assessments.publishing.drafts import assessment_compile
from assessments.publishing.services import assessment_load
from tests.assessments.browser import address, change, open_page, post
from tests.assessments.factories import QuestionFactory
from tests.assessments.small import caring, small, with_tried

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(db):
    return assessment_load(data=with_tried()).assessment


@pytest.fixture
def tried(draft):
    return draft.questions.get(key="tried")


def test_its_answers_have_no_points_and_one_can_stand_alone(admin_client, draft, tried):
    at = change(tried)
    page = admin_client.get(at).content.decode()
    reach = draft.dimensions.get(key="reach")

    post(
        admin_client, at, open_page(admin_client, at),
        **{f"choices-0-points_{reach.pk}": "4", "choices-1-alone": "on"},
    )  # fmt: skip

    assert "none gives points" in page
    assert "points_" not in page
    choices = assessment_compile(assessment=draft).question("tried").choices
    assert [(choice.points, choice.alone) for choice in choices] == [
        ({}, False),
        ({}, True),
        ({}, True),
    ]


def test_answers_of_other_questions_do_not_stand_alone(admin_client, draft):
    page = admin_client.get(change(draft.questions.get(key="touch"))).content.decode()

    assert "-alone" not in page
    assert "none gives points" not in page


def test_it_is_added_without_a_scale(admin_client, draft):
    at = address("question", "add")
    opened = open_page(admin_client, at)

    refused = post(admin_client, at, opened, kind="several", text="Where?", minimum="0")
    post(admin_client, at, opened, kind="several", text="Where?")

    assert "Leave both numbers empty, or pick a scale above." in refused.content.decode()
    assert Question.objects.get(text="Where?").kind == "several"
    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.filter(text="Where?").update(minimum=0)


def test_rules_can_ask_for_its_answers(admin_client, draft, tried):
    notice = draft.notices.get(key="sore")
    at = change(notice)
    opened = open_page(admin_client, at)
    [stretching, rolling] = Choice.objects.filter(key__in=["stretching", "rolling"])
    row = f"conditions-{opened.fields['conditions-TOTAL_FORMS'][0]}-"

    post(
        admin_client, at, opened,
        **{
            "conditions-TOTAL_FORMS": "2",
            f"{row}kind": "not_in",
            f"{row}alternative": "1",
            f"{row}question": str(tried.pk),
            f"{row}choices": [str(stretching.pk), str(rolling.pk)],
        },
    )  # fmt: skip

    assert rule_in_words(notice.conditions.all()) == (
        "“How much does it hurt?” is answered with 3 or more, and "
        "“What have you tried?” is answered with none of: “Stretching”, “A foam roller”"
    )


def test_the_self_check_lists_it_as_any_of_its_answers(admin_client, draft):
    page = admin_client.get(change(draft)).content.decode()

    assert "Any of: Stretching / A foam roller / Nothing yet" in page


# Answers on the add page


@pytest.fixture
def adding(admin_client, draft):
    """Opens the page that adds a question to this self-check, and posts it."""
    at = f"{address('question', 'add')}?assessment={draft.pk}"
    opened = open_page(admin_client, at)
    return lambda **fields: post(admin_client, at, opened, **fields)


def new_points(draft, row, key):
    return f"choices-{row}-points_{draft.dimensions.get(key=key).pk}"


def test_a_question_is_added_with_its_answers_and_points(adding, draft):
    response = adding(
        kind="choice", text="Do you sit a lot?",
        **{
            "choices-0-label": "All day", new_points(draft, 0, "reach"): "2",
            "choices-1-label": "Hardly ever", new_points(draft, 1, "reach"): "0",
            new_points(draft, 1, "power"): "-",
        },
    )  # fmt: skip

    question = draft.questions.get(text="Do you sit a lot?")
    assert response.redirect_chain[-1][0] == change(question)
    choices = assessment_compile(assessment=draft).question(question.key).choices
    assert [(choice.label, choice.points) for choice in choices] == [
        ("All day", {"reach": 2}),
        ("Hardly ever", {"reach": 0, "power": None}),
    ]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"kind": "scale", "minimum": "0", "maximum": "5"}, "A scale has no answers to write."),
        ({"kind": "several"}, "none gives points. Use them in rules"),
    ],
)
def test_answers_that_do_not_suit_the_kind_are_refused_and_kept(adding, draft, fields, error):
    response = adding(
        **fields, text="Where?",
        **{"choices-0-label": "Here", new_points(draft, 0, "reach"): "2"},
    )  # fmt: skip

    page = response.content.decode().partition('id="choices-group"')[2]
    assert error in page
    assert 'value="Here"' in page
    assert not draft.questions.filter(text="Where?").exists()


def test_answers_are_offered_only_for_a_self_check_that_is_known(admin_client, draft):
    assessment_load(data=small(slug="other"))

    page = admin_client.get(address("question", "add")).content.decode()

    assert "choices-group" not in page


@pytest.fixture
def sitting(db):
    """A new question of a draft whose case has no answer to it."""
    draft = assessment_load(data=caring()).assessment
    question = QuestionFactory(assessment=draft, text="Do you sit a lot?", kind="choice")
    for label in ("No", "Yes"):
        question.choices.create(label=label)
    return question


def test_new_question_is_answered_in_all_cases_at_once(admin_client, sitting):
    at = address("question", "answer-cases", sitting.pk)
    asked = admin_client.get(change(sitting)).content.decode()

    unpicked = admin_client.post(at, follow=True).content.decode()
    yes = sitting.choices.get(label="Yes").key
    told = admin_client.post(at, {"answer": yes}, follow=True).content.decode()

    assert "1 case doesn't answer this question yet" in asked
    assert "Pick an answer for the cases." in unpicked
    assert "1 case answers “Yes” now." in told
    assert "answer this question yet" not in told
    assert sitting.assessment.cases.get().answers_by_question[sitting.key] == yes


def test_only_who_may_change_cases_answers_in_them(client, sitting, django_user_model):
    helper = django_user_model.objects.create_user("helper", is_staff=True)
    helper.user_permissions.add(*Permission.objects.filter(codename="change_question"))
    client.force_login(helper)

    response = client.post(address("question", "answer-cases", sitting.pk), {"answer": "yes"})

    assert response.status_code == 403
