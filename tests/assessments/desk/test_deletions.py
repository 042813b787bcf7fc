"""What's deleted at the desk can be put back, whole."""

import json
import re

import pytest
from auditlog.registry import auditlog
from django.contrib.auth.models import Permission
from django.core import serializers
from django.core.files.base import ContentFile
from django.urls import reverse

from assessments.desk.deletions.rows import held_by
from assessments.desk.deletions.uses import page_of
from assessments.desk.links import address_of
from assessments.publishing.serialize import serialize_draft
from assessments.publishing.services import assessment_load
from guides.models import Exercise
from tests.assessments.browser import Page, address, change, open_page, post, run_action, said
from tests.assessments.factories import DimensionFactory, FaqFactory, PointsFactory
from tests.assessments.small import caring
from tests.guides.factories import ExerciseFactory, ExercisePictureFactory, PlanStepFactory

pytestmark = pytest.mark.django_db

BUTTON = re.compile(r'<form method="post" action="([^"]+)" class="put-back-deleted">')


@pytest.fixture
def draft(db):
    return assessment_load(data=caring()).assessment


def everything(draft):
    """The draft as a file, and all curated rows."""
    rows = [row for model in auditlog.get_models() for row in model.objects.order_by("pk")]
    return json.dumps(serialize_draft(draft)), serializers.serialize("json", rows)


def delete(client, row):
    """Deletes a row on its own page. Where it can be put back."""
    at = reverse(f"admin:{row._meta.label_lower.replace('.', '_')}_delete", args=[row.pk])
    response = client.post(at, {"post": "yes"}, follow=True)
    assert not type(row).objects.filter(pk=row.pk).exists()
    return offered(response)


def offered(response):
    html = response.content.decode()
    assert Page(html).blocked == []
    return BUTTON.findall(html)[0]


def question(draft):
    return draft.questions.exclude(asked_by__isnull=False).first()


def safety_item(draft):
    return draft.safety_items.first()


def area(draft):
    row = DimensionFactory(assessment=draft, position=1)
    PointsFactory(
        choice=draft.questions.filter(kind="choice").first().choices.first(), dimension=row
    )
    return row


def result_type(draft):
    profile = draft.profiles.first()
    profile.faq_answers.create(faq=FaqFactory(assessment=draft), answer="Yes.")
    step = PlanStepFactory(block__plan__profile=profile)
    assert profile.conditions.exists()
    assert step.block.plan.profile == profile
    return profile


def advice(draft):
    return draft.notices.first()


def faq(draft):
    row = draft.faq.first()
    draft.notices.update(faq=row, in_why=False)
    return row


def case(draft):
    return draft.cases.first()


def exercise(draft):
    row = ExerciseFactory()
    ExerciseFactory(instead=row)
    return row


def plan(draft):
    return PlanStepFactory(block__plan__profile=draft.profiles.first()).block.plan


@pytest.mark.parametrize(
    "kind",
    [question, safety_item, area, result_type, advice, faq, case, exercise, plan],
    ids=lambda kind: kind.__name__,
)
def test_what_is_deleted_comes_back_whole(client, pt, draft, kind):
    client.force_login(pt)
    row = kind(draft)
    before = everything(draft)

    at = delete(client, row)
    assert everything(draft) != before
    response = client.post(at, follow=True)

    assert everything(draft) == before
    assert "is back, with all that was deleted with it." in said(response)[0]
    assert response.redirect_chain[0][0].endswith(f"/{row.pk}/change/")


def test_answer_comes_back_on_its_question(client, pt, draft):
    client.force_login(pt)
    asked = draft.questions.filter(kind="choice").exclude(asked_by__isnull=False).first()
    choice = asked.choices.first()
    assert choice.points.exists()
    before = everything(draft)
    page = open_page(client, change(asked))
    [prefix] = {
        name.removesuffix("-id")
        for name, value in page.fields.items()
        if name.startswith("choices-") and name.endswith("-id") and value == [str(choice.pk)]
    }

    response = post(client, change(asked), page, **{f"{prefix}-DELETE": "on"})
    assert not asked.choices.filter(pk=choice.pk).exists()
    assert f"You deleted “{choice}”." in said(response)[0]
    response = client.post(offered(response), follow=True)

    assert everything(draft) == before
    assert response.redirect_chain[0][0] == change(asked)


def test_rows_picked_in_a_list_come_back_together(client, pt, draft):
    client.force_login(pt)
    rows = [*draft.safety_items.all()]
    before = everything(draft)

    response = run_action(client, "safetyitem", "delete_selected", *rows, post="yes")
    assert not draft.safety_items.exists()
    client.post(offered(response))

    assert len(rows) > 1
    assert everything(draft) == before


def test_what_changed_meanwhile_stays(client, pt, draft):
    client.force_login(pt)
    item, other = draft.safety_items.all()
    at = delete(client, item)
    post(client, change(other), open_page(client, change(other)), text="I fell last week.")
    post(client, change(draft), open_page(client, change(draft)), title="Another title")
    now = serialize_draft(draft)

    client.post(at)

    after = serialize_draft(draft)
    assert [one["key"] for one in after["safety"]["items"]] == [item.key, other.key]
    assert after["safety"]["items"].pop(0)["key"] == item.key
    assert after == now


