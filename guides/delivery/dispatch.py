"""Claims, sends and settles one delivery. Each state transition is one compare-and-swap UPDATE.

The statements are raw SQL because they run for every email: the ORM takes ten times as long to
build one as the database takes to run it.
"""

import logging
import random
import smtplib
import socket
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.utils import timezone

from guides import selectors
from guides.delivery import newsletter
from guides.delivery.faults import DeliveryFault, PausedError, classify
from guides.mail import esp, messages
from guides.mail.deadline import deadline
from guides.models import Delivery
from guides.models.delivery import WAITS
from guides.states import (
    GAVE_UP,
    LEASE,
    MAIL_DEADLINE,
    ONE_A_DAY,
    ONE_MAIL_EVERY,
    OPEN,
    POISON_STRIKES,
    RETRY_AFTER,
    WITH_A_YES,
    Kind,
    State,
    retry_at,
)

logger = logging.getLogger(__name__)

TABLE = Delivery._meta.db_table
CANDIDATES = 50
BATCH_SECONDS = 1.0
"""How long a batch of candidates is used before the next query, so that a runner who is waiting for
a guide goes ahead of other mail."""
CLAIM_COMPARES = ("state", "attempts", "strikes", "lease_token", "lease_until")
LEASE_NEEDED = 1.5 * MAIL_DEADLINE

Values = Mapping[str, Any]


def transition(pk: int, *, known: Values, new: Values, due: datetime | None = None) -> bool:
    """Updates the row if it still has the `known` values, and is due at `due` if given. Returns
    whether it did."""
    sets = ", ".join(f"{name} = %s" for name in new)
    condition, values = _condition(pk, known)
    if due:
        condition, values = f"{condition} AND due_at <= %s", [*values, *_db_values({"due_at": due})]
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {TABLE} SET {sets} WHERE {condition}", [*_db_values(new), *values])  # noqa: S608 - our own names
        return bool(cursor.rowcount)


def is_current(pk: int, *, known: Values) -> bool:
    """Whether the row still has the `known` values."""
    condition, values = _condition(pk, known)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {TABLE} WHERE {condition}", values)  # noqa: S608 - our own names
        return cursor.fetchone() is not None


def _condition(pk: int, known: Values) -> tuple[str, list[Any]]:
    empty = [f"{name} IS NULL" for name, value in known.items() if value is None]
    values = {name: value for name, value in known.items() if value is not None}
    equal = [f"{name} = %s" for name in values]
    return " AND ".join(["id = %s", *equal, *empty]), [pk, *_db_values(values)]


def _db_values(values: Values) -> list[Any]:
    """The values as this database stores them."""
    field: Any = Delivery._meta.get_field
    return [field(name).get_db_prep_save(value, connection) for name, value in values.items()]


def send(delivery: Delivery, connection: BaseEmailBackend) -> bool:
    """Hands over and settles one claimed delivery. True if it was accepted.

    Raises PausedError if no mail can be sent at all.
    """
    if not selectors.delivery_is_active(delivery):
        _settle(delivery, State.CANCELLED, reason="It wasn't wanted anymore.")
        return False
    if delivery.kind in WITH_A_YES and (others := selectors.mails_lately(delivery)):
        _put_off(delivery, others)
        return False
    is_newsletter = delivery.kind == Kind.NEWSLETTER
    accepted = _post_consent(delivery) if is_newsletter else _send_mail(delivery, connection)
    if accepted:
        _settle(delivery, State.SENT, sent_at=timezone.now(), reason="", strikes=0)
    return accepted


def _put_off(delivery: Delivery, others: Sequence[datetime | None]) -> None:
    """Lets an email wait until its reader has had none for a day.

    Every worker looks for other emails after its own claim is stored. So of two that meet, one or
    both see the other and wait; at random, or they'd meet again.
    """
    soon = timezone.now() + RETRY_AFTER[0] * (1 + random.random())  # noqa: S311 - not a secret
    due = max(sent_at + ONE_MAIL_EVERY if sent_at else soon for sent_at in others)
    uncounted = {"attempts": delivery.attempts - 1, "strikes": delivery.strikes - 1}
    _settle(delivery, State.RETRY, due_at=due, queued_at=due, reason=ONE_A_DAY, **uncounted)


def _send_mail(delivery: Delivery, connection: BaseEmailBackend) -> bool:
    try:
        message = messages.build(delivery)
        if not _ensure_lease(delivery):
            return False
        _hand_over(message, connection, delivery)
    except (smtplib.SMTPException, OSError, *esp.FAULTS) as error:
        _close(connection)
        _settle_fault(delivery, classify(error))
        return False
    except Exception as error:  # noqa: BLE001 - one email that cannot be built must not stop the rest
        _close(connection)
        logger.error("Email %s cannot be built: %s", delivery.pk, type(error).__name__)  # noqa: TRY400 - a traceback could hold an address
        _settle_build_error(delivery, error)
        return False
    return True


def _post_consent(delivery: Delivery) -> bool:
    """Posts a consent to the newsletter tool."""
    if not _ensure_lease(delivery):
        return False
    try:
        newsletter.post(delivery)
    except newsletter.NewsletterRefusedError as error:
        _settle_newsletter_error(delivery, error)
        return False
    return True


def _settle_newsletter_error(delivery: Delivery, error: newsletter.NewsletterRefusedError) -> None:
    _settle_fault(delivery, DeliveryFault("refused" if error.final else "transient", str(error)))
    if error.silent:
        _postpone_newsletter()
    failed = Delivery.objects.filter(pk=delivery.pk, state=State.FAILED)
    if delivery.erased_email and failed.exists():
        logger.error("Cannot report an erasure to the newsletter tool. See contacts_export.")


