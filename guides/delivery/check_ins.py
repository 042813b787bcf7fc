"""Emails for the weekly check-in: one waits at a time, and queues the next before it goes out."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from guides import selectors
from guides.delivery import outbox
from guides.models import Consent, Contact, Delivery, DownloadLink
from guides.models.delivery import WAITS
from guides.reasons import TURNED_OFF
from guides.states import Kind, State

A_WEEK = 7


def check_in_begin(*, consent: Consent, link: DownloadLink) -> None:
    """Queues the first email for a yes, tomorrow at the earliest: its runner is here now."""
    if due := selectors.check_in_mail_at(link, days=1):
        outbox.delivery_add(delivery=_mail(consent, link, due=due, number=1))


def check_in_waits_until(delivery: Delivery) -> datetime | None:
    """When to look again: its runner has checked in meanwhile, moved the start, or isn't training.
    None if it may go out."""
    due = delivery.link and selectors.check_in_mail_at(delivery.link)
    return due if due and due > timezone.now() else None


def check_in_go_on(delivery: Delivery) -> None:
    """Queues next week's email, once, unless this one was stopped meanwhile. Before this one is
    handed over, so that no failure ends them."""
    with transaction.atomic():
        # A no is stored, and an erasure runs, while holding this.
        list(Contact.objects.select_for_update().filter(deliveries=delivery))
        claimed = Delivery.objects.filter(
            pk=delivery.pk, state=State.SENDING, lease_token=delivery.lease_token
        )
        if not claimed.exists() or delivery.link is None or delivery.consent is None:
            return
        if due := selectors.check_in_mail_at(delivery.link, days=A_WEEK):
            number = delivery.number + 1
            mail = _mail(delivery.consent, delivery.link, due=due, number=number)
            outbox.delivery_add(delivery=mail)


def check_in_move(*, contact: int, due: datetime) -> None:
    """The day of the next check-in has changed. What isn't right by then is put off."""
    waiting = Delivery.objects.filter(WAITS, contact=contact, kind=Kind.CHECK_IN)
    waiting.update(due_at=due, queued_at=due)


def check_in_end(*, contact: int) -> None:
    """Nothing is kept with the link any more."""
    mails = Delivery.objects.filter(contact=contact, kind=Kind.CHECK_IN)
    outbox.deliveries_cancel(deliveries=mails, reason=TURNED_OFF)


def _mail(consent: Consent, link: DownloadLink, *, due: datetime, number: int) -> Delivery:
    return outbox.mail_for(
        Kind.CHECK_IN,
        contact=consent.contact,
        due=due,
        dedupe_key=f"check_in:{consent.pk}:{number}",
        consent=consent,
        link=link,
        number=number,
    )
