"""The pages of the desk: what they cost, and that nothing is left out."""

import re

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.models import Assessment, Condition, Edition, Profile, Question
from guides.models import Guide
from tests.assessments.browser import Page, change, open_page, post, said
from tests.assessments.factories import ChoiceFactory, QuestionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("default_content", "remembering")]

MOST_QUERIES = 60
PAGES = {
    Assessment: ("change", "publish", "try", "impact", "read"),
    Edition: ("change", "restore"),
    Question: ("change",),
    Profile: ("change",),
    Guide: ("change", "publish", "preview"),
}
CASES = [(model, page) for model, pages in PAGES.items() for page in pages]


def address(model, page):
    row = model.objects.order_by("pk").first()
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=[row.pk])


def queries(client, at):
    client.get(at)  # what a process asks once does not count
    with CaptureQueriesContext(connection) as captured:
        assert client.get(at).status_code == 200
    return len(captured)


def add_questions(number):
    """Without points: they leave what the checker finds as it is."""
    draft = Assessment.objects.get()
    for question in QuestionFactory.create_batch(number, assessment=draft):
        ChoiceFactory.create_batch(5, question=question)


@pytest.mark.parametrize(("model", "kind"), CASES)
def test_a_page_costs_the_same_at_thirty_questions(admin_client, model, kind):
    add_questions(1)
    few = queries(admin_client, address(model, kind))
    add_questions(18)

    assert queries(admin_client, address(model, kind)) == few <= MOST_QUERIES


@pytest.mark.parametrize(("model", "kind"), CASES)
def test_a_strict_policy_blocks_nothing(admin_client, model, kind):
    assert Page(admin_client.get(address(model, kind)).content.decode()).blocked == []


WITH_PARTS = [model for model, desk in admin.site._registry.items() if desk.inlines]
DELETE = re.compile(r'name="(\w+-\d+-DELETE)"')


@pytest.mark.parametrize("model", WITH_PARTS, ids=lambda model: model._meta.model_name)
def test_whatever_has_a_box_to_delete_it_can_be_deleted_or_says_why_not(admin_client, model):
    for row in model.objects.all():
        at = reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_change", args=[row.pk])
        opened = admin_client.get(at).content.decode()
        ticked = dict.fromkeys(DELETE.findall(opened), "on")

        response = post(admin_client, at, Page(opened), **ticked)

        kept = DELETE.findall(response.content.decode())
        assert said(response) or ("would require deleting" in response.content.decode() and kept)


@pytest.mark.parametrize(
    ("owner", "prefix"), [("profile", "conditions"), ("shown_question", "show_if")]
)
def test_a_condition_on_answers_is_deleted(admin_client, owner, prefix):
    gone = Condition.objects.filter(picks__isnull=False, **{f"{owner}__isnull": False}).first()
    row = getattr(gone, owner)
    index = list(Condition.objects.filter(**{owner: row})).index(gone)
    opened = open_page(admin_client, change(row))

    post(admin_client, change(row), opened, **{f"{prefix}-{index}-DELETE": "on"})

    assert not Condition.objects.filter(pk=gone.pk).exists()


def test_the_first_page_costs_the_same_however_much_there_is(admin_client):
    few = queries(admin_client, reverse("admin:index"))
    QuestionFactory.create_batch(9, assessment=Assessment.objects.get())

    assert queries(admin_client, reverse("admin:index")) == few <= MOST_QUERIES


def test_the_read_through_leads_to_a_page_from_each_passage(admin_client):
    response = admin_client.get(address(Assessment, "read"))

    passages = [each for chapter in response.context["chapters"] for each in chapter.passages]
    opened = {each.address: admin_client.get(each.address).status_code for each in passages}
    assert set(opened.values()) == {200}
    assert [chapter.title for chapter in response.context["chapters"]] == [
        "First page", "Safety list", "Safety pages", "Questions", "Result types",
        "What runners ask", "Extra advice", "Scores", "Measuring again", "The guide", "Exercises",
        "Plans", "The email that brings the guide", "Practice and privacy",
    ]  # fmt: skip
