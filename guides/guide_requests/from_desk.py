"""The guide, sent again by the PT."""

from enum import Enum

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from guides import selectors
from guides.delivery import outbox
from guides.email_addresses import address_mask
from guides.guide_requests.limits import DESK, limits_check
from guides.guide_requests.records import Inbox, link_again
from guides.guide_requests.services import MAILS_PER_DAY, RESEND_AFTER
from guides.models import Contact, Delivery, DownloadLink
from guides.states import OPEN, Kind, State


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
    limits_check(network=DESK, email=contact.email)
    with transaction.atomic():
        inbox = Inbox(contact.email)
        locked = inbox.contact
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
        if inbox.today().count() >= MAILS_PER_DAY:
            return DeskSend.ENOUGH_TODAY
        new = link_again(locked, last.link)
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
        dedupe_key=f"desk:{link.pk}",
    )
    outbox.delivery_add(delivery=delivery)
