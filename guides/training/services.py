"""Keeps what a runner did with their link, once they said so."""

from collections.abc import Callable
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from assessments.submissions.request_limits import Limit, request_take
from guides import selectors
from guides.content.training import Record, merged, record_text
from guides.delivery.check_ins import check_in_end, check_in_move
from guides.models import Contact, DownloadLink, Training

TAPS_HOUR = 120
"""For one link. A session has about ten taps, of which one is sent."""


def training_limit(*, link: DownloadLink) -> None:
    """Counts a tap. Raises LimitReachedError if there were too many in this hour."""
    request_take(limits=[Limit("training", str(link.pk), TAPS_HOUR)])


def training_keep(*, link: DownloadLink, record: Record, words: str) -> Record | None:
    """The runner said yes to `words`: keeps the record from now on. Merged with what's there
    already. None if the contact was erased meanwhile."""
    with transaction.atomic():
        # Until commit, as everything that creates or erases what's about the contact.
        contact = Contact.objects.select_for_update().filter(pk=link.contact_id).first()
        if contact is None:
            return None
        kept = DownloadLink.objects.select_related("training").get(pk=link.pk).training
        if kept is None:
            kept = Training.objects.create(contact=contact, record=record_text(record), words=words)
            same = Q(pk=link.pk)
            if link.submission_id:
                same |= Q(contact=contact, submission=link.submission_id, profile=link.profile)
            DownloadLink.objects.filter(same, training=None).update(training=kept)
            return record
    return training_change(training=kept, change=partial(merged, record))


def training_change(*, training: Training, change: Callable[[Record], Record]) -> Record | None:
    """Changes the record by compare-and-swap: whoever comes second changes what the first one
    stored. None if it isn't kept any more."""
    row: Training | None = training
    while row:
        changed = change(row.parsed)
        text = record_text(changed)
        if text == row.record:
            return changed
        same = Training.objects.filter(pk=row.pk, revision=row.revision)
        if same.update(record=text, revision=row.revision + 1, changed_at=timezone.now()):
            _check_in_follow(row, changed)
            return changed
        row = Training.objects.filter(pk=row.pk).first()
    return None


def training_forget(*, training: Training) -> None:
    """Deletes what was kept. What the browser has stays there."""
    check_in_end(contact=training.contact_id)
    Training.objects.filter(pk=training.pk).delete()


def _check_in_follow(before: Training, record: Record) -> None:
    """Moves the email for the next check-in with it."""
    due = selectors.check_in_at(record)
    if due and due != selectors.check_in_at(before.parsed):
        check_in_move(contact=before.contact_id, due=due)
