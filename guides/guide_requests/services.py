"""What a runner asks for: the guide, the guide again, a fresh link.

A page answers the same for a new, a known and a suppressed address: what differs is only
whether the delivery row is queued or cancelled.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from guides import selectors
from guides.delivery import outbox
from guides.email_addresses import address_hmac, address_key, address_mask
from guides.guide_requests.limits import limits_check
from guides.guide_requests.scheduling import (
    ASKED_TODAY,
    CORRECTED,
    DAY,
    SUPPRESSED,
    cancel_mistyped,
    cancel_waiting,
    earlier_requests,
    turn,
)
from guides.models import Consent, Contact, Delivery, DownloadLink, Guide, GuideEdition
from guides.states import OPEN, State
from runfit.lib.client_ip import network_hash

if TYPE_CHECKING:
    from assessments.models import Submission

logger = logging.getLogger(__name__)

LINK_LIFE = timedelta(days=30)
RESEND_AFTER = timedelta(seconds=60)
MAILS_PER_DAY = 3
"""To one address: the guide once, and two deliberate "send again"."""


def guide_request(
    *,
    submission: "Submission",
    edition: GuideEdition,
    email: str,
    words: Mapping[str, str],
    network: str,
) -> None:
    """Store contact, consent and delivery in one transaction.

    `words` are those that the runner said yes to, by purpose. Raises
    LimitReachedError before anything is stored.
    """
    origin = network_hash(network)
    limits_check(origin)
    with transaction.atomic():
        contact = _contact_locked(email)  # before any delivery, as erase does: no deadlock
        suppressed = selectors.address_suppressed(email)
        if contact is None and not suppressed:
            contact = _contact_new(email)
        asked = earlier_requests(submission, contact)
        due = turn(asked, submission, email, origin)
        cancel_mistyped(asked, submission, email)
        if contact is None or suppressed:
            _refuse(submission, email, contact, origin, SUPPRESSED, due=due)
            return
        today = [each for each in asked if each.contact_id == contact.pk and each.is_of_today]
        if any(each.submission_id == submission.pk for each in today):
            return  # a double click, or the Back button
        if today:
            _refuse(submission, email, contact, origin, ASKED_TODAY, due=due)
            return
        cancel_waiting(asked, submission, email, origin)
        _consents_add(contact, words)
        earlier = sum(
            each.contact_id == contact.pk and each.submission_id == submission.pk for each in asked
        )
        link = _link_create(contact, edition, submission, submission.profile)
        _delivery_add(link, origin, earlier, due)


def guide_send_again(*, submission: "Submission", network: str, masked: str = "") -> None:
    """The runner's deliberate "send again". Does nothing too early, too often or while queued.
    `masked` says to which address; blank is the one that was typed last.

    Raises LimitReachedError before anything is stored.
    """
    rows = list(selectors.deliveries_of(submission).select_related("contact", "link__edition"))
    theirs = [each for each in rows if each.masked_email == masked]
    last = next(iter(theirs or rows), None)
    if last is None or last.state in OPEN or not resend_is_due(last):
        return
    if last.link and last.state != State.CANCELLED:
        _send_more(last.link, network)
    else:
        _refuse_more(last, network)


def resend_is_due(delivery: Delivery) -> bool:
    """Whether a minute has passed, so that "send again" may be offered."""
    return delivery.queued_at <= timezone.now() - RESEND_AFTER


@dataclass(frozen=True, slots=True)
class Resend:
    """Whether a mail may be had again, and from when on."""

    allowed: bool
    waits_until: datetime | None
    """When the one that was asked for takes its turn."""
    next_at: datetime | None
    """When another may be had, where today's were all sent."""


def resend_of(deliveries: Sequence[Delivery]) -> Resend:
    """`deliveries` are those of one result, the newest first. The same for an address that gets
    nothing."""
    last, now = deliveries[0], timezone.now()
    who = (last.contact_id, last.masked_email)
    today = [
        each.queued_at
        for each in deliveries
        if (each.contact_id, each.masked_email) == who
        and each.queued_at > now - DAY
        and each.reason != CORRECTED
    ]
    waits = not last.attempts and last.due_at > now
    spent = len(today) >= MAILS_PER_DAY
    return Resend(
        allowed=not waits and not spent and resend_is_due(last),
        waits_until=last.due_at if waits else None,
        next_at=today[MAILS_PER_DAY - 1] + DAY if spent else None,
    )


def link_renew(*, link: DownloadLink, network: str) -> bool:
    """Mail a fresh link for an expired one, to the same address. False where that gets no more
    today, or none at all.

    Raises LimitReachedError before anything is stored.
    """
    return _send_more(link, network)


