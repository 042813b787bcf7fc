"""Rows of the queue for what the PT's tools are told. The caller stores them, in the transaction of
what happened."""

import uuid
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import Subquery

from assessments.selectors import submission_stored
from assessments.submissions.erasures import answers_hmac
from guides.delivery.webhooks.selectors import webhooks_for, webhooks_told_of
from guides.email_addresses import address_mask
from guides.models import Consent, Contact, Delivery, DownloadLink, WebhookEndpoint
from guides.models.webhooks import Event
from guides.states import Kind

if TYPE_CHECKING:
    from assessments.models import Submission

STEPS = {
    Consent.Step.CONFIRMED: Event.CONSENT_GIVEN,
    Consent.Step.WITHDRAWN: Event.CONSENT_WITHDRAWN,
}


def consent_events(consent: Consent) -> Iterable[Delivery]:
    event = STEPS[Consent.Step(consent.step)]
    for endpoint in webhooks_for(event):
        yield _row(
            endpoint,
            event,
            f"consent:{consent.pk}",
            consent=consent,
            contact=consent.contact,
            masked_email=address_mask(consent.contact.email),
        )


def guide_events(link: DownloadLink, request: Delivery) -> Iterable[Delivery]:
    for endpoint in webhooks_for(Event.GUIDE_REQUESTED):
        yield _row(
            endpoint,
            Event.GUIDE_REQUESTED,
            request.dedupe_key,
            link=link,
            contact=link.contact,
            masked_email=request.masked_email,
        )


def result_events(submission: "Submission", told: Collection[str]) -> Iterable[Delivery]:
    """For endpoints that the runner was told about before answering: `told` are those events. The
    answers were stored without reading their key back, so the database looks it up by their
    token."""
    for endpoint in webhooks_for(Event.RESULT):
        whole = endpoint.answers and Event.RESULT_WITH_ANSWERS in told
        event = Event.RESULT_WITH_ANSWERS if whole else Event.RESULT
        if event in told:
            row = _row(endpoint, event, f"result:{answers_hmac(submission.token)}")
            row.submission_id = Subquery(submission_stored(submission).values("pk"))
            yield row


def erasure_events(contact: Contact) -> list[Delivery]:
    """For endpoints that may know the address. Like the newsletter tool's, these rows hold it until
    it's posted. Call it before the contact is deleted."""
    endpoints = webhooks_for(Event.CONTACT_ERASED)
    known = webhooks_told_of(contact.pk) if endpoints else ()
    return [
        _row(endpoint, Event.CONTACT_ERASED, uuid.uuid4().hex, erased_email=contact.email)
        for endpoint in endpoints
        if endpoint.pk in known
    ]


def test_event(endpoint: WebhookEndpoint) -> Delivery:
    return _row(endpoint, Event.TEST, uuid.uuid4().hex)


def _row(endpoint: WebhookEndpoint, event: Event, what: str, **columns: Any) -> Delivery:
    return Delivery(
        kind=Kind.WEBHOOK,
        endpoint=endpoint,
        event=event,
        dedupe_key=f"webhook:{endpoint.pk}:{what}",
        message_id=f"evt_{uuid.uuid4().hex}",
        **{"masked_email": endpoint.host, **columns},
    )
