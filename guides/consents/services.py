"""Consents, unsubscribing and erasure of contacts."""

import logging
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from django.conf import settings
from django.db import OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from assessments.selectors import submission_keys_by_first
from assessments.submissions.erasures import Erased, Refused, erasures_note
from assessments.submissions.services import submissions_erase
from guides import selectors
from guides.delivery import outbox
from guides.delivery.check_ins import check_in_begin
from guides.delivery.webhooks.events import consent_events, erasure_events
from guides.email_addresses import address_hmac, address_mask, inbox_hmac
from guides.mail import file_backend
from guides.models import Consent, Contact, Delivery, DownloadLink, Suppression
from guides.reasons import ANSWERED_AGAIN, TURNED_OFF, UNSUBSCRIBED
from guides.states import FOLLOW_UP_AFTER, WITH_A_YES, Kind, State

logger = logging.getLogger(__name__)

REFUSED = {
    Consent.Purpose.FOLLOW_UP: Refused.FOLLOW_UP,
    Consent.Purpose.SECRET: Refused.SECRET,
    Consent.Purpose.SERIES: Refused.SERIES,
    Consent.Purpose.CHECK_IN: Refused.CHECK_IN,
}


def consent_confirm(
    *,
    contact: Contact,
    purpose: Consent.Purpose,
    words: str,
    page: str,
    link: DownloadLink | None = None,
) -> None:
    """Records consent given by a POST from an emailed link. Idempotent. `link` is the one whose
    weekly check-in it's about, the newest with a training by default.

    Does nothing for a suppressed address: otherwise a tap on “Tell me first” would let strangers
    send guides to it again.
    """
    with transaction.atomic():
        if not _lock(contact) or selectors.address_suppressed(contact.email):
            return
        said_yes = selectors.consent_step(contact, purpose) == Consent.Step.CONFIRMED
        if said_yes and not selectors.consent_used(contact, purpose):
            return
        consent = _consent_add(contact, purpose, Consent.Step.CONFIRMED, page, words)
        _tell([consent])
        if purpose == Consent.Purpose.FOLLOW_UP:
            _follow_up_add(contact)
        elif purpose == Consent.Purpose.SERIES:
            _series_add(contact)
        elif purpose == Consent.Purpose.CHECK_IN:
            trained = link or selectors.link_trained(contact)
            if trained:
                check_in_begin(consent=consent, link=trained)


def consent_withdraw(*, contact: Contact, purpose: Consent.Purpose, page: str) -> None:
    """Withdraws consent, and cancels the mail that needs it. Idempotent."""
    with transaction.atomic():
        if not _lock(contact):
            return
        if purpose in selectors.KIND_OF:
            _mails_cancel([contact.pk], {selectors.KIND_OF[purpose]}, TURNED_OFF)
        was_confirmed = selectors.consent_holds(contact, purpose)
        if selectors.consent_step(contact, purpose) in {Consent.Step.ASKED, Consent.Step.CONFIRMED}:
            consent = _consent_add(contact, purpose, Consent.Step.WITHDRAWN, page)
            if purpose in REFUSED:
                erasures_note(what=REFUSED[purpose], hmacs=[address_hmac(contact.email)])
            if was_confirmed:
                _tell([consent])


def consents_end(*, ended_by: Mapping[int, str]) -> None:
    """Withdraws all consents of contacts whose addresses were suppressed. `ended_by` maps their
    keys to the reason. The contacts must be locked. The number of queries is constant."""
    withdrawn = Consent.objects.bulk_create(
        Consent(
            contact=consent.contact,
            purpose=consent.purpose,
            step=Consent.Step.WITHDRAWN,
            page=ended_by[consent.contact_id],
        )
        for consent in selectors.consents_confirmed().filter(contact__in=ended_by)
    )
    _tell(withdrawn)


def follow_ups_cancel(*, contacts: Iterable[int]) -> None:
    """Cancels all emails that need a yes after a safety stop. The consents stay, and the reason
    doesn't reveal the safety stop."""
    _mails_cancel(contacts, WITH_A_YES, ANSWERED_AGAIN)


def follow_ups_stop(*, link: DownloadLink) -> None:
    """Cancels them for the runner behind a link, whose training a safety stop ended."""
    contacts = {link.contact_id}
    if link.submission:
        runners = selectors.links_of_runner(link.submission.runner_pk)
        contacts.update(runners.values_list("contact", flat=True))
    follow_ups_cancel(contacts=contacts)


