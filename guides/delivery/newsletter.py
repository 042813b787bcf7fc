"""Posts consents to the PT's newsletter tool: an address and a yes or no, never an answer.

Consents are rows of the same queue, delivered after all mail. A hanging tool can block a worker for
about ten seconds, so while it doesn't answer, all its rows wait and one is tried each minute. Its
errors never pause mail. A row that is no longer the latest consent for its purpose is canceled, so
a delayed yes can't follow a no.

This module doesn't change delivery states: the caller settles the row according to the exception.
"""

import hmac
import json
import time

from django.conf import settings

from guides.delivery import posting
from guides.models import Delivery
from guides.reasons import NEWSLETTER_TOOL


def post(delivery: Delivery) -> None:
    """Raises PostRefusedError."""
    body = payload(delivery)
    posting.post(settings.NEWSLETTER_URL, body, _headers(delivery, body), tool=NEWSLETTER_TOOL)


def payload(delivery: Delivery) -> bytes:
    """The JSON body: address, purpose, step and time. The receiver goes by the latest."""
    consent = delivery.consent
    data = (
        {
            "address": consent.contact.email,
            "purpose": consent.purpose,
            "step": consent.step,
            "at": consent.at.isoformat(),
            "source": consent.page,
        }
        if consent
        else {
            "address": delivery.erased_email,
            "purpose": "all",
            "step": "erased",
            "at": delivery.queued_at.isoformat(),
            "source": "guides:erase",
        }
    )
    return json.dumps(data).encode()


def signature(timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 of "timestamp.body" in hex."""
    return hmac.digest(
        settings.NEWSLETTER_SECRET.encode(), timestamp.encode() + b"." + body, "sha256"
    ).hex()


def _headers(delivery: Delivery, body: bytes) -> dict[str, str]:
    timestamp = str(int(time.time()))
    return {
        "Idempotency-Key": delivery.dedupe_key,
        "X-RunFit-Timestamp": timestamp,
        "X-RunFit-Signature": f"sha256={signature(timestamp, body)}",
    }