def link_renew_for(*, guide: Guide, email: str, network: str) -> None:
    """Mail a fresh link to this guide, if the address has one. The answer is the same if not.

    Raises LimitReachedError before anything is stored.
    """
    links = DownloadLink.objects.filter(revoked_at=None, edition__guide=guide)
    mine = links.filter(contact__email_key=address_key(email)).select_related("contact", "edition")
    link = mine.order_by("-created_at").first()
    if link:
        _send_more(link, network)
    else:
        limits_check(network_hash(network))


def _send_more(link: DownloadLink, network: str) -> bool:
    """One more mail for a right that its owner already has. True where it was made, or one was just
    before."""
    origin = network_hash(network)
    limits_check(origin)
    with transaction.atomic():
        contact = _contact_locked(link.contact.email)
        if contact is None or selectors.address_suppressed(contact.email):
            return False
        today = _today(contact)
        just_now = today.filter(queued_at__gt=timezone.now() - RESEND_AFTER).exists()
        due = today.count() < MAILS_PER_DAY
        if due and not just_now:
            _deliver(_link_create(contact, link.edition, link.submission, link.profile), origin)
    return due or just_now


def _refuse_more(last: Delivery, network: str) -> None:
    """As `_send_more` for an address that gets nothing, so that its page changes alike."""
    origin = network_hash(network)
    limits_check(origin)
    who, _, number = last.dedupe_key.rpartition(":")
    asked = Delivery.objects.filter(dedupe_key__startswith=f"{who}:")
    if asked.filter(queued_at__gt=timezone.now() - DAY).count() < MAILS_PER_DAY:
        more = Delivery(
            contact=last.contact,
            submission=last.submission,
            masked_email=last.masked_email,
            network=origin,
            dedupe_key=f"{who}:{int(number) + 1}",
            state=State.CANCELLED,
            reason=last.reason,
        )
        outbox.delivery_add(delivery=more)


def _link_create(
    contact: Contact, edition: GuideEdition, submission: "Submission | None", profile: str
) -> DownloadLink:
    now = timezone.now()
    return DownloadLink.objects.create(
        contact=contact,
        submission=submission,
        edition=edition,
        profile=profile,
        created_at=now,
        expires_at=now + LINK_LIFE,
    )


def _deliver(link: DownloadLink, origin: str) -> None:
    earlier = link.contact.deliveries.filter(submission=link.submission).count()
    _delivery_add(link, origin, earlier, timezone.now())


def _delivery_add(link: DownloadLink, origin: str, earlier: int, due: datetime) -> None:
    contact = link.contact
    delivery = Delivery(
        contact=contact,
        submission=link.submission,
        link=link,
        masked_email=address_mask(contact.email),
        network=origin,
        dedupe_key=f"guide:{link.submission_id}:{link.edition_id}:{contact.pk}:{earlier}",
        due_at=due,
    )
    outbox.delivery_add(delivery=delivery)


def _refuse(
    submission: "Submission",
    email: str,
    contact: Contact | None,
    origin: str,
    reason: str,
    *,
    due: datetime,
) -> None:
    """Leave a row that sends nothing, so that the page which follows looks as for anyone."""
    who = f"refused:{submission.pk}:{address_hmac(email)[:16]}"
    earlier = Delivery.objects.filter(dedupe_key__startswith=f"{who}:")
    if earlier.filter(queued_at__gt=timezone.now() - DAY).exists():
        return  # a double click
    refused = Delivery(
        contact=contact,
        submission=submission,
        masked_email=address_mask(email),
        network=origin,
        dedupe_key=f"{who}:{earlier.count()}",
        state=State.CANCELLED,
        reason=reason,
        due_at=due,
    )
    outbox.delivery_add(delivery=refused)


def _contact_locked(email: str) -> Contact | None:
    """The contact, locked until commit: two requests at once cannot both mail it, and one that
    waited for an unsubscribe or an erase sees what that left."""
    return Contact.objects.select_for_update().filter(email_key=address_key(email)).first()


def _contact_new(email: str) -> Contact:
    """Made and locked; where another request was quicker, that one is locked."""
    contact = Contact(email=email, email_key=address_key(email))
    Contact.objects.bulk_create(
        [contact],
        update_conflicts=True,
        unique_fields=["email_key"],
        update_fields=["email_key"],
    )
    return contact


def _consents_add(contact: Contact, words: Mapping[str, str]) -> None:
    said = dict(words)
    if Consent.Purpose.FOLLOW_UP in said and selectors.follow_up_waiting(contact):
        del said[Consent.Purpose.FOLLOW_UP]
    Consent.objects.bulk_create(
        Consent(
            contact=contact,
            purpose=purpose,
            step=Consent.Step.ASKED,
            text_version=text,
            page="guides:request",
        )
        for purpose, text in said.items()
    )


def _today(contact: Contact) -> QuerySet[Delivery]:
    """What went or will go to this contact within 24 hours."""
    since = selectors.deliveries_since(timezone.now() - DAY)
    return since.filter(contact=contact).exclude(state=State.CANCELLED)
