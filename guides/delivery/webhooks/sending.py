"""Builds, signs, and posts an event, as Standard Webhooks says.

The id stays the same for each try, so that a tool can tell a repeat. While a secret is new, the one
from before signs too.
"""

import json
from base64 import b64encode
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.crypto import salted_hmac
from standardwebhooks import Webhook

from assessments.selectors import edition_definition, edition_get
from guides.delivery import outbox, posting
from guides.models import Consent, Delivery, DownloadLink, WebhookEndpoint
from guides.models.delivery import WAITS
from guides.models.webhooks import Event
from guides.reasons import OTHER_TOOL, TOOL_GONE
from runfit.lib.caching import expire

if TYPE_CHECKING:
    from assessments.models import Submission

SALT = "guides.webhooks"


def secret(endpoint: WebhookEndpoint) -> str:
    """As the PT gives it to her tool."""
    return f"whsec_{b64encode(_key(endpoint.seed)).decode()}"


def post(delivery: Delivery) -> None:
    """Raises PostRefusedError. An endpoint that says that it's gone is turned off."""
    endpoint, body = delivery.endpoint, payload(delivery)
    if endpoint is None:
        raise TypeError("A webhook's delivery has an endpoint.")
    headers = signed_headers(endpoint, delivery.message_id, body, timezone.now())
    try:
        posting.post(endpoint.address, body, headers, tool=OTHER_TOOL)
    except posting.PostRefusedError as error:
        if error.status == posting.GONE:
            _turn_off(endpoint)
        raise


def _turn_off(endpoint: WebhookEndpoint) -> None:
    on = WebhookEndpoint.objects.filter(pk=endpoint.pk, is_on=True)
    on.update(is_on=False, gone_at=timezone.now())
    expire()
    waiting = Delivery.objects.filter(WAITS, endpoint=endpoint)
    outbox.deliveries_cancel(deliveries=waiting, reason=TOOL_GONE)


def signed_headers(
    endpoint: WebhookEndpoint, message_id: str, body: bytes, now: datetime
) -> dict[str, str]:
    text = body.decode()
    signatures = [Webhook(_key(seed)).sign(message_id, now, text) for seed in endpoint.seeds]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def payload(delivery: Delivery) -> bytes:
    at, data = _event(delivery)
    event = {
        "id": delivery.message_id,
        "type": delivery.event,
        "timestamp": at.astimezone(UTC).isoformat(),
        "data": data,
    }
    return json.dumps(event).encode()


def _event(delivery: Delivery) -> tuple[datetime, dict[str, Any]]:
    """When it happened, and what it was about."""
    if delivery.consent:
        return delivery.consent.at, _consent(delivery.consent)
    if delivery.link:
        return delivery.link.created_at, _guide_request(delivery.link)
    if delivery.submission:
        with_answers = delivery.event == Event.RESULT_WITH_ANSWERS
        answers = _answers(delivery.submission) if with_answers else {}
        return delivery.submission.created_at, {**_result(delivery.submission), **answers}
    return delivery.queued_at, {"address": delivery.erased_email} if delivery.erased_email else {}


def _consent(consent: Consent) -> dict[str, Any]:
    return {"address": consent.contact.email, "purpose": consent.purpose}


def _guide_request(link: DownloadLink) -> dict[str, Any]:
    guide, version = link.edition.guide.slug, link.edition.number
    return {"address": link.contact.email, "guide": guide, "version": version}


def _result(submission: "Submission") -> dict[str, Any]:
    edition = edition_get(submission.edition_id) or submission.edition
    definition = edition_definition(edition)
    titles = {profile.key: profile.title for profile in definition.profiles}
    return {
        "self_check": edition.assessment.slug,
        "version": edition.number,
        "language": definition.language,
        "result_type": submission.profile or None,
        "title": titles.get(submission.profile),
        "safety_level": submission.safety_level or None,
        "scores": submission.result["dimensions"],
    }


def _answers(submission: "Submission") -> dict[str, Any]:
    return {"safety": submission.safety, "answers": submission.answers}


def _key(seed: str) -> bytes:
    return salted_hmac(SALT, seed, algorithm="sha256").digest()
