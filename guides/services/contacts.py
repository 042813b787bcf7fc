"""What a contact may decide: to get mail, to get none, to be forgotten."""

from django.db import transaction

from assessments.services import submissions_erase
from guides import mailbox, outbox, selectors
from guides.addresses import address_hmac
from guides.models import Consent, Contact, Delivery, Suppression

UNSUBSCRIBED = "The contact unsubscribed."


def consent_confirm(*, contact: Contact, purpose: Consent.Purpose, words: str, page: str) -> None:
    """Record a yes that was given by a POST behind a mailed link. Saying it twice is once."""
    if selectors.consent_step(contact, purpose) != Consent.Step.CONFIRMED:
        Consent.objects.create(
            contact=contact,
            purpose=purpose,
            step=Consent.Step.CONFIRMED,
            text_version=words,
            page=page,
        )


def contact_unsubscribe(*, contact: Contact) -> None:
    """No more mail to this address; what waits is cancelled, every consent is taken back."""
    with transaction.atomic():
        _lock(contact)
        _suppress(contact, Suppression.Reason.UNSUBSCRIBED)
        outbox.deliveries_cancel(
            deliveries=Delivery.objects.filter(contact=contact), reason=UNSUBSCRIBED
        )
        for purpose in Consent.Purpose:
            if selectors.consent_step(contact, purpose) in {
                Consent.Step.ASKED,
                Consent.Step.CONFIRMED,
            }:
                Consent.objects.create(
                    contact=contact,
                    purpose=purpose,
                    step=Consent.Step.WITHDRAWN,
                    page="guides:unsubscribe",
                )


def contact_resubscribe(*, contact: Contact) -> None:
    """The contact changed their mind. Consents stay withdrawn; erasing cannot be undone so."""
    Suppression.objects.filter(
        address_hmac=address_hmac(contact.email), reason=Suppression.Reason.UNSUBSCRIBED
    ).delete()


def contact_erase(*, contact: Contact) -> None:
    """Remove the contact and all that hangs on it; keep only a keyed hash of the address.

    A delivery in flight loses its row, so that no hand-over starts afterwards. Answers go too,
    unless someone else's request was made with them.
    """
    with transaction.atomic():
        _lock(contact)
        _suppress(contact, Suppression.Reason.ERASED)
        mine = contact.deliveries.exclude(submission=None).values_list("submission_id", flat=True)
        submissions = set(mine)
        others = Delivery.objects.filter(submission__in=submissions).exclude(contact=contact)
        shared = set(others.exclude(contact=None).values_list("submission_id", flat=True))
        contact.delete()
        Delivery.objects.filter(submission__in=submissions - shared).delete()
        submissions_erase(pks=sorted(submissions - shared))
    mailbox.erase(contact.email)


def _lock(contact: Contact) -> None:
    """A request for the same address waits until this is committed, or is over before it."""
    Contact.objects.select_for_update().filter(pk=contact.pk).first()


def _suppress(contact: Contact, reason: Suppression.Reason) -> None:
    Suppression.objects.update_or_create(
        address_hmac=address_hmac(contact.email), defaults={"reason": reason}
    )