def test_links_made_anew_meanwhile_stay(client, pt, draft):
    client.force_login(pt)
    row = faq(draft)
    other = FaqFactory(assessment=draft, question="Another")
    at = delete(client, row)
    draft.notices.update(faq=other)

    client.post(at)

    assert {notice.faq for notice in draft.notices.all()} == {other}


def test_what_needs_something_gone_says_so_and_comes_back_after_it(client, pt, draft):
    client.force_login(pt)
    profile = draft.profiles.first()
    asked = draft.questions.create(kind="scale", minimum=0, maximum=3, text="How far?")
    profile.conditions.create(kind="number", question=asked, at_least=1)
    before = everything(draft)
    rule_at = delete(client, profile)
    question_at = delete(client, asked)

    response = client.post(rule_at, follow=True)

    [message] = said(response)
    assert message.endswith(
        "needs the question “How far?”, which is gone too. Put that back first."
    )
    client.post(question_at)
    client.post(rule_at)
    assert everything(draft) == before


def test_something_new_in_its_place_is_named(client, pt, draft):
    client.force_login(pt)
    item = draft.safety_items.first()
    at = delete(client, item)
    draft.safety_items.create(text=item.text, key=item.key, why=item.why, level=item.level)

    response = client.post(at, follow=True)

    assert "Something new stands in its place." in said(response)[0]
    assert draft.safety_items.filter(text=item.text).count() == 1


def test_twice_is_once(client, pt, draft):
    client.force_login(pt)
    at = delete(client, draft.notices.first())
    client.post(at, follow=True)
    before = everything(draft)

    response = client.post(at, follow=True)

    assert "It was put back already." in said(response)[0]
    assert everything(draft) == before


def test_history_puts_back_what_was_deleted_long_ago(client, pt, draft):
    client.force_login(pt)
    before = everything(draft)
    at = delete(client, draft.notices.first())

    history = client.get(address("assessment", "history", draft.pk))
    assert offered(history) == at
    client.post(at)

    assert everything(draft) == before
    history = client.get(address("assessment", "history", draft.pk))
    assert BUTTON.findall(history.content.decode()) == []


def test_only_who_may_add_it_puts_it_back(client, pt, draft):
    client.force_login(pt)
    notice = draft.notices.first()
    at = delete(client, notice)
    assert client.get(at)["Location"] == reverse("admin:index")  # as after signing in

    pt.groups.get().permissions.remove(Permission.objects.get(codename="add_notice"))

    assert client.post(at).status_code == 403
    assert not draft.notices.filter(pk=notice.pk).exists()


def test_picture_of_an_exercise_waits_for_it(client, pt, django_capture_on_commit_callbacks):
    client.force_login(pt)
    picture = ExercisePictureFactory(picture=ContentFile(b"x", "puente-ñ.png")).picture

    with django_capture_on_commit_callbacks(execute=True):
        at = delete(client, Exercise.objects.get())
    client.post(at)

    assert Exercise.objects.get().pictures.get().picture.name == picture.name
    assert picture.storage.exists(picture.name)


def test_deleting_a_part_promises_a_way_back_and_leads_to_its_list(client, pt, draft):
    client.force_login(pt)
    item = draft.safety_items.first()
    asked = client.get(address("safetyitem", "delete", item.pk)).content.decode()
    assert "You can put it back right after" in asked

    response = client.post(address("safetyitem", "delete", item.pk), {"post": "yes"})

    assert response.url == f"{change(draft)}#safety_items-group"


def test_what_is_still_used_says_where(client, pt, draft):
    client.force_login(pt)
    asked = draft.questions.filter(asked_by__profile__isnull=False).first()
    used_by = {condition.profile for condition in asked.asked_by.exclude(profile=None)}

    html = client.get(address("question", "delete", asked.pk)).content.decode()

    assert "Take it out there first" in html
    assert "protected" not in html
    for profile in used_by:
        assert f'Result type <a href="{change(profile)}">{profile}</a>' in html


def test_weeks_that_use_an_exercise_say_of_which_plan(admin_client):
    step = PlanStepFactory()

    html = admin_client.get(address_of(step.exercise, "delete")).content.decode()

    weeks = f'<a href="{address_of(step.block)}">{step.block}</a>'
    assert f"Weeks of a plan {weeks} · {step.block.plan}" in html


def test_rows_picked_in_a_list_say_what_uses_them(admin_client, draft):
    asked = draft.questions.filter(asked_by__isnull=False).first()

    html = run_action(admin_client, "question", "delete_selected", asked).content.decode()

    assert "Some of these are still used here. Take them out there first" in html
    assert "protected" not in html
    for use in held_by(asked):
        assert f'<a href="{page_of(use)}">' in html


def test_a_level_says_which_items_have_it_and_a_self_check_only_what_stays(client, pt, draft):
    client.force_login(pt)
    item = draft.safety_items.first()

    html = client.get(address("safetylevel", "delete", item.level_id)).content.decode()
    assert f'Safety item <a href="{change(item)}">{item}</a>' in html

    assert [*held_by(draft)] == [*draft.editions.all()]  # its own rules go along
