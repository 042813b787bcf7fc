"""Accounts for the people who work at the desk."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from tests.assessments.browser import Page, open_page, post

pytestmark = pytest.mark.django_db
ADD = "admin:auth_user_add"


def test_a_new_account_works_at_the_desk_at_once(admin_client, client):
    page = open_page(admin_client, reverse(ADD))
    picked = {"username": "sam", "password1": "Kite-harbor-72", "password2": "Kite-harbor-72"}

    response = post(admin_client, reverse(ADD), page, **picked)

    sam = User.objects.get(username="sam")
    assert response.redirect_chain[0][0] == reverse("admin:auth_user_change", args=[sam.pk])
    assert not sam.is_superuser
    signed_in = {"username": "sam", "password": "Kite-harbor-72"}
    assert client.post(reverse("admin:login"), signed_in).status_code == 302
    assert client.get(reverse("admin:index")).status_code == 200
    assert client.get(reverse("admin:assessments_assessment_changelist")).status_code == 200
    assert client.get(reverse(ADD)).status_code == 403


def test_saving_an_account_again_keeps_what_was_taken_back(admin_client, pt):
    pt.groups.clear()
    at = reverse("admin:auth_user_change", args=[pt.pk])

    post(admin_client, at, open_page(admin_client, at), first_name="Ana")

    pt.refresh_from_db()
    assert pt.first_name == "Ana"
    assert not pt.groups.exists()


def test_accounts_are_in_the_desk_s_words(admin_client, pt):
    pages = [reverse(ADD), reverse("admin:auth_user_change", args=[pt.pk])]

    for html in [admin_client.get(at).content.decode() for at in pages]:
        assert Page(html).blocked == []
        assert not [word for word in ("LDAP", "Superuser", "Staff status") if word in html]


def test_sign_in_page_says_who_can_help(client):
    at = reverse("admin:assessments_practice_changelist")
    typing = reverse("admin:assessments_question_add")

    html, kept = (client.get(page, follow=True).content.decode() for page in (at, typing))

    assert "Forgot your password?" in html
    assert "kept in this browser" not in html
    assert "Your words are kept in this browser." in kept


def test_rights_are_in_the_language_of_the_desk(admin_client, pt):
    admin_client.cookies["django_language"] = "es"

    page = admin_client.get(f"/admin/auth/user/{pt.pk}/change/").content.decode()

    assert ">Contacto: puede descargar los contactos confirmados</option>" in page
    assert ">Contacto: puede ver</option>" in page
    assert ": Can " not in page
