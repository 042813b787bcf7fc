"""The example in the documentation does what it says."""

import re
from pathlib import Path

import pytest
from standardwebhooks import WebhookVerificationError

from guides.delivery.webhooks.sending import secret
from guides.delivery.webhooks.services import webhook_test
from guides.delivery.worker import drain
from guides.models.webhooks import Event

DOCS = Path(__file__).resolve().parents[4] / "docs" / "webhooks.md"


def test_example_verifies_an_event_and_refuses_a_forged_one(tool, endpoint):
    [example] = re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL)
    named: dict = {}
    exec(example, named)
    webhook_test(endpoint=endpoint)
    drain()
    [(headers, body)] = tool.heard

    assert named["event_of"](secret(endpoint), body, headers)["type"] == "test"
    with pytest.raises(WebhookVerificationError):
        named["event_of"](secret(endpoint), body.replace(b"test", b"best"), headers)


def test_every_event_is_documented():
    text = DOCS.read_text()
    assert [event for event in Event if f"`{event}`" not in text] == []
