"""Fixtures for browser tests. Playwright runs an event loop in the thread that queries the database."""

import os

import pytest
from django.contrib.auth.models import Group, User
from playwright.sync_api import expect

from assessments.permissions import GROUP
from assessments.runner import form_token
from assessments.selectors import edition_live
from tests.e2e.desk import DESK, refused
from tests.e2e.walk import HURRY

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
expect.set_options(timeout=30_000)  # several tests share two cores


@pytest.fixture
def browser_context_args(live_server):
    """Emulates a phone."""
    return {
        "base_url": live_server.url,
        "viewport": {"width": 390, "height": 844},
        "has_touch": True,
        "is_mobile": True,
    }


@pytest.fixture
def edition(live_server, default_content):
    return edition_live("tight-hips")


@pytest.fixture
def quick(monkeypatch):
    """Lets tests submit forms immediately."""
    monkeypatch.setattr(form_token, "MINIMUM_AGE", 0.0)


@pytest.fixture
def in_time():
    """For tests of timing: disables the fast clock of `context`."""


@pytest.fixture
def context(request, context, quick):
    """A browser context with a fast clock, so that questions can be answered at once. It's patient with
    pages: publishing sets every PDF, and several tests share two cores."""
    context.set_default_navigation_timeout(100_000)
    context.set_default_timeout(100_000)  # a tap waits for the page that it leads to
    if "in_time" not in request.fixturenames:
        context.add_init_script(HURRY)
    return context


@pytest.fixture
def pt(db):
    """The PT, with only her group's permissions."""
    pt = User.objects.create_user("pt", "pt@example.org", first_name="Ana", is_staff=True)
    pt.groups.add(Group.objects.get(name=GROUP))
    return pt


@pytest.fixture
def session(client, context, live_server, edition, pt):
    """The PT is signed in, and the default content is loaded."""
    client.force_login(pt)
    value = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": value, "url": live_server.url}])


@pytest.fixture
def faults(page):
    """CSP violations and script errors."""
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if refused(message) else None)
    return faults


@pytest.fixture
def desk(session, page, faults):
    """The admin index."""
    page.goto(DESK)
    yield page
    assert faults == []
