"""What a contact may decide: to get mail, to get none, to be forgotten."""

import logging
import uuid
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils import timezone

from assessments.submissions.services import submissions_erase
from guides import selectors
from guides.delivery import outbox
from guides.email_addresses import address_hmac, address_mask
from guides.mail import file_backend
from guides.models import Consent, Contact, Delivery, DownloadLink, Suppression
from guides.states import FOLLOW_UP_AFTER, Kind, State

logger = logging.getLogger(__name__)

UNSUBSCRIBED = "The contact unsubscribed."
TAKEN_BACK = "The contact took it back."
ANSWERED_AGAIN = "Answers that came later took its place."


def consent_confirm(*, contact: Contact, purpose: Consent.Purpose, words: str, page: str) -> None:
    """Record a yes that was given by a POST behind a mailed link. Saying it twice is once.

    Does nothing for an address that stopped all mail: otherwise a tap on “Tell me first” would let
    strangers send guides to it again.
    """
    with transaction.atomic():
        if not _lock(contact) or selectors.address_suppressed(contact.email):
            return
        if selectors.consent_step(contact, purpose) == Consent.Step.CONFIRMED:
            return
        _newsletter_tell([_say(contact, purpose, Consent.Step.CONFIRMED, page, words)])
        if purpose == Consent.Purpose.FOLLOW_UP:
            _follow_up_add(contact)


def consent_withdraw(*, contact: Contact, purpose: Consent.Purpose, page: str) -> None:
    """Record a no; what waits for a yes to this is cancelled. Saying it twice is once."""
    with transaction.atomic():
        if not _lock(contact):
            return
        if purpose == Consent.Purpose.FOLLOW_UP:
            _follow_up_cancel(contact, TAKEN_BACK)
        held = selectors.consent_holds(contact, purpose)
        if selectors.consent_step(contact, purpose) in {Consent.Step.ASKED, Consent.Step.CONFIRMED}:
            said = _say(contact, purpose, Consent.Step.WITHDRAWN, page)
            if held:
                _newsletter_tell([said])


def consents_end(*, ended_by: Mapping[int, str]) -> None:
    """Their addresses take no more mail: each yes that they gave is over. `ended_by` says what
    ended it, by contact; they are locked. The same number of queries, however many they are."""
    said = Consent.objects.bulk_create(
        Consent(
            contact=yes.contact,
            purpose=yes.purpose,
            step=Consent.Step.WITHDRAWN,
            page=ended_by[yes.contact_id],
        )
        for yes in selectors.consents_confirmed().filter(contact__in=ended_by)
    )
    _newsletter_tell(said)


def follow_up_cancel(*, contact_pk: int) -> None:
    """The contact met a safety stop: this is no time to ask for a measure. What they agreed to
    stays as it is, and no word of it tells what was found."""
    _follow_up_cancel(Contact(pk=contact_pk), ANSWERED_AGAIN)


def link_opened(*, link: DownloadLink) -> None:
    """A person followed it. Noted once, and never at the cost of the page."""
    try:
        DownloadLink.objects.filter(pk=link.pk, opened=False).update(opened=True)
    except OperationalError as error:
        logger.warning("Not noted that a link was opened: %s", type(error).__name__)


def contact_unsubscribe(*, contact: Contact) -> None:
    """No more mail to this address; what waits is cancelled, every consent is taken back."""
    with transaction.atomic():
        _lock(contact)
        _suppress(contact, Suppression.Reason.UNSUBSCRIBED)
        outbox.mails_cancel(contacts=[contact.pk], reason=UNSUBSCRIBED)
        for purpose in Consent.Purpose:
            consent_withdraw(contact=contact, purpose=purpose, page="guides:unsubscribe")


def contact_resubscribe(*, contact: Contact) -> None:
    """The contact changed their mind. Consents stay withdrawn; erasing cannot be undone so."""
    Suppression.objects.filter(
        address_hmac=address_hmac(contact.email), reason=Suppression.Reason.UNSUBSCRIBED
    ).delete()


def suppression_lift(*, suppression: Suppression) -> bool:
    """A mailbox takes mail again. True where that was what kept us: a no, a complaint and an
    erasure are the person's own word, and stay."""
    bounced = Suppression.objects.filter(
        pk=suppression.pk, reason=Suppression.Reason.BOUNCED
    ).delete()
    return bool(bounced[0])


