"""Queues the emails about versions that were wrong, in batches, each in a transaction of its own.

A batch holds the recall's row, so two workers never queue the same, and whoever takes the mark back
waits for it. It commits how far it got with what it queued, so nothing is left out or sent twice
after a crash.
"""

import time
from collections.abc import Iterable, Mapping
from itertools import chain

from django.db import transaction
from django.utils import timezone

from guides import selectors
from guides.delivery import outbox
from guides.email_addresses import address_mask
from guides.models import Contact, Delivery, DownloadLink, Recall, Suppression
from guides.reasons import SUPPRESSED, WRONG
from guides.states import WITH_A_YES, Kind, State

SECONDS = 2.0
"""After this long, the rest is left to the next call: mail waits in the same process."""
BATCH = 500


def recalls_queue(*, seconds: float = SECONDS) -> None:
    """Queue emails until every link was looked at, or time is over. One query if there's none."""
    stop = time.monotonic() + seconds
    for pk in selectors.recalls_to_queue():
        while time.monotonic() < stop and batch_queue(pk=pk):
            pass


@transaction.atomic
def batch_queue(*, pk: int) -> bool:
    """Look at the next links; returns whether there are more. The number of queries is constant."""
    waiting = Recall.objects.select_for_update().filter(pk=pk, done_at=None, ended_at=None)
    recall = waiting.first()
    if recall is None:
        return False
    keys = selectors.links_before(recall.links_up_to, BATCH)
    if links := selectors.links_recalled(recall, keys) if keys else []:
        recall.queued += _queue(recall, [link for link, has_guide in links if has_guide])
        if recall.edition_id:
            _stop_mails([link for link, _ in links])
    recall.links_up_to = keys[-1] - 1 if keys else 0
    if len(keys) < BATCH:
        recall.done_at = timezone.now()
        recall.without_address = selectors.results_without_address(recall)
    recall.save()
    return recall.done_at is None


def _queue(recall: Recall, links: Iterable[DownloadLink]) -> int:
    """Queue one email for each contact, for their newest link. Who wants no
    email gets a canceled row, so that they're counted. Returns how many rows are new."""
    newest: dict[int, DownloadLink] = {}
    for link in links:
        newest.setdefault(link.contact_id, link)
    # Locked in a fixed order, as where one is erased: its row then goes with it.
    contacts = Contact.objects.select_for_update().filter(pk__in=newest).order_by("pk").in_bulk()
    new = contacts.keys() - selectors.contacts_told(recall, contacts)
    refused = _suppressed({pk: contacts[pk] for pk in new})
    deliveries = [
        Delivery(
            kind=Kind.RECALL,
            recall=recall,
            contact=contacts[pk],
            link=newest[pk],
            masked_email=address_mask(contacts[pk].email),
            dedupe_key=f"recall:{recall.pk}:{pk}",
            state=State.CANCELLED if pk in refused else State.QUEUED,
            reason=SUPPRESSED if pk in refused else "",
        )
        for pk in sorted(new)
    ]
    if deliveries:
        outbox.deliveries_add(deliveries=deliveries)
    return len(deliveries)


def _suppressed(contacts: Mapping[int, Contact]) -> set[int]:
    """Those of them who want no email, in one query."""
    hashes = {pk: selectors.suppression_hashes(contact.email) for pk, contact in contacts.items()}
    known = Suppression.objects.filter(address_hmac__in=chain(*hashes.values())).order_by()
    found = {*known.values_list("address_hmac", flat=True)}
    return {pk for pk, own in hashes.items() if found.intersection(own)}


def _stop_mails(links: Iterable[DownloadLink]) -> None:
    """Cancel what still waits for answers that today's version stops, as a safety stop does. The
    reason doesn't reveal it."""
    by_key = {link.pk: link for link in links}
    waiting = selectors.mails_waiting(by_key.values(), {Kind.GUIDE, *WITH_A_YES})
    rows = waiting.values_list("pk", "contact", "link")
    stopped = [row for row in rows if selectors.stops_now(by_key.get(row[2]))]
    if stopped:
        mails = Delivery.objects.filter(pk__in=[pk for pk, _, _ in stopped])
        followed = Delivery.objects.filter(
            contact__in={contact for _, contact, _ in stopped}, kind__in=WITH_A_YES
        )
        outbox.deliveries_cancel(deliveries=mails, reason=WRONG)
        outbox.deliveries_cancel(deliveries=followed, reason=WRONG)
