"""A real HTTP receiver, and a webhook that posts to it."""

import pytest

from guides.delivery.webhooks.services import webhook_reseed
from guides.models import WebhookEndpoint
from tests.support.newsletter_tool import running_tool


@pytest.fixture
def tool(settings):
    settings.OUTGOING_PRIVATE_HOSTS = ["127.0.0.1"]
    with running_tool() as tool:
        yield tool


@pytest.fixture
def endpoint(db, tool):
    """Told of everything, answers too."""
    endpoint = WebhookEndpoint.objects.create(
        name="My list",
        address=tool.url,
        consents=True,
        guide_requests=True,
        results=True,
        answers=True,
    )
    webhook_reseed(endpoint=endpoint)
    return endpoint
