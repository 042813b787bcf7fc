"""Pages that are only looked at write nothing and open no transaction, so that they never wait for
who writes: on SQLite each transaction is a writer."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse

from assessments.models import Practice
from guides import signed_links


@pytest.fixture
def written(transactional_db):
    """Whatever is asked of the database, but to read. Outside of any transaction of the test's own,
    or what opens one only inside another would show."""
    found: list[str] = []

    def note(execute, sql, params, many, context):
        if not sql.lstrip().startswith("SELECT"):
            found.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def test_runner_pages_do_not_write(client, written, contact, submission):
    written.clear()
    link = contact.links.get()
    guide = reverse("guides:guide", args=[signed_links.guide_token(link)])
    pages = [
        "/",
        "/check/tight-hips/",
        submission.get_absolute_url(),
        reverse("guides:on_its_way", args=[submission.token]),
        guide,
        f"{guide}session/1/",
        f"{guide}secret/",
        "/guide/strength-guide/secret/",
        reverse("guides:preferences", args=[signed_links.preferences_token(contact)]),
        reverse("guides:erase", args=[signed_links.preferences_token(contact)]),
        reverse("guides:unsubscribe", args=[signed_links.unsubscribe_token(contact)]),
        "/privacy/",
        "/health/ready/",
    ]

    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
    assert written == []


def desk_pages():
    """Each list, and a row of each that holds no runner's record: such a look is kept."""
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        row = model._default_manager.first()
        if row:
            yield reverse(f"{name}_change", args=[row.pk])


@pytest.mark.once
def test_admin_pages_do_not_write(written, default_content):
    Practice.objects.create()
    client = Client()
    client.force_login(User.objects.create_superuser("ana"))
    pages = [*desk_pages(), "/admin/", "/admin/password_change/"]
    written.clear()

    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
    assert written == []
    client.logout()
    written.clear()
    assert client.get("/admin/login/").status_code == 200
    assert written == []