def link_opened(*, link: DownloadLink) -> None:
    """Records that a person opened the link. A database error doesn't fail the page."""
    try:
        DownloadLink.objects.filter(pk=link.pk, opened=False).update(opened=True)
    except OperationalError as error:
        logger.warning("Cannot record that a link was opened: %s", type(error).__name__)


def contact_unsubscribe(*, contact: Contact) -> None:
    """Suppresses the inbox with all of its addresses, cancels their queued mail and withdraws every
    consent."""
    with transaction.atomic():
        contacts = _lock_all([contact.pk], inbox_of=contact)
        _suppress(contact, Suppression.Reason.UNSUBSCRIBED)
        erasures_note(what=Refused.EMAIL, hmacs=[inbox_hmac(contact.email)])
        outbox.mails_cancel(contacts=contacts, reason=UNSUBSCRIBED)
        for purpose in Consent.Purpose:
            consent_withdraw(contact=contact, purpose=purpose, page="guides:unsubscribe")
        others = set(contacts) - {contact.pk}
        if others:
            consents_end(ended_by=dict.fromkeys(others, "guides:unsubscribe"))


def contact_resubscribe(*, contact: Contact) -> None:
    """Undoes an unsubscribe. Consents stay withdrawn, and an erasure is not undone."""
    with transaction.atomic():
        lifted, _ = Suppression.objects.filter(
            address_hmac__in=selectors.suppression_hashes(contact.email),
            reason=Suppression.Reason.UNSUBSCRIBED,
        ).delete()
        if lifted:
            erasures_note(what=Refused.EMAIL_AGAIN, hmacs=[inbox_hmac(contact.email)])


def contact_note_save(*, contact: Contact, note: str, before: str) -> bool:
    """Saves the PT's note unless someone else changed it meanwhile. `before` is what she saw."""
    return bool(Contact.objects.filter(pk=contact.pk, note=before).update(note=note))


def suppression_lift(*, suppression: Suppression) -> bool:
    """Lifts a suppression after a bounce, and returns whether it did. Unsubscribes, complaints and
    erasures are the person's own decision, and stay."""
    bounced = Suppression.objects.filter(
        pk=suppression.pk, reason=Suppression.Reason.BOUNCED
    ).delete()
    return bool(bounced[0])


def contact_erase(*, contact: Contact, origin: str = "") -> selectors.PersonalData:
    """Deletes the contact and everything related to it, except for a keyed hash of the address.
    Returns what was erased and what stays. `origin` as for `selectors.contact_personal_data`.

    A delivery being sent loses its row, so that no hand-over starts afterwards. Other addresses of
    the same person are erased too, but not suppressed: anyone could type a stranger's address next
    to their own.
    """
    with transaction.atomic():
        same = selectors.contact_personal_data(contact, origin=origin).addresses
        inbox = _lock_all([contact.pk, *(address.pk for address in same)], inbox_of=contact)
        own = selectors.contact_personal_data(contact, origin=origin)
        _suppress(contact, Suppression.Reason.ERASED)
        known = contact.consents.filter(
            purpose__in=selectors.NEWSLETTER_PURPOSES, step=Consent.Step.CONFIRMED
        ).exists()
        pks = [contact.pk, *(address.pk for address in own.addresses)]
        told = [event for erased in (contact, *own.addresses) for event in erasure_events(erased)]
        Contact.objects.filter(pk__in=pks).delete()
        if told:
            outbox.deliveries_add(deliveries=told)
        outbox.mails_cancel(contacts=set(inbox) - set(pks), reason=UNSUBSCRIBED)
        if known:
            _newsletter_add_erasure(contact.email)
        answers = submission_keys_by_first(own.submissions)
        Delivery.objects.filter(submission__in=answers).delete()
        submissions_erase(pks=sorted(own.submissions))
        erasures_note(what=Erased.ADDRESS, hmacs=[address_hmac(contact.email)])
        erasures_note(what=Erased.INBOX, hmacs=_own_inbox(contact.email))
        others = [address_hmac(address.email) for address in own.addresses]
        erasures_note(what=Erased.OTHER_ADDRESS, hmacs=others)
    for address in (contact, *own.addresses):
        file_backend.erase(address.email)
    return own