def contact_erase(*, contact: Contact, origin: str = "") -> selectors.PersonalData:
    """Remove the contact and all that hangs on it; keep only a keyed hash of the address. Returns
    what went along, and what stays. `origin` as for `selectors.belongings`.

    A delivery in flight loses its row, so that no hand-over starts afterwards. More addresses of
    the same person go too, but may be written to again: who types a stranger's address beside
    their own must not be able to shut it out.
    """
    with transaction.atomic():
        _lock_all(contact, selectors.contact_personal_data(contact, origin=origin).addresses)
        own = selectors.contact_personal_data(contact, origin=origin)
        _suppress(contact, Suppression.Reason.ERASED)
        known = contact.consents.filter(
            purpose__in=selectors.NEWSLETTER_PURPOSES, step=Consent.Step.CONFIRMED
        ).exists()
        Contact.objects.filter(pk__in=[contact.pk, *(each.pk for each in own.addresses)]).delete()
        if known:
            _newsletter_tell_erased(contact.email)
        Delivery.objects.filter(submission__in=own.submissions).delete()
        submissions_erase(pks=sorted(own.submissions))
    for each in (contact, *own.addresses):
        file_backend.erase(each.email)
    return own


def _lock_all(contact: Contact, others: Iterable[Contact]) -> None:
    """In one order everywhere: two erasures at once must not wait for each other."""
    pks = [contact.pk, *(each.pk for each in others)]
    list(Contact.objects.select_for_update().filter(pk__in=pks).order_by("pk"))


def _lock(contact: Contact) -> Contact | None:
    """A request for the same address waits until this is committed, or is over before it.

    None where the contact was erased meanwhile.
    """
    return Contact.objects.select_for_update().filter(pk=contact.pk).first()


def _say(
    contact: Contact, purpose: Consent.Purpose, step: Consent.Step, page: str, words: str = ""
) -> Consent:
    return Consent.objects.create(
        contact=contact, purpose=purpose, step=step, page=page, text_version=words
    )


def _newsletter_tell(said: Iterable[Consent]) -> None:
    """In the caller's transaction: what is kept will be told, and nothing else."""
    if not settings.NEWSLETTER_URL:
        return
    words = [
        Delivery(
            kind=Kind.NEWSLETTER,
            contact=consent.contact,
            consent=consent,
            masked_email=address_mask(consent.contact.email),
            dedupe_key=f"newsletter:{consent.pk}",
        )
        for consent in said
        if consent.purpose in selectors.NEWSLETTER_PURPOSES
    ]
    if words:
        outbox.deliveries_add(deliveries=words)


def _newsletter_tell_erased(email: str) -> None:
    """The tool must forget too. The row holds the address until it is told, 48 hours at most, and
    nothing else of the person."""
    if settings.NEWSLETTER_URL:
        outbox.delivery_add(
            delivery=Delivery(
                kind=Kind.NEWSLETTER,
                erased_email=email,
                dedupe_key=f"newsletter:erased:{uuid.uuid4().hex}",
            )
        )


def _follow_up_add(contact: Contact) -> None:
    """One mail in four weeks, for the guide that was asked for last. Each guide that was asked for
    has at most one, and it's sent in the words that were published last.

    queued_at is four weeks ahead, because an email is given up 48 hours after it was queued. The
    row doesn't refer to the answers: it must not look like a request for a guide.
    """
    link = contact.links.select_related("edition__guide").first()
    if link is None:
        return
    edition = selectors.guide_newest_edition(link.edition.guide)
    request = f"follow_up:{link.submission_id}:{contact.pk}:"
    earlier = contact.deliveries.filter(dedupe_key__startswith=request)
    if not selectors.follow_up_offered(edition) or earlier.exclude(state=State.CANCELLED).exists():
        return
    due = timezone.now() + FOLLOW_UP_AFTER
    delivery = Delivery(
        kind=Kind.FOLLOW_UP,
        contact=contact,
        link=link,
        masked_email=address_mask(contact.email),
        dedupe_key=f"{request}{earlier.count()}",
        queued_at=due,
        due_at=due,
    )
    outbox.delivery_add(delivery=delivery)


def _follow_up_cancel(contact: Contact, reason: str) -> None:
    outbox.deliveries_cancel(
        deliveries=Delivery.objects.filter(contact=contact, kind=Kind.FOLLOW_UP), reason=reason
    )


def _suppress(contact: Contact, reason: Suppression.Reason) -> None:
    Suppression.objects.update_or_create(
        address_hmac=address_hmac(contact.email), defaults={"reason": reason}
    )
