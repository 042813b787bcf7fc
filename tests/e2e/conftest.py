"""Browser tests: Playwright keeps an event loop in the thread that also asks the database."""

import os

import pytest
from django.contrib.auth.models import Group, User

from assessments.permissions import GROUP
from assessments.runner import form_token
from assessments.selectors import edition_live
from tests.e2e.desk import DESK, refused
from tests.e2e.walk import HURRY

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def browser_context_args(live_server):
    """A phone."""
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
    """A form may be sent as soon as it is there: tests fill it in faster than anyone."""
    monkeypatch.setattr(form_token, "MINIMUM_AGE", 0.0)


@pytest.fixture
def in_time():
    """For tests of what a page does by the clock."""


@pytest.fixture
def context(request, context, quick):
    """A browser in which nobody has to look at a question before it is answered."""
    if "in_time" not in request.fixturenames:
        context.add_init_script(HURRY)
    return context


@pytest.fixture
def pt(db):
    """With the rights of her group, and no others."""
    pt = User.objects.create_user("pt", "pt@example.org", first_name="Ana", is_staff=True)
    pt.groups.add(Group.objects.get(name=GROUP))
    return pt


@pytest.fixture
def session(client, context, live_server, edition, pt):
    """She is signed in, and the default content is there."""
    client.force_login(pt)
    value = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": value, "url": live_server.url}])


@pytest.fixture
def faults(page):
    """What a strict policy refused, and what a script tripped over."""
    faults = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("console", lambda said: faults.append(said.text) if refused(said) else None)
    return faults


@pytest.fixture
def desk(session, page, faults):
    """Her first page."""
    page.goto(DESK)
    yield page
    assert faults == []
