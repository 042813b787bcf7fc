"""The PT group has exactly the permissions it needs."""

import pytest
from auditlog.models import LogEntry
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.urls import reverse

from assessments.desk.audit_log import ReadOnlyMixin
from assessments.models import (
    Assessment,
    Case,
    DerivedSafety,
    Edition,
    Faq,
    Notice,
    Profile,
    Question,
    SafetyItem,
    SafetyLevel,
    Submission,
)
from assessments.permissions import GROUP
from guides.models import (
    Contact,
    Delivery,
    DownloadLink,
    Exercise,
    Guide,
    GuideEdition,
    NewsEmail,
    Plan,
    WebhookEndpoint,
)
from tests.assessments.factories import (
    CaseFactory,
    EditionFactory,
    FaqFactory,
    NoticeFactory,
    QuestionFactory,
    SafetyItemFactory,
)
from tests.assessments.small import token_of
from tests.e2e.walk import CHECK, USUAL
from tests.guides.factories import (
    ExerciseFactory,
    GuideEditionFactory,
    NewsEmailFactory,
    PlanFactory,
    WebhookEndpointFactory,
)

pytestmark = pytest.mark.django_db

LISTS = (
    "assessments_assessment", "assessments_edition", "assessments_submission",
    "assessments_practice", "guides_exercise", "guides_plan", "guides_guide",
    "guides_guideedition", "guides_sharedrules", "guides_contact", "guides_delivery",
    "guides_consent", "guides_suppression", "guides_downloadlink",
    "guides_newsemail", "guides_webhookendpoint",
)  # fmt: skip
PAGES = {
    Assessment: (
        "change",
        "publish",
        "try",
        "impact",
        "read",
        "phone",
        "copy",
        "translations",
        "translate",
        "upload-words",
        "history",
    ),
    Question: ("change", "phone", "delete", "history"),
    SafetyItem: ("change", "phone", "delete"),
    SafetyLevel: ("change", "phone"),
    DerivedSafety: ("change",),
    Profile: ("change", "phone", "delete"),
    Notice: ("change", "phone"),
    Faq: ("change", "phone"),
    Case: ("change", "delete", "history"),
    Edition: ("change", "history"),
    Submission: ("change",),
    Exercise: ("change", "phone", "history"),
    Plan: ("change", "copy", "delete"),
    NewsEmail: ("change", "phone", "send", "delete", "history"),
    Guide: (
        "change",
        "phone",
        "publish",
        "preview",
        "copy",
        "translate",
        "upload-words",
        "history",
    ),
    GuideEdition: ("change",),
    Contact: ("change",),
    Delivery: ("change",),
    DownloadLink: ("change",),
    WebhookEndpoint: ("change", "activity", "delete", "history"),
}
STANDARD = {"add", "change", "changelist", "delete", "history"}
HIDDEN = {"guides_inbox", "guides_inbox_file"}  # returns 404, not 403
FORBIDDEN = ("auth_user", "auth_group", "auditlog_logentry")


@pytest.fixture
def pt_client(client, pt):
    client.force_login(pt)
    return client


@pytest.fixture
def asked(default_content, client, monkeypatch):
    """A submission with a guide request."""
    monkeypatch.setattr("assessments.runner.form_token.MINIMUM_AGE", 0.0)
    token = token_of(Edition.objects.get(), "one")
    fields = USUAL | {"safety": "none", "reach": "skipped", "form_token": token}
    result = client.post(CHECK, fields)["Location"]
    client.post(f"{result}guide/", {"email": "runner@example.org"})
    CaseFactory(assessment=Assessment.objects.get())
    NewsEmailFactory()
    WebhookEndpointFactory()


@pytest.fixture
def desk():
    """One row of each model with custom admin pages."""
    EditionFactory()
    GuideEditionFactory()
    QuestionFactory()
    SafetyItemFactory()
    NoticeFactory()
    FaqFactory()
    PlanFactory()
    ExerciseFactory()
    NewsEmailFactory()
    WebhookEndpointFactory()
    Contact.objects.create(email="runner@example.org", email_key="runner@example.org")


def test_the_group_has_no_right_in_other_apps():
    labels = Permission.objects.filter(group__name=GROUP).values_list(
        "content_type__app_label", flat=True
    )
    assert set(labels) == {"accounts", "assessments", "guides"}  # accounts: to invite


def test_a_migrate_gives_and_takes_until_the_rights_are_as_named():
    group = Group.objects.get(name=GROUP)
    rights = set(group.permissions.all())
    group.permissions.remove(Permission.objects.get(codename="change_question"))
    group.permissions.add(Permission.objects.get(codename="change_contact"))

    call_command("migrate", verbosity=0)

    assert set(group.permissions.all()) == rights


def test_she_may_do_in_each_part_of_a_page_what_she_may_do_on_it(rf, pt):
    """A page leaves out, without a word, the parts that an account has no permission for."""
    request, lost = rf.get("/"), []
    request.user = pt
    for model, page in admin.site._registry.items():
        if not page.has_change_permission(request):
            continue
        for inline in page.inlines:
            part = inline(model, admin.site)
            may = (
                part.has_view_permission(request),
                part.has_change_permission(request) or issubclass(inline, ReadOnlyMixin),
            )
            if not all(may):
                lost.append((model.__name__, inline.__name__, may))
    assert lost == []