def _postpone_newsletter() -> None:
    """Postpones all newsletter rows by a minute, because the tool doesn't answer."""
    later = timezone.now() + RETRY_AFTER[0]
    waiting = Delivery.objects.filter(WAITS, kind=Kind.NEWSLETTER)
    waiting.filter(due_at__lt=later).update(due_at=later)


def claim_rows(rows: Iterator[Delivery]) -> Iterator[Delivery]:
    """Claims rows one at a time, and skips those that have changed since they were read."""
    for delivery in rows:
        if delivery.strikes >= POISON_STRIKES:
            _settle(delivery, State.FAILED, reason="It couldn't be sent in five tries.")
        elif _claim_row(delivery):
            yield delivery


def due_rows(only: Kind | None = None) -> Iterator[Delivery]:
    """Rows that are due or were a moment ago, read in batches."""
    while candidates := _candidates(timezone.now(), only):
        random.shuffle(candidates)  # so that concurrent workers start at different rows
        candidates.sort(key=lambda delivery: delivery.kind)
        stale = time.monotonic() + BATCH_SECONDS
        for delivery in candidates:
            yield delivery
            if time.monotonic() > stale:
                break


def _candidates(now: datetime, only: Kind | None = None) -> list[Delivery]:
    return selectors.deliveries_next(now, CANDIDATES, only)


def _claim_row(delivery: Delivery) -> bool:
    """Claims the row by compare-and-swap. Fails if the row has changed since it was read, or is no
    longer due."""
    now = timezone.now()
    seen = {name: getattr(delivery, name) for name in CLAIM_COMPARES}
    new = {
        "state": State.SENDING,
        "attempts": delivery.attempts + 1,
        "strikes": delivery.strikes + 1,
        "lease_token": uuid.uuid4().hex,
        "lease_until": now + LEASE,
    }
    return _update(delivery, seen, new, due=now)


def _ensure_lease(delivery: Delivery) -> bool:
    """Whether this worker still owns the row: it wasn't canceled, erased or taken over. Renews a
    lease that is too short for the hand-over."""
    now = timezone.now()
    lasts = delivery.lease_until and delivery.lease_until > now + LEASE_NEEDED
    known = {**_own_lease(delivery), "lease_until": delivery.lease_until}
    if lasts and is_current(delivery.pk, known=known):
        return True
    return _update(delivery, _own_lease(delivery), {"lease_until": now + LEASE})


def _settle(delivery: Delivery, state: State, **values: object) -> None:
    if state not in OPEN:
        values["erased_email"] = ""
    settled = {"state": state, "lease_token": "", "lease_until": None, **values}
    if not transition(delivery.pk, known=_own_lease(delivery), new=settled):
        logger.warning("Email %s was settled by someone else", delivery.pk)


def _settle_fault(delivery: Delivery, fault: DeliveryFault) -> None:
    if fault.kind == "refused":
        _settle(delivery, State.FAILED, reason=fault.reason)
    elif fault.kind == "transient":
        _settle_retry(delivery, fault.reason, strikes=0)
    else:
        # due_at stays as it is, so that the age of the oldest due email includes the pause.
        uncounted = {"attempts": delivery.attempts - 1, "strikes": delivery.strikes - 1}
        _settle(delivery, State.RETRY, reason=fault.reason, **uncounted)
        raise PausedError(fault.reason)


def _settle_build_error(delivery: Delivery, error: Exception) -> None:
    reason = f"It couldn't be put together ({type(error).__name__})."
    if delivery.strikes >= POISON_STRIKES:
        _settle(delivery, State.FAILED, reason=reason)
    else:
        _settle_retry(delivery, reason, strikes=delivery.strikes)


def _settle_retry(delivery: Delivery, reason: str, *, strikes: int) -> None:
    due = retry_at(
        attempts=delivery.attempts,
        queued_at=delivery.queued_at,
        now=timezone.now(),
        jitter=random.random(),  # noqa: S311 - retry jitter, not a secret
    )
    if due is None:
        _settle(delivery, State.FAILED, reason=f"{reason} {GAVE_UP}")
    else:
        _settle(delivery, State.RETRY, due_at=due, reason=reason, strikes=strikes)


def _own_lease(delivery: Delivery) -> dict[str, object]:
    return {"state": delivery.state, "lease_token": delivery.lease_token}


def _update(delivery: Delivery, known: Values, new: Values, due: datetime | None = None) -> bool:
    """A transition that also updates the instance."""
    updated = transition(delivery.pk, known=known, new=new, due=due)
    if updated:
        for name, value in new.items():
            setattr(delivery, name, value)
    return updated


def _hand_over(message: EmailMessage, connection: BaseEmailBackend, delivery: Delivery) -> None:
    with deadline(MAIL_DEADLINE.total_seconds(), partial(_cut, connection)):
        # Opened here, or the backend would close it after each email, and an error on closing
        # would look like an email that was not accepted.
        connection.open()
        esp.hand_over(message, connection, delivery=delivery.pk)


def _cut(connection: BaseEmailBackend) -> None:
    esp.cut(connection)
    session = getattr(connection, "connection", None)
    if isinstance(session, smtplib.SMTP) and session.sock:
        with suppress(OSError):
            session.sock.shutdown(socket.SHUT_RDWR)


def _close(connection: BaseEmailBackend) -> None:
    with suppress(smtplib.SMTPException, OSError):
        connection.close()
