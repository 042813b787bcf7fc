"""The password again, before people's answers leave and accounts change."""

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessments.permissions import READS
from guides.models import Contact
from tests.assessments.browser import open_page, post
from tests.runfit.accounts.conftest import PASSWORD, sign_in

pytestmark = pytest.mark.django_db
LATER = 16 * 60
EXPORT = "/admin/guides/contact/export/"


@pytest.fixture
def desk(client, ana):
    sign_in(client)
    return client


@pytest.mark.parametrize(
    "path",
    [
        EXPORT,
        "/admin/assessments/submission/export/",
        "/admin/account/",
        "/admin/accounts/invitation/",
    ],
)
def test_pages_ask_again_after_a_quarter_of_an_hour(desk, clock, path):
    assert desk.get(path).status_code == 200
    clock.shift(LATER)

    asked = desk.get(path)
    wrong = desk.post(path, {"confirm_password": "wrong", "confirm_opening": "yes"})
    right = desk.post(path, {"confirm_password": PASSWORD, "confirm_opening": "yes"})

    assert asked.status_code == wrong.status_code == 403
    assert (
        "That&#x27;s not your password" in wrong.content.decode()
        or "not your" in wrong.content.decode()
    )
    assert right["Location"] == path
    assert desk.get(path).status_code == 200


def test_erasing_asks_again_and_goes_on_with_what_was_picked(desk, clock):
    contact = Contact.objects.create(email="a@example.org", email_key="a@example.org")
    picked = {"action": "erase", "_selected_action": contact.pk, "confirmed": "yes"}
    clock.shift(LATER)
    path = reverse("admin:guides_contact_changelist")

    asked = desk.post(path, picked)
    assert Contact.objects.exists()
    html = asked.content.decode()
    for name, value in picked.items():
        assert f'name="{name}" value="{value}"' in html
    desk.post(path, picked | {"confirm_password": PASSWORD})

    assert not Contact.objects.exists()


def test_a_new_account_is_not_lost_by_the_detour(admin_client, clock, admin_user):
    admin_user.set_password(PASSWORD)
    admin_user.save()
    sign_in(admin_client, "admin")
    add = reverse("admin:auth_user_add")
    open_page(admin_client, add)
    clock.shift(LATER)
    typed = {"username": "sam", "usable_password": "true"}
    secret = dict.fromkeys(("password1", "password2"), "Lantern-ferry-31")

    asked = admin_client.post(add, typed | secret).content.decode()
    assert 'name="username" value="sam"' in asked
    assert "Lantern-ferry-31" not in asked
    assert 'name="password1"' in asked
    admin_client.post(add, typed | secret | {"confirm_password": PASSWORD})

    assert User.objects.filter(username="sam").exists()


def test_a_file_is_picked_again_and_sent_as_one(desk, clock):
    clock.shift(LATER)

    page = desk.post(EXPORT, {"file": SimpleUploadedFile("list.csv", b"a")}).content.decode()

    assert 'enctype="multipart/form-data"' in page
    assert '<input type="file" id="again-file" name="file" required>' in page


def test_wrong_passwords_on_the_detour_are_limited_too(desk, clock):
    clock.shift(LATER)
    data = {"confirm_password": "wrong", "confirm_opening": "yes"}

    answers = [desk.post(EXPORT, data).status_code for _ in range(11)]

    assert answers == [403] * 10 + [429]


def test_other_pages_do_not_ask(desk, clock):
    clock.shift(LATER)

    assert desk.get("/admin/guides/contact/").status_code == 200


def test_changed_rights_are_in_the_log(admin_client, pt):
    at = reverse("admin:auth_user_change", args=[pt.pk])
    reads = Group.objects.get(name=READS)

    post(admin_client, at, open_page(admin_client, at), groups=[reads.pk])

    (entry,) = LogEntry.objects.filter(changes__has_key="rights")
    assert entry.changes["rights"][0] == "Physical therapist"
    assert "Reads answers" in entry.changes["rights"][1]
