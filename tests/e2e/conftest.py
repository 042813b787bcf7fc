"""Browser tests: Playwright keeps an event loop in the thread that also asks the database."""

import os

import pytest

from assessments import form_token
from assessments.selectors import edition_live

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
