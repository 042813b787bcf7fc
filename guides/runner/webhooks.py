"""Results for the PT's tools, and what runners read about that before they answer."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils.translation import gettext

from assessments.hooks import TOLD_FIRST, PassedOn
from guides.delivery import outbox
from guides.delivery.webhooks.events import result_events
from guides.delivery.webhooks.selectors import webhook_facts, webhooks_on
from guides.models.webhooks import Event

if TYPE_CHECKING:
    from assessments.models import Submission


def passed_on() -> Iterator[PassedOn]:
    endpoints = webhooks_on()
    if not endpoints:
        return
    if any(endpoint.consents or endpoint.guide_requests for endpoint in endpoints):
        text = gettext(
            "You may ask for the guide, or say yes or no to our emails. We tell a program that we "
            "use, and give it your email address."
        )
        yield PassedOn("", text)
    events = webhook_facts()
    if Event.RESULT_WITH_ANSWERS in events:
        text = gettext(
            "We pass your answers and your result on to a program that we use, without your name "
            "or your email address."
        )
        yield PassedOn(" ".join(events), text)
    elif events:
        text = gettext(
            "We pass your result on to a program that we use, without your answers, your name, "
            "or your email address."
        )
        yield PassedOn(" ".join(events), text)


def result_report(request: HttpRequest, submission: "Submission") -> None:
    """Queues the result for tools that the page named when it was opened."""
    told = request.POST.get(TOLD_FIRST, "").split()
    if told and (events := list(result_events(submission, told))):
        outbox.deliveries_add(deliveries=events)
