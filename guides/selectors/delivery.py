"""Reads of contacts, deliveries and links."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Min, QuerySet
from django.utils import timezone

from guides.addresses import address_hmac
from guides.models import Consent, Contact, Delivery, GuideEdition, Suppression
from guides.selectors.content import guide_content, guide_live_for, guide_offers
from guides.states import State

if TYPE_CHECKING:
    from assessments.models import Submission


def guide_for(submission: "Submission") -> GuideEdition | None:
    """The guide that this result may ask for: none at a level that stops, or before clearance."""
    allowed = submission.result["guide"]
    if allowed == "never" or (allowed == "after_clearance" and submission.cleared_at is None):
        return None
    edition = guide_live_for(submission.edition.assessment.slug)
    return edition if edition and guide_offers(edition, submission.profile) else None


def deliveries_of(submission: "Submission") -> QuerySet[Delivery]:
    """What was asked for with this submission, the newest first."""
    return Delivery.objects.filter(submission=submission).order_by("-queued_at", "-pk")


def deliveries_since(moment: datetime) -> QuerySet[Delivery]:
    return Delivery.objects.filter(queued_at__gt=moment).order_by()


def address_suppressed(email: str) -> bool:
    return Suppression.objects.filter(address_hmac=address_hmac(email)).exists()


def contact_language(contact: Contact) -> str:
    """The language of the guide that a contact got last."""
    link = contact.links.select_related("edition").first()
    return guide_content(link.edition).language if link else settings.LANGUAGE_CODE


def consent_step(contact: Contact, purpose: Consent.Purpose) -> str:
    """The contact's last word on a purpose, blank where there was none."""
    last = contact.consents.filter(purpose=purpose).first()
    return last.step if last else ""


def oldest_due_age() -> timedelta:
    """How long the mail that has waited longest has been due; zero where none is.

    A mail whose worker is gone is due since its lease was over.
    """
    now = timezone.now()
    rows = Delivery.objects.order_by()
    waiting = rows.filter(state__in=[State.QUEUED, State.RETRY]).aggregate(at=Min("due_at"))["at"]
    abandoned = rows.filter(state=State.SENDING).aggregate(at=Min("lease_until"))["at"]
    since = min((at for at in (waiting, abandoned) if at), default=now)
    return max(now - since, timedelta(0))
