"""Fuzzing: no request gets a 500, and every response has the security headers."""

import logging
import os
import traceback
from collections import Counter
from contextlib import suppress
from random import Random

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.signals import got_request_exception
from django.test import Client

from guides import signed_links
from guides.models import DownloadLink
from tests.guides.conftest import (  # noqa: F401 - fixtures
    ask,
    contact,
    delivery,
    guide_edition,
    submission,
    submit,
)
from tests.runfit import hostile
from tests.runfit.hostile import Hostile, Server

pytestmark = pytest.mark.django_db(transaction=True)

SEED = int(os.environ.get("HOSTILE_SEED", "1"))
ROUNDS = int(os.environ.get("HOSTILE_ROUNDS", "1"))
"""Raise it after changes to code that reads requests."""
SECURITY = {
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
}
LAST = ("delete", "erase", "restore", "logout")
"""URLs to request last, since they delete what others need."""


@pytest.fixture
def quiet():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def faults():
    """The error of every request that got a 500."""
    found = []

    def note(sender, **kwargs):
        found.append(traceback.format_exc().strip().splitlines()[-1])

    got_request_exception.connect(note)
    yield found
    got_request_exception.disconnect(note)


def first_row(app, model):
    with suppress(LookupError):
        return apps.get_model(app, model).objects.order_by("pk").first()


@pytest.fixture
def fill(submission, delivery, contact):  # noqa: F811
    """Fills URL patterns with existing objects, unless a value is given."""
    link = DownloadLink.objects.get()
    real = {
        "slug": "tight-hips", "guide/slug": "strength-guide", "colour": "aabbcc", "number": "1",
        "result/token": submission.token, "guide/token": signed_links.guide_token(link),
        "unsubscribe/token": signed_links.unsubscribe_token(contact),
        "preferences/token": signed_links.preferences_token(contact),
        "profile": "mobility_first", "paper": "a4", "name": "x.eml", "app_label": "guides",
        "url": "nothing/", "folder": "pictures", "path": "m1_switch.svg",
        "content_type_id": "1", "object_id": "1", "key": "mobility_first", "stamp": "x",
        "language": "en",
    }  # fmt: skip

    def filled(template, names, **given):
        first, *rest = template.split("/")
        values = {name: real.get(f"{first}/{name}") or real.get(name) for name in names}
        if first == "admin" and {"pk", "object_id", "id"} & {*names} and len(rest) > 3:
            row = first_row(*rest[:2])
            values |= dict.fromkeys(("pk", "object_id", "id"), row.pk if row else 1)
        return "/" + template % {**values, **given}

    return filled


@pytest.fixture
def servers(pt):
    """Servers for a visitor, the PT and a superuser."""
    return [Server(), signed_in(pt), signed_in(User.objects.create_superuser("ana"))]


def signed_in(user):
    client = Client()
    client.force_login(user)
    return Server(client.cookies)


def bad(answer):
    return answer.status >= 500 or not {*answer.headers} >= SECURITY


def is_last(each):
    return any(word in each.address for word in LAST)


@pytest.mark.ignore_template_errors  # of Django's user admin
@pytest.mark.usefixtures("quiet")
def test_no_request_is_answered_with_a_500(servers, fill, faults):
    random = Random(SEED)
    statuses, failed = Counter(), []

    def send(each):
        faults.clear()
        stranger, *staff = servers
        answer = (random.choice(staff) if each.address.startswith("/admin/") else stranger).send(
            each
        )
        statuses[answer.status] += 1
        if bad(answer):
            failed.append((answer.status, faults[:1], each))
        return answer

    asked = [each for _ in range(ROUNDS) for each in hostile.one_for_each(random, fill)]
    for at in hostile.pages(random, fill):
        page = send(Hostile("GET", at))
        if page.status == 200 and page.headers["Content-Type"].startswith("text/html"):
            asked.append(hostile.mangled(random, at, page.body))
    for each in sorted(asked, key=is_last):
        send(each)

    assert failed == []
    assert len(statuses) > 8
