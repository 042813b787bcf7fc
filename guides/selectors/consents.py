"""Who may be written to, and what they agreed to."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from guides.email_addresses import address_hmac
from guides.models import Consent, Contact, Delivery, Suppression
from guides.selectors.content import guide_content
from guides.states import OPEN, Kind

if TYPE_CHECKING:
    pass


TOLD = (Consent.Purpose.FOLLOW_UP, Consent.Purpose.SECRET)
"""What a newsletter tool hears of."""


def address_suppression(email: str) -> Suppression | None:
    """Why this address gets no mail; None where it may."""
    return Suppression.objects.filter(address_hmac=address_hmac(email)).first()


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


def consent_holds(contact: Contact, purpose: Consent.Purpose) -> bool:
    """Whether a yes was confirmed and not withdrawn. Being asked again doesn't undo it: anyone can
    type an address and check the box."""
    said = contact.consents.filter(purpose=purpose).exclude(step=Consent.Step.ASKED).first()
    return said is not None and said.step == Consent.Step.CONFIRMED


def consents_confirmed() -> QuerySet[Consent]:
    """Each yes that holds, to what a newsletter tool may write about."""
    later = Consent.objects.filter(
        contact=OuterRef("contact"), purpose=OuterRef("purpose"), pk__gt=OuterRef("pk")
    )
    held = Consent.objects.filter(purpose__in=TOLD, step=Consent.Step.CONFIRMED)
    last = held.exclude(Exists(later.exclude(step=Consent.Step.ASKED)))
    return last.select_related("contact").order_by("pk")


def follow_up_waiting(contact: Contact) -> Delivery | None:
    """The mail that will ask this contact to measure again."""
    return contact.deliveries.filter(kind=Kind.FOLLOW_UP, state__in=OPEN).first()
