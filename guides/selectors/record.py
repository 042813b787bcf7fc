"""Everything that is stored about one contact."""

from typing import Any

import assessments.selectors
from guides.models import Contact, Delivery


def submissions_own(contact: Contact) -> set[int]:
    """The answers that this contact asked with, and nobody else: a mistyped address must neither
    see nor erase those of the runner."""
    asked = contact.deliveries.exclude(submission=None)
    own = set(asked.values_list("submission_id", flat=True))
    others = Delivery.objects.filter(submission__in=own).exclude(contact=contact)
    return own - set(others.exclude(contact=None).values_list("submission_id", flat=True))


def contact_record(contact: Contact) -> dict[str, Any]:
    """Every row, as its owner may take it along."""
    submissions = assessments.selectors.submissions_by_pk(submissions_own(contact))
    links = contact.links.select_related("edition__guide").defer("edition__content")
    return {
        "address": contact.email,
        "since": contact.created_at,
        "consents": list(contact.consents.values("at", "purpose", "step", "text_version", "page")),
        "emails": [
            {
                "kind": delivery.get_kind_display(),
                "state": delivery.state,
                "queued_at": delivery.queued_at,
                "sent_at": delivery.sent_at,
                "reason": delivery.reason,
                "network_code": delivery.network,
                "mail_service_told": [
                    {"at": event.at, "what": event.get_kind_display(), "reason": event.reason}
                    for event in delivery.events.all()
                ],
            }
            for delivery in contact.deliveries.prefetch_related("events")
        ],
        "guides": [
            {
                "guide": link.edition.guide.title,
                "version": link.edition.number,
                "result_type": link.profile,
                "created_at": link.created_at,
                "expires_at": link.expires_at,
                "revoked_at": link.revoked_at,
            }
            for link in links
        ],
        "answers": [
            {
                "self_check": submission.edition.assessment.title,
                "version": submission.edition.number,
                "at": submission.created_at,
                "came_from": submission.source,
                "safety": submission.safety,
                "answers": submission.answers,
                "result": submission.result,
                "cleared_by_a_clinician_at": submission.cleared_at,
            }
            for submission in submissions
        ],
    }
