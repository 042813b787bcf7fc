"""A new order in a form: saved whole, and told by what moved."""

import pytest
from auditlog.models import LogEntry
from django.contrib.admin.models import LogEntry as AdminLogEntry
from django.urls import reverse

from assessments.desk.parts.moves import places_moved
from assessments.models import Choice
from guides.models import PlanBlock, PlanStep
from tests.assessments.browser import change, open_page, post

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("before", "moved"),
    [
        ([], set()),
        ([1, 2, 3], set()),
        ([1, 3, 7], set()),
        ([0, 0, 0], set()),
        ([2, 3, 4, 1], {3}),
        ([4, 1, 2, 3], {0}),
        ([3, 2, 1], {1, 2}),
    ],
)
def test_the_fewest_rows_that_explain_an_order_moved(before, moved):
    assert places_moved(before) == moved


def noted(model):
    return [
        entry.object_pk
        for entry in LogEntry.objects.get_for_model(model).filter(action=LogEntry.Action.UPDATE)
        if set(entry.changes) & {"position", "order"}
    ]


def last_to_front(page, prefix, field, rows):
    assert f"{prefix}-0-{field}" in page.fields  # a browser could say it
    [*others, last] = range(rows)
    return {f"{prefix}-{row}-{field}": str(at) for at, row in enumerate([last, *others], start=1)}


def test_an_answer_that_is_dragged_stays_there_and_is_noted_alone(admin_client, draft):
    question = draft.questions.filter(kind="choice").first()
    before = list(question.choices.values_list("pk", flat=True))
    page = open_page(admin_client, change(question))

    post(
        admin_client, change(question), page,
        **last_to_front(page, "choices", "position", len(before)),
    )  # fmt: skip

    assert list(question.choices.values_list("pk", flat=True)) == [before[-1], *before[:-1]]
    assert noted(Choice) == [str(before[-1])]
    [told] = AdminLogEntry.objects.values_list("change_message", flat=True)
    assert told.count("Order") == 1


def test_saving_without_a_move_notes_none(admin_client, draft):
    question = draft.questions.filter(kind="choice").first()
    page = open_page(admin_client, change(question))

    post(admin_client, change(question), page, text="Something else?")

    told = AdminLogEntry.objects.get().get_change_message()
    assert "Order" not in told
    assert noted(Choice) == []


def test_a_step_that_makes_room_but_gets_another_dose_is_noted(admin_client, default_content):
    block = PlanBlock.objects.first()
    steps = list(block.steps.values_list("pk", flat=True))
    at = reverse("admin:guides_planblock_change", args=[block.pk])
    page = open_page(admin_client, at)

    post(
        admin_client, at, page,
        **last_to_front(page, "steps", "order", len(steps)), **{"steps-0-dose": "3 x 5"},
    )  # fmt: skip

    assert list(block.steps.values_list("pk", flat=True)) == [steps[-1], *steps[:-1]]
    assert sorted(noted(PlanStep)) == sorted(map(str, {steps[-1], steps[0]}))
