"""The whole desk speaks the language that was picked: no page has a word that no catalog has."""

import logging
import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urljoin

import pytest
from django.conf import settings
from django.contrib import admin
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from runfit.lib import caching
from tests.assessments.browser import Page
from tests.support.pseudo_locale import content_in_other_letters, mark_translations, unmarked
from tests.test_permissions import asked  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.once]

APPS = {"assessments", "guides", "auditlog"}
RIGHT_AS_IT_IS = re.compile(
    r"WordPress|Ghost|Squarespace|Webflow|Wix|RunFit|English|Message-ID|True|False|None|Runner \d+|\d weeks|admin|strength-guide|Search|\b(de|las|fuera|EE|UU)\b"
)
"""Names, alternatives of icons and what else only Django's own templates say, keys of the content, and Spanish around marked months and numbers."""
BY_DJANGO = re.compile(r"Pagination|Run|Are you sure you want to delete the .*")
"""Lines that Django 6.0 doesn't say in Spanish yet."""
OF_THE_SITE = ("/components/", "/default-content/")
"""Pages with words of files: the look of the runners' pages, and what comes with RunFit."""


def pages() -> Iterator[str]:
    """Each page of the desk that can be opened, with the first row of its model."""
    yield reverse("admin:index")
    for model, page in admin.site._registry.items():
        row = model._default_manager.order_by("pk").first()
        for pattern in page.get_urls() if model._meta.app_label in APPS else ():
            if pattern.name:
                named = dict.fromkeys(pattern.pattern.converters, row.pk if row else 1)
                yield reverse(f"admin:{pattern.name}", kwargs=named)


FORM = re.compile(r'<form [^>]*method="post"[^>]*>')
ACTION = re.compile(r'action="([^"]*)"')
LEFT_OUT = ("password", "two-factor", "logout", "language", "inbox")
"""Forms that are Django's own, or that end the session."""


def forms(at: str, html: str) -> Iterator[str]:
    """Where the page's own forms post to."""
    for form in FORM.findall(html.partition('id="content"')[2]):
        action = ACTION.search(form)
        yield urljoin(at, unescape(action[1])) if action else at


def words_left(at: str, response: HttpResponse) -> set[tuple[str, str]]:
    if not response["Content-Type"].startswith("text/html"):
        return set()
    if any(part in at for part in OF_THE_SITE):
        return set()
    return {
        (line, at)
        for line in unmarked(response.content.decode(), "es")
        if not BY_DJANGO.fullmatch(line)
        and re.search(r"[A-Za-z]{2,}", RIGHT_AS_IT_IS.sub(" ", line))
    }


def posted(client: Client, to: str, html: str) -> Any:
    """What comes after the page's form was sent as it was opened. Nothing of it stays."""
    with transaction.atomic():
        response = client.post(to, {**Page(html).fields, "_save": "1"}, follow=True)
        transaction.set_rollback(True)
    return response


@pytest.fixture
def spanish_desk(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    admin_client.cookies[settings.LANGUAGE_COOKIE_NAME] = "es"
    mark_translations(monkeypatch)
    content_in_other_letters()
    caching.clear()
    return admin_client


@pytest.mark.usefixtures("asked")
def test_no_page_and_nothing_said_after_its_forms_has_a_word_that_no_catalog_has(
    spanish_desk, caplog
):
    caplog.set_level(logging.CRITICAL)
    opened = {at: spanish_desk.get(at, follow=True) for at in pages()}
    sent = {
        to: posted(spanish_desk, to, response.content.decode())
        for at, response in opened.items()
        if response["Content-Type"].startswith("text/html")
        for to in forms(at, response.content.decode())
        if not any(part in to for part in LEFT_OUT)
    }

    assert sum(response.status_code == 200 for response in opened.values()) > 130
    assert len(sent) > 60
    for answers in (opened, sent):
        left = set().union(*(words_left(at, response) for at, response in answers.items()))
        assert left == set()
