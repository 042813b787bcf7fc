"""A runner's requests: the guide, the guide again, a new link.

Pages look the same for new, known and suppressed addresses: the only difference is whether the
delivery row is queued or canceled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from math import ceil
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, QuerySet
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
    EarlierRequest,
    cancel_mistyped,
    cancel_waiting,
    earlier_requests,
    turn,
)
from guides.models import Consent, Contact, Delivery, DownloadLink, Guide, GuideEdition
from guides.states import LINK_LIFE, OPEN, Kind, State
from runfit.lib.client_ip import network_hash

if TYPE_CHECKING:
    from assessments.models import Submission

RESEND_AFTER = timedelta(seconds=60)
DESK = ""
"""In place of the network, for what the PT sends: the limit per network covers her, too."""
MAILS_PER_DAY = 3
"""Per address: the guide once, and "send again" twice."""


def guide_request(
    *,
    submission: "Submission",
    edition: GuideEdition,
    email: str,
    words: Mapping[str, str],
    network: str,
) -> None:
    """Stores contact, consent and delivery in one transaction.

    `words` is the wording that the runner consented to, by purpose. Raises LimitReachedError before
    anything is stored.
    """
    origin = network_hash(network)
    limits_check(origin)
    with transaction.atomic():
        contact = _contact_locked(email)  # before deliveries, as in contact_erase: no deadlock
        suppressed = selectors.address_suppressed(email)
        if contact is None and not suppressed:
            contact = _contact_new(email)
        earlier = earlier_requests(submission, contact)
        due = turn(earlier, submission, email, origin)
        cancel_mistyped(earlier, submission, email)
        if contact is None or suppressed:
            _refuse(submission, email, contact, origin, SUPPRESSED, due=due)
            return
        own = [request for request in earlier if request.contact_id == contact.pk]
        today = [request for request in own if request.is_of_today]
        if any(request.submission_id == submission.pk for request in today):
            return  # a double click, or the Back button
        if today and not _adds_checks(today, submission):
            _refuse(submission, email, contact, origin, ASKED_TODAY, due=due)
            return
        cancel_waiting(earlier, submission, email, origin)
        _consents_add(contact, words)
        number = sum(request.submission_id == submission.pk for request in own)
        link = _link_create(contact, edition, submission, profile=submission.profile)
        _delivery_add(link, origin, number, due)


def _adds_checks(today: Sequence[EarlierRequest], submission: "Submission") -> bool:
    """Whether this runner had the guide today for an earlier result, before checks were added."""
    is_runners = submission.added_to_id is not None and all(each.same_runner for each in today)
    return is_runners and len(today) < MAILS_PER_DAY


def guide_send_again(*, submission: "Submission", network: str, masked: str = "") -> None:
    """Sends the guide again on request. Does nothing if too soon, too often or queued. `masked`
    selects the address; blank is the latest.

    Raises LimitReachedError before anything is stored.
    """
    rows = list(selectors.deliveries_of(submission).select_related("contact", "link__edition"))
    matches = [row for row in rows if row.masked_email == masked]
    last = next(iter(matches or rows), None)
    if last is None or last.state in OPEN or not resend_is_due(last):
        return
    if last.link and last.state != State.CANCELLED:
        _send_more(last.link, network)
    else:
        _refuse_more(last, network)


def resend_is_due(delivery: Delivery) -> bool:
    """Whether a minute has passed, so that "send again" can be offered."""
    return delivery.queued_at <= timezone.now() - RESEND_AFTER


@dataclass(frozen=True, slots=True)
class Resend:
    """Whether "send again" is allowed, and if not, when it will be."""

    allowed: bool
    waits_until: datetime | None
    """When a delayed email is due."""
    next_at: datetime | None
    """When the daily limit allows another email, if it is reached."""
    seconds: int
    """Until "send again" can be offered, because the last email was less than a minute ago."""


def resend_of(deliveries: Sequence[Delivery]) -> Resend:
    """`deliveries` are those of one result, newest first. Treats refused addresses the same."""
    last, now = deliveries[0], timezone.now()
    recipient = (last.contact_id, last.masked_email)
    today = [
        delivery.queued_at
        for delivery in deliveries
        if (delivery.contact_id, delivery.masked_email) == recipient
        and delivery.queued_at > now - DAY
        and delivery.reason != CORRECTED
    ]
    is_delayed = not last.attempts and last.due_at > now
    limit_reached = len(today) >= MAILS_PER_DAY
    return Resend(
        allowed=not is_delayed and not limit_reached and resend_is_due(last),
        waits_until=last.due_at if is_delayed else None,
        next_at=today[MAILS_PER_DAY - 1] + DAY if limit_reached else None,
        seconds=max(0, ceil((last.queued_at + RESEND_AFTER - now).total_seconds())),
    )


def link_renew(*, link: DownloadLink, network: str) -> bool:
    """Emails a new link to the same address. False if it gets no more mail today, or none at all.

    Raises LimitReachedError before anything is stored.
    """
    return _send_more(link, network)


def link_renew_for(*, guide: Guide, email: str, network: str) -> None:
    """Emails a new link to this guide if the address has one. The response is the same if not.

    Raises LimitReachedError before anything is stored.
    """
    links = DownloadLink.objects.filter(revoked_at=None, edition__guide=guide)
    mine = links.filter(contact__email_key=address_key(email)).select_related("contact", "edition")
    link = mine.order_by("-created_at").first()
    if link:
        _send_more(link, network)
    else:
        limits_check(network_hash(network))


class DeskSend(Enum):
    """What became of the PT's wish to send a runner the guide."""

    SENT = "sent"
    ON_ITS_WAY = "on its way"
    ENOUGH_TODAY = "enough today"
    STOPPED = "stopped"
    NOTHING = "nothing"


