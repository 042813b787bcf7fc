"""The group of the PT: what it may do, and nothing else."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.urls import reverse

from assessments.models import (
    Assessment,
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
from assessments.rights import GROUP
from guides.models import Contact, Delivery, DownloadLink, Exercise, Guide, GuideEdition, Plan
from tests.assessments.small import token_of
from tests.e2e.walk import CHECK, USUAL

pytestmark = pytest.mark.django_db

LISTS = (
    "assessments_assessment", "assessments_edition", "assessments_submission",
    "assessments_practice", "guides_exercise", "guides_plan", "guides_guide",
    "guides_guideedition", "guides_sharedrules", "guides_contact", "guides_delivery",
    "guides_consent", "guides_suppression", "guides_downloadlink",
)  # fmt: skip
PAGES = {
    Assessment: ("change", "publish", "try", "impact", "read", "history"),
    Question: ("change", "delete", "history"),
    SafetyItem: ("change", "delete"),
    SafetyLevel: ("change",),
    DerivedSafety: ("change",),
    Profile: ("change", "delete"),
    Notice: ("change",),
    Faq: ("change",),
    Edition: ("change", "history"),
    Submission: ("change",),
    Exercise: ("change", "history"),
    Plan: ("change", "delete"),
    Guide: ("change", "publish", "preview", "history"),
    GuideEdition: ("change",),
    Contact: ("change",),
    Delivery: ("change",),
    DownloadLink: ("change",),
}
FORBIDDEN = ("auth_user", "auth_group", "auditlog_logentry", "axes_accessattempt")


@pytest.fixture
def pt():
    pt = User.objects.create_user("pt", is_staff=True)
    pt.groups.add(Group.objects.get(name=GROUP))
    return pt


@pytest.fixture
def pt_client(client, pt):
    client.force_login(pt)
    return client


@pytest.fixture
def asked(default_content, client, monkeypatch):
    """Somebody answered, and asked for the guide."""
    monkeypatch.setattr("assessments.form_token.MINIMUM_AGE", 0.0)
    token = token_of(Edition.objects.get(), "one")
    fields = USUAL | {"safety": "none", "reach": "skipped", "form_token": token}
    result = client.post(CHECK, fields)["Location"]
    client.post(f"{result}guide/", {"email": "runner@example.org"})


def test_the_group_has_no_right_in_other_apps():
    labels = Permission.objects.filter(group__name=GROUP).values_list(
        "content_type__app_label", flat=True
    )
    assert set(labels) == {"assessments", "guides"}


def test_a_migrate_gives_and_takes_until_the_rights_are_as_named():
    group = Group.objects.get(name=GROUP)
    rights = set(group.permissions.all())
    group.permissions.remove(Permission.objects.get(codename="change_question"))
    group.permissions.add(Permission.objects.get(codename="change_contact"))

    call_command("migrate", verbosity=0)

    assert set(group.permissions.all()) == rights


@pytest.mark.usefixtures("asked")
def test_she_opens_every_page_of_the_desk(pt_client):
    addresses = [reverse("admin:index"), *(reverse(f"admin:{name}_changelist") for name in LISTS)]
    for model, kinds in PAGES.items():
        row = model.objects.order_by("pk").first()
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        addresses += [reverse(f"{name}_{kind}", args=[row.pk]) for kind in kinds]

    opened = {at: pt_client.get(at, follow=True).status_code for at in addresses}

    assert opened == dict.fromkeys(addresses, 200)


@pytest.mark.usefixtures("default_content")
def test_she_changes_publishes_signs_and_restores(pt_client):
    draft = Assessment.objects.get()
    Question.objects.filter(key="pattern").update(text="When?")
    at = reverse("admin:assessments_assessment_publish", args=[draft.pk])
    pt_client.post(at, {"note": "", "reviewed_by": ""})
    second = Edition.objects.get(number=2)
    first = Edition.objects.get(number=1)

    versions = reverse("admin:assessments_edition_changelist")
    signing = {"action": "sign", "_selected_action": second.pk, "confirmed": "yes"}
    pt_client.post(versions, signing | {"reviewed_by": "Ana Ruiz, PT"})
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
