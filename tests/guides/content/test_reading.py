"""GET requests write nothing and open no transaction, so that they never wait for a writer: on
SQLite, every transaction is a writer."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse

from assessments.models import Practice, Retention
from guides import signed_links


@pytest.fixture
def written(transactional_db):
    """Records all SQL statements but SELECTs. Needs transactional_db, since a test's own
    transaction would hide those that a view opens."""
    statements: list[str] = []

    def note(execute, sql, params, many, context):
        if not sql.lstrip().startswith("SELECT"):
            statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield statements


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
        "/guide/strength-guide/phone/",
        reverse("guides:preferences", args=[signed_links.preferences_token(contact)]),
        reverse("guides:erase", args=[signed_links.preferences_token(contact)]),
        reverse("guides:unsubscribe", args=[signed_links.unsubscribe_token(contact)]),
        "/privacy/",
        "/health/ready/",
    ]

    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
    assert written == []


def desk_pages():
    """The changelist and one change page of every model."""
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        row = model._default_manager.first()
        if row:
            yield reverse(f"{name}_change", args=[row.pk])


@pytest.mark.once
def test_admin_pages_do_not_write(written, default_content):
    Practice.objects.create()
    Retention.objects.create()
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