def guide_send_from_desk(*, contact: Contact, replace: bool = False) -> DeskSend:
    """Emails the guide that a contact got last again, for a runner who wrote to the PT. `replace`
    ends its earlier links. A second click finds the first one's email, and sends nothing.

    The email has no submission and no network, since it's no request of a runner: whose answers
    they are must not depend on it. It only goes where such an email went before.

    Raises LimitReachedError before anything is stored.
    """
    limits_check(DESK)
    with transaction.atomic():
        locked = _contact_locked(contact.email)
        if locked is None or selectors.address_suppressed(locked.email):
            return DeskSend.STOPPED
        mails = locked.deliveries.filter(kind=Kind.GUIDE).exclude(link=None)
        sent = mails.exclude(state=State.CANCELLED).select_related("link__edition")
        last = sent.defer("link__edition__content").first()
        if last is None or last.link is None:
            return DeskSend.NOTHING
        just_now = timezone.now() - RESEND_AFTER
        if mails.filter(Q(state__in=OPEN) | Q(state=State.SENT, queued_at__gt=just_now)).exists():
            return DeskSend.ON_ITS_WAY
        if _today(locked).count() >= MAILS_PER_DAY:
            return DeskSend.ENOUGH_TODAY
        new = _link_again(locked, last.link)
        if replace:
            earlier = locked.links.filter(edition__guide=new.edition.guide_id, revoked_at=None)
            earlier.exclude(pk=new.pk).update(revoked_at=new.created_at)
        _deliver_from_desk(new, last)
    return DeskSend.SENT


def _deliver_from_desk(link: DownloadLink, last: Delivery) -> None:
    """Queues an email with this link: the last one, if it failed."""
    if last.state == State.FAILED:
        Delivery.objects.filter(pk=last.pk).update(link=link)
        outbox.delivery_requeue(delivery=last)
        return
    contact = link.contact
    delivery = Delivery(
        contact=contact,
        link=link,
        masked_email=address_mask(contact.email),
        network=DESK,
        dedupe_key=f"desk:{link.pk}",
    )
    outbox.delivery_add(delivery=delivery)


def _send_more(link: DownloadLink, network: str) -> bool:
    """Queues another email with a new link. True if it was queued, or one was within the last
    minute."""
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
            _deliver(_link_again(contact, link), origin)
    return due or just_now


def _refuse_more(last: Delivery, network: str) -> None:
    """Counterpart of `_send_more` for a refused address, with the same effect on its page."""
    origin = network_hash(network)
    limits_check(origin)
    prefix, _, number = last.dedupe_key.rpartition(":")
    earlier = Delivery.objects.filter(dedupe_key__startswith=f"{prefix}:")
    if earlier.filter(queued_at__gt=timezone.now() - DAY).count() < MAILS_PER_DAY:
        more = Delivery(
            contact=last.contact,
            submission=last.submission,
            masked_email=last.masked_email,
            network=origin,
            dedupe_key=f"{prefix}:{int(number) + 1}",
            state=State.CANCELLED,
            reason=last.reason,
        )
        outbox.delivery_add(delivery=more)


def _link_create(
    contact: Contact,
    edition: GuideEdition,
    submission: "Submission | None",
    *,
    profile: str,
    cleared: bool = False,
) -> DownloadLink:
    now = timezone.now()
    return DownloadLink.objects.create(
        contact=contact,
        submission=submission,
        edition=edition,
        profile=profile,
        cleared=cleared or bool(submission and submission.cleared_at),
        created_at=now,
        expires_at=now + LINK_LIFE,
    )


def _link_again(contact: Contact, link: DownloadLink) -> DownloadLink:
    return _link_create(
        contact, link.edition, link.submission, profile=link.profile, cleared=link.cleared
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
    """Stores a canceled row, so that the next page looks the same as for any other address."""
    prefix = f"refused:{submission.pk}:{address_hmac(email)[:16]}"
    earlier = Delivery.objects.filter(dedupe_key__startswith=f"{prefix}:")
    if earlier.filter(queued_at__gt=timezone.now() - DAY).exists():
        return  # a double click
    refused = Delivery(
        contact=contact,
        submission=submission,
        masked_email=address_mask(email),
        network=origin,
        dedupe_key=f"{prefix}:{earlier.count()}",
        state=State.CANCELLED,
        reason=reason,
        due_at=due,
    )
    outbox.delivery_add(delivery=refused)


def _contact_locked(email: str) -> Contact | None:
    """The contact, locked until commit: concurrent requests can't both email it, and a request that
    waited for an unsubscribe or erasure sees its outcome."""
    return Contact.objects.select_for_update().filter(email_key=address_key(email)).first()


def _contact_new(email: str) -> Contact:
    """Creates and locks the contact, or locks the one that a concurrent request created."""
    contact = Contact(email=email, email_key=address_key(email))
    Contact.objects.bulk_create(
        [contact],
        update_conflicts=True,
        unique_fields=["email_key"],
        update_fields=["email_key"],
    )
    return contact


def _consents_add(contact: Contact, words: Mapping[str, str]) -> None:
    wordings = {
        purpose: text
        for purpose, text in words.items()
        if purpose not in selectors.KIND_OF or not selectors.mail_waiting(contact, purpose)
    }
    Consent.objects.bulk_create(
        Consent(
            contact=contact,
            purpose=purpose,
            step=Consent.Step.ASKED,
            text_version=text,
            page="guides:request",
        )
        for purpose, text in wordings.items()
    )


def _today(contact: Contact) -> QuerySet[Delivery]:
    """Deliveries to this contact in the last 24 hours, unless canceled."""
    since = selectors.deliveries_since(timezone.now() - DAY)
    return since.filter(contact=contact).exclude(state=State.CANCELLED)
