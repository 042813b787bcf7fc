"""Admin pages: CSP compliance, query counts, search and filters."""

import pytest
from django.apps import apps
from django.urls import reverse

from assessments.models import (
    Assessment,
    Dimension,
    Edition,
    Notice,
    Practice,
    Profile,
    SafetyItem,
    Submission,
)
from tests.assessments.browser import (
    address,
    change,
    listed,
    open_page,
    queries,
)
from tests.assessments.factories import (
    AssessmentFactory,
    ChoiceFactory,
    ConditionFactory,
    EditionFactory,
    NoticeFactory,
    ProfileFactory,
    QuestionFactory,
    SafetyItemFactory,
    SubmissionFactory,
)

EDITED = [
    "assessment", "dimension", "safetylevel", "safetyitem", "derivedsafety", "question", "profile",
    "notice",
]  # fmt: skip
RECORDS = {"edition": EditionFactory, "submission": SubmissionFactory}
PAGES = [
    *((model, kind) for model in [*EDITED, *RECORDS] for kind in ("change", "history")),
    *((model, "delete") for model in EDITED),
]
LISTS = [
    *((model, "changelist") for model in [*EDITED, *RECORDS, "practice"]),
    *((model, "add") for model in EDITED),
    ("practice", "change"),
    ("practice", "history"),
]

pytestmark = pytest.mark.django_db


@pytest.mark.once
@pytest.mark.parametrize(("model", "kind"), PAGES)
def test_detail_pages_comply_with_csp(admin_client, tight_hips, model, kind):
    SubmissionFactory()
    row = apps.get_model("assessments", model).objects.order_by("pk").first()

    assert open_page(admin_client, address(model, kind, row.pk)).blocked == []


@pytest.mark.once
@pytest.mark.parametrize(("model", "kind"), LISTS)
def test_other_admin_pages_comply_with_csp(admin_client, tight_hips, model, kind):
    SubmissionFactory()
    Practice().save()

    assert open_page(admin_client, address(model, kind)).blocked == []


@pytest.mark.parametrize("model", RECORDS)
def test_read_only_admins_forbid_add_change_and_delete(admin_client, model):
    row = RECORDS[model]()

    assert admin_client.get(address(model, "add")).status_code == 403
    assert admin_client.post(change(row), {"note": "x", "total": 1}).status_code == 403
    assert admin_client.get(address(model, "delete", row.pk)).status_code == 403


FACTORIES = {
    "assessment": AssessmentFactory,
    "question": QuestionFactory,
    "safetyitem": SafetyItemFactory,
    "profile": ProfileFactory,
    "notice": NoticeFactory,
    "edition": EditionFactory,
    "submission": SubmissionFactory,
}


@pytest.mark.parametrize("model", FACTORIES)
def test_changelist_query_count_is_constant(admin_client, model):
    at = address(model, "changelist")
    FACTORIES[model]()
    few = queries(admin_client, at)
    FACTORIES[model].create_batch(12)

    assert queries(admin_client, at) == few <= 15


def test_rule_list_query_count_is_constant(admin_client):
    def rule():
        choice = ChoiceFactory()
        condition = ConditionFactory(kind="in", question=choice.question)
        condition.picks.create(choice=choice)

    at = address("profile", "changelist")
    rule()
    few = queries(admin_client, at)
    for _ in range(5):
        rule()

    assert queries(admin_client, at) == few


def test_self_check_page_query_count_is_constant(admin_client, tight_hips):
    few = queries(admin_client, change(tight_hips))
    for factory in (QuestionFactory, SafetyItemFactory, ProfileFactory, NoticeFactory):
        factory.create_batch(20, assessment=tight_hips)

    assert queries(admin_client, change(tight_hips)) == few <= 90


def test_question_page_query_count_is_constant(admin_client, tight_hips):
    question = tight_hips.questions.get(key="pattern")
    few = queries(admin_client, change(question))
    ChoiceFactory.create_batch(20, question=question)
    QuestionFactory.create_batch(20, assessment=tight_hips)

    assert queries(admin_client, change(question)) == few <= 41


def test_rule_page_query_count_is_constant(admin_client, tight_hips):
    profile = tight_hips.profiles.get(key="fresh_load")

    def add_conditions(number):
        for _ in range(number):
            ConditionFactory(
                profile=profile, kind="unmeasured", dimension=tight_hips.dimensions.first()
            )

    add_conditions(1)
    few = queries(admin_client, change(profile))
    add_conditions(10)

    assert queries(admin_client, change(profile)) == few <= 43


def test_search_covers_the_texts_of_each_model(admin_client, tight_hips):
    def results(model, words):
        return [row.key for row in listed(admin_client, model, q=words)]

    assert results("question", "My ankles") == ["reach"]
    assert results("profile", "cake") == ["mobility_first"]
    assert results("safetyitem", "hot and swollen") == ["fever"]
    assert results("notice", "gentlest start") == ["gentlest_start"]


def test_self_checks_with_the_same_title_show_their_address(admin_client, draft):
    at = reverse("assessments:check", args=[draft.slug])

    rows = admin_client.get(address("assessment", "changelist")).content.decode()
    opened = admin_client.get(change(draft)).content.decode()

    assert f'<td class="field-address">{at}</td>' in rows
    assert f'<div class="readonly">{at}</div>' in opened
    assert "Made from the title" in admin_client.get(address("assessment", "add")).content.decode()


def test_part_lists_filter_by_self_check(admin_client, tight_hips, draft):
    rows = listed(admin_client, "question", assessment__id__exact=draft.pk)

    assert [row.key for row in rows] == ["touch", "pain", "lifts", "bridge"]


def test_models_have_plain_verbose_names():
    names = {
        model: str(model._meta.verbose_name)
        for model in (Assessment, Edition, Submission, Dimension, Profile, Notice, SafetyItem)
    }

    assert list(names.values()) == [
        "self-check", "version", "answers", "score area", "result type", "extra advice",
        "safety item",
    ]  # fmt: skip
    assert str(Notice._meta.verbose_name_plural) == "extra advice"
    assert Profile._meta.app_config.verbose_name == "Self-checks"