def _lock_all(pks: Iterable[int], *, inbox_of: Contact) -> list[int]:
    """Locks contacts in a fixed order, so that concurrent requests can't deadlock. Returns those of
    the inbox."""
    inbox = inbox_hmac(inbox_of.email)
    rows = Contact.objects.select_for_update().filter(Q(pk__in=pks) | Q(inbox_hmac=inbox))
    locked = rows.order_by("pk").values_list("pk", "inbox_hmac")
    return [pk for pk, own in locked if own == inbox or pk == inbox_of.pk]


def _lock(contact: Contact) -> Contact | None:
    """Locks the contact until commit, as requests for the same address do. None if it was erased
    in the meantime."""
    return Contact.objects.select_for_update().filter(pk=contact.pk).first()


def _consent_add(
    contact: Contact, purpose: Consent.Purpose, step: Consent.Step, page: str, words: str = ""
) -> Consent:
    return Consent.objects.create(
        contact=contact, purpose=purpose, step=step, page=page, text_version=words
    )


def _tell(consents: Iterable[Consent]) -> None:
    """Queues consents for the PT's tools, in the caller's transaction."""
    deliveries = [row for consent in consents for row in _reports(consent)]
    if deliveries:
        outbox.deliveries_add(deliveries=deliveries)


def _reports(consent: Consent) -> Iterator[Delivery]:
    if settings.NEWSLETTER_URL and consent.purpose in selectors.NEWSLETTER_PURPOSES:
        yield Delivery(
            kind=Kind.NEWSLETTER,
            contact=consent.contact,
            consent=consent,
            masked_email=address_mask(consent.contact.email),
            dedupe_key=f"newsletter:{consent.pk}",
        )
    yield from consent_events(consent)


def _newsletter_add_erasure(email: str) -> None:
    """Queues an erasure for the newsletter tool. The row holds the address until it is posted, for
    48 hours at most, and nothing else about the person."""
    if settings.NEWSLETTER_URL:
        outbox.delivery_add(
            delivery=Delivery(
                kind=Kind.NEWSLETTER,
                erased_email=email,
                dedupe_key=f"newsletter:erased:{uuid.uuid4().hex}",
            )
        )


def _follow_up_add(contact: Contact) -> None:
    """Queues the follow-up for the latest guide, due in four weeks. A requested guide gets at most
    one, with the latest published text."""
    link = contact.links.select_related("edition__guide").first()
    if link is None:
        return
    edition = selectors.guide_newest_edition(link.edition.guide)
    request = f"follow_up:{link.submission_id}:{contact.pk}:"
    earlier = contact.deliveries.filter(dedupe_key__startswith=request)
    if not selectors.follow_up_offered(edition) or earlier.exclude(state=State.CANCELLED).exists():
        return
    due = timezone.now() + FOLLOW_UP_AFTER
    key = f"{request}{earlier.count()}"
    mail = outbox.mail_for(Kind.FOLLOW_UP, contact=contact, due=due, dedupe_key=key, link=link)
    outbox.delivery_add(delivery=mail)


def _series_add(contact: Contact) -> None:
    """Queues the emails of the series that the latest guide promised: what would have come before
    the yes is left out, and so is what went out before a no."""
    link = contact.links.select_related("edition__guide").first()
    if link is None:
        return
    request = f"series:{link.submission_id}:{contact.pk}:"
    earlier = contact.deliveries.filter(dedupe_key__startswith=request)
    rows = list(earlier.values_list("number", "state"))
    done = {number for number, state in rows if state != State.CANCELLED}
    times = Counter(number for number, _ in rows)
    outbox.deliveries_add(
        deliveries=[
            outbox.mail_for(
                Kind.SERIES,
                contact=contact,
                due=due,
                dedupe_key=f"{request}{number}:{times[number]}",
                link=link,
                number=number,
            )
            for number, due in selectors.series_to_come(link)
            if number not in done
        ]
    )


def _mails_cancel(contacts: Iterable[int], kinds: Collection[Kind], reason: str) -> None:
    mails = Delivery.objects.filter(contact__in=contacts, kind__in=kinds)
    outbox.deliveries_cancel(deliveries=mails, reason=reason)


def _own_inbox(email: str) -> list[str]:
    """The hash of the inbox, if it's another than the address's."""
    inbox = inbox_hmac(email)
    return [] if inbox == address_hmac(email) else [inbox]


def _suppress(contact: Contact, reason: Suppression.Reason) -> None:
    Suppression.objects.update_or_create(
        address_hmac=inbox_hmac(contact.email), defaults={"reason": reason}
    )
