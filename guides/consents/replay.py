"""Erases again, after a restore, who was erased since the copy was made; and says no again."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from assessments.submissions.erasures import Erased, answers_hmac, erasures_read
from assessments.submissions.services import submission_tokens, submissions_delete
from guides.consents.refusals import refusals_replay
from guides.email_addresses import address_hmac
from guides.mail import file_backend
from guides.models import Contact, Delivery, Suppression

BATCH = 500

Times = Mapping[str, datetime]
"""By keyed hash, when it was erased last."""


class Replayed(NamedTuple):
    addresses: int
    answers: int
    refusals: int


def erasures_replay(*, path: Path) -> Replayed:
    """Erases what the list names, unless it came after that, and says no again. Idempotent."""
    times: dict[Erased, dict[str, datetime]] = {what: {} for what in Erased}
    noted = list(erasures_read(path))
    for erasure in noted:
        if isinstance(erasure.what, Erased):
            times[erasure.what][erasure.hmac] = erasure.at
    addresses = {**times[Erased.OTHER_ADDRESS], **times[Erased.ADDRESS]}
    _suppress({**times[Erased.INBOX], **times[Erased.ADDRESS]})
    erased = _erase_contacts(addresses), _erase_answers(times[Erased.ANSWERS])
    return Replayed(*erased, refusals_replay(noted))


def _suppress(times: Times) -> None:
    """Also of who isn't in the copy at all. Whoever unsubscribed before has now been erased."""
    erased = Suppression.Reason.ERASED
    Suppression.objects.filter(address_hmac__in=[*times]).update(reason=erased)
    Suppression.objects.bulk_create(
        (Suppression(address_hmac=hmac, reason=erased, at=at) for hmac, at in times.items()),
        batch_size=BATCH,
        ignore_conflicts=True,
    )


def _erase_contacts(times: Times) -> int:
    erased = 0
    for contact in _batches(Contact.objects.all()):
        at = times.get(address_hmac(contact.email))
        if at and contact.created_at <= at:
            contact.delete()
            file_backend.erase(contact.email)
            erased += 1
    return erased


def _erase_answers(times: Times) -> int:
    pks = [
        pk
        for pk, token, created_at in submission_tokens()
        if (at := times.get(answers_hmac(token))) and created_at <= at
    ]
    with transaction.atomic():
        Delivery.objects.filter(submission__in=pks, contact=None).delete()
        return submissions_delete(pks=pks)


def _batches(rows: "QuerySet[Any]") -> Iterator[Any]:
    """All rows, in batches that hold no cursor open between them."""
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield from batch
        last = batch[-1].pk