@pytest.mark.once
@pytest.mark.usefixtures("asked")
def test_she_opens_every_page_of_the_desk(pt_client):
    addresses = [reverse("admin:index"), *(reverse(f"admin:{name}_changelist") for name in LISTS)]
    for model, kinds in PAGES.items():
        row = model.objects.order_by("pk").first()
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        addresses += [reverse(f"{name}_{kind}", args=[row.pk]) for kind in kinds]

    browser = {"Accept-Encoding": "gzip, deflate, br"}
    opened = {at: pt_client.get(at, follow=True, headers=browser).status_code for at in addresses}

    assert opened == dict.fromkeys(addresses, 200)


@pytest.mark.usefixtures("default_content")
def test_she_changes_publishes_signs_and_restores(pt_client):
    draft = Assessment.objects.get()
    Question.objects.filter(key="pattern").update(text="When?")
    at = reverse("admin:assessments_assessment_publish", args=[draft.pk])
    pt_client.post(at, {"note": "", "reviewed_by": ""})
    second = Edition.objects.get(number=2)
    first = Edition.objects.get(number=1)

    sign = reverse("admin:assessments_edition_sign", args=[second.pk])
    pt_client.post(sign, {"reviewed_by": "Ana Ruiz, PT"})
    pt_client.post(reverse("admin:assessments_edition_restore", args=[first.pk]))

    second.refresh_from_db()
    assert second.reviewed_by == "Ana Ruiz, PT"
    assert second.published_by.username == "pt"
    assert Question.objects.get(key="pattern").text != "When?"


@pytest.mark.usefixtures("asked")
def test_she_erases_a_contact_with_all_that_belongs_to_it(pt_client):
    contact = Contact.objects.get()
    erasing = {"action": "erase", "_selected_action": contact.pk, "confirmed": "yes"}

    pt_client.post(reverse("admin:guides_contact_changelist"), erasing)

    assert [model.objects.count() for model in (Contact, Submission, Delivery)] == [0, 0, 0]


@pytest.mark.parametrize("name", FORBIDDEN)
def test_users_and_logs_are_not_hers(pt_client, name):
    app, _, model = name.partition("_")
    at = f"/admin/{app}/{model}/"

    assert pt_client.get(at).status_code in {403, 404}
    assert at not in pt_client.get(reverse("admin:index")).content.decode()


def registered():
    return [model for model in apps.get_models() if admin.site.is_registered(model)]


def desk_pages():
    """The desk's custom admin pages, with their models."""
    return [
        pytest.param(model, pattern, id=pattern.name)
        for model in registered()
        for pattern in admin.site.get_model_admin(model).get_urls()
        if pattern.name and pattern.name.rpartition("_")[2] not in STANDARD
    ]


def address_of(pattern, row):
    named = dict.fromkeys(pattern.pattern.converters, "any")
    return reverse(
        f"admin:{pattern.name}", kwargs=named | ({"pk": row.pk} if "pk" in named else {})
    )


def test_the_desk_has_pages_of_its_own():
    assert len(desk_pages()) >= 12


@pytest.mark.parametrize(("model", "pattern"), desk_pages())
@pytest.mark.usefixtures("desk")
def test_a_page_of_the_desk_is_closed_to_other_staff(client, pt, model, pattern):
    at = address_of(pattern, model.objects.first())
    client.force_login(User.objects.create_user("helper", is_staff=True))

    looked, posted = client.get(at).status_code, client.post(at).status_code
    client.force_login(pt)

    refused = 404 if pattern.name in HIDDEN else 403
    assert posted == refused
    assert looked in {refused, 405}
    assert client.get(at).status_code != 403


@pytest.mark.parametrize(("model", "pattern"), desk_pages())
@pytest.mark.usefixtures("desk")
def test_a_page_of_the_desk_asks_strangers_to_log_in(client, model, pattern):
    at = address_of(pattern, model.objects.first())

    assert client.get(at)["Location"] == f"{reverse('admin:login')}?next={at}"


def test_what_others_keep_is_not_hers_to_see_change_or_delete(pt_client, pt):
    others = [
        each
        for each in registered()
        if each._meta.app_label not in {"accounts", "assessments", "guides"}
    ]
    assert {User, Group, LogEntry} <= set(others)
    names = [f"admin:{each._meta.app_label}_{each._meta.model_name}" for each in others]
    addresses = [
        *(reverse(f"{name}_{kind}") for name in names for kind in ("changelist", "add")),
        *(
            reverse(f"{name}_{kind}", args=[row])
            for name in names
            for kind in ("change", "delete")
            for row in (pt.pk, 999_999)  # existing and missing
        ),
    ]

    assert {at: pt_client.get(at).status_code for at in addresses} == dict.fromkeys(addresses, 403)
    posted = {at: pt_client.post(at, {"post": "yes"}).status_code for at in addresses}
    assert posted == dict.fromkeys(addresses, 403)


@pytest.mark.parametrize("model", [Submission, Contact, Edition])
@pytest.mark.usefixtures("asked")
def test_records_are_not_changed_or_deleted_by_hand(pt_client, model):
    row = model.objects.first()
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}"

    assert (
        pt_client.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    )
    assert pt_client.post(reverse(f"{name}_change", args=[row.pk]), {}).status_code == 403
    assert pt_client.get(reverse(f"{name}_add")).status_code == 403
