"""The moves of one delivery: each a single statement that holds only for the row as it is known.

Written as SQL, since they are made for every mail: Django takes ten times as long to put such a
statement together as the database takes to run it.
"""

import logging
import random
import smtplib
import socket
import time
import uuid
from collections.abc import Iterator, Mapping
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
    OPEN,
    POISON_STRIKES,
    RETRY_AFTER,
    Kind,
    State,
    retry_at,
)

TABLE = Delivery._meta.db_table

Values = Mapping[str, Any]


def transition(pk: int, *, known: Values, new: Values, due: datetime | None = None) -> bool:
    """Change the row if it still is as it is known, and was `due` then. Whether it was."""
    sets = ", ".join(f"{name} = %s" for name in new)
    condition, values = _condition(pk, known)
    if due:
        condition, values = f"{condition} AND due_at <= %s", [*values, *_stored({"due_at": due})]
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {TABLE} SET {sets} WHERE {condition}", [*_stored(new), *values])  # noqa: S608 - names of our own
        return bool(cursor.rowcount)


def is_current(pk: int, *, known: Values) -> bool:
    """Whether the row is still as it is known."""
    condition, values = _condition(pk, known)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {TABLE} WHERE {condition}", values)  # noqa: S608 - names of our own
        return cursor.fetchone() is not None


def _condition(pk: int, known: Values) -> tuple[str, list[Any]]:
    empty = [f"{name} IS NULL" for name, value in known.items() if value is None]
    values = {name: value for name, value in known.items() if value is not None}
    equal = [f"{name} = %s" for name in values]
    return " AND ".join(["id = %s", *equal, *empty]), [pk, *_stored(values)]


def _stored(values: Values) -> list[Any]:
    """As this database keeps them."""
    field: Any = Delivery._meta.get_field
    return [field(name).get_db_prep_save(value, connection) for name, value in values.items()]


logger = logging.getLogger(__name__)


CANDIDATES = 50


LOOK_SECONDS = 1.0
"""How long rows that were looked for together may wait: who asks meanwhile comes before others."""


CLAIM_COMPARES = ("state", "attempts", "strikes", "lease_token", "lease_until")


LEASE_NEEDED = 1.5 * MAIL_DEADLINE


def claim() -> Delivery | None:
    """Take one row that is due or whose lease is over; None when there is none."""
    return next(claim_each(due_rows()), None)


def send(delivery: Delivery, connection: BaseEmailBackend) -> bool:
    """Hand over and settle one claimed delivery. True where it was taken.

    Raises PausedError when no mail can go out at all.
    """
    if not selectors.delivery_is_wanted(delivery):
        _settle(delivery, State.CANCELLED, reason="It was no longer wanted.")
        return False
    taken = _tell(delivery) if delivery.kind == Kind.NEWSLETTER else _mail(delivery, connection)
    if taken:
        _settle(delivery, State.SENT, sent_at=timezone.now(), reason="", strikes=0)
    return taken


def _mail(delivery: Delivery, connection: BaseEmailBackend) -> bool:
    try:
        message = messages.build(delivery)
        if not _still_mine(delivery):
            return False
        _hand_over(message, connection, delivery)
    except (smtplib.SMTPException, OSError, *esp.FAULTS) as error:
        _close(connection)
        _settle_fault(delivery, classify(error))
        return False
    except Exception as error:  # noqa: BLE001 - one mail that cannot be built must not stop the rest
        _close(connection)
        logger.error("Email %s cannot be built: %s", delivery.pk, type(error).__name__)  # noqa: TRY400 - a traceback could hold an address
        _settle_unbuilt(delivery, error)
        return False
    return True


def _tell(delivery: Delivery) -> bool:
    """Hand a consent to the newsletter tool."""
    if not _still_mine(delivery):
        return False
    try:
        newsletter.post(delivery)
    except newsletter.NewsletterRefusedError as error:
        _settle_untold(delivery, error)
        return False
    return True


def _settle_untold(delivery: Delivery, error: newsletter.NewsletterRefusedError) -> None:
    _settle_fault(delivery, DeliveryFault("refused" if error.final else "transient", str(error)))
    if error.silent:
        _newsletter_hold()
    failed = Delivery.objects.filter(pk=delivery.pk, state=State.FAILED)
    if delivery.erased_email and failed.exists():
        logger.error("The newsletter tool was not told of an erasure. See contacts_export.")


def _newsletter_hold() -> None:
    """Nobody answers there: all its rows wait for a minute."""
    later = timezone.now() + RETRY_AFTER[0]
    waiting = Delivery.objects.filter(WAITS, kind=Kind.NEWSLETTER)
    waiting.filter(due_at__lt=later).update(due_at=later)


def claim_each(rows: Iterator[Delivery]) -> Iterator[Delivery]:
    """Each is claimed when its turn comes, as it was seen."""
    for delivery in rows:
        if delivery.strikes >= POISON_STRIKES:
            _settle(delivery, State.FAILED, reason="It could not be sent in five tries.")
        elif _claim_row(delivery):
            yield delivery


def due_rows(only: Kind | None = None) -> Iterator[Delivery]:
    """Rows that were due a moment ago: many are looked for at once."""
    while candidates := _candidates(timezone.now(), only):
        random.shuffle(candidates)  # workers that look at once begin at different rows
        candidates.sort(key=lambda delivery: delivery.kind)
        stale = time.monotonic() + LOOK_SECONDS
        for delivery in candidates:
            yield delivery
            if time.monotonic() > stale:
                break


def _candidates(now: datetime, only: Kind | None = None) -> list[Delivery]:
    return selectors.deliveries_next(now, CANDIDATES, only)


def _claim_row(delivery: Delivery) -> bool:
    """Compare and swap: whoever changed the row since it was seen has it. One that was put off
    meanwhile waits."""
    now = timezone.now()
    seen = {name: getattr(delivery, name) for name in CLAIM_COMPARES}
    new = {
        "state": State.SENDING,
        "attempts": delivery.attempts + 1,
        "strikes": delivery.strikes + 1,
        "lease_token": uuid.uuid4().hex,
        "lease_until": now + LEASE,
    }
    return _move(delivery, seen, new, due=now)


def _still_mine(delivery: Delivery) -> bool:
    """Begin the hand-over, unless the row was cancelled, erased or taken over. A lease that was
    taken just now lasts; an older one is renewed."""
    now = timezone.now()
    lasts = delivery.lease_until and delivery.lease_until > now + LEASE_NEEDED
    held = {**_mine(delivery), "lease_until": delivery.lease_until}
    if lasts and is_current(delivery.pk, known=held):
        return True
    return _move(delivery, _mine(delivery), {"lease_until": now + LEASE})


def _settle(delivery: Delivery, state: State, **values: object) -> None:
    if state not in OPEN:
        values["erased_email"] = ""
    settled = {"state": state, "lease_token": "", "lease_until": None, **values}
    if not transition(delivery.pk, known=_mine(delivery), new=settled):
        logger.warning("Email %s was settled by someone else", delivery.pk)


def _settle_fault(delivery: Delivery, fault: DeliveryFault) -> None:
    if fault.kind == "refused":
        _settle(delivery, State.FAILED, reason=fault.reason)
    elif fault.kind == "transient":
        _settle_retry(delivery, fault.reason, strikes=0)
    else:
        # due_at stays, so that the age of the oldest due mail shows the pause.
        given_back = {"attempts": delivery.attempts - 1, "strikes": delivery.strikes - 1}
        _settle(delivery, State.RETRY, reason=fault.reason, **given_back)
        raise PausedError(fault.reason)


def _settle_unbuilt(delivery: Delivery, error: Exception) -> None:
    reason = f"It could not be put together ({type(error).__name__})."
    if delivery.strikes >= POISON_STRIKES:
        _settle(delivery, State.FAILED, reason=reason)
    else:
        _settle_retry(delivery, reason, strikes=delivery.strikes)


def _settle_retry(delivery: Delivery, reason: str, *, strikes: int) -> None:
    due = retry_at(
        attempts=delivery.attempts,
        queued_at=delivery.queued_at,
        now=timezone.now(),
        jitter=random.random(),  # noqa: S311 - spreads retries, protects nothing
    )
    if due is None:
        _settle(delivery, State.FAILED, reason=f"{reason} {GAVE_UP}")
    else:
        _settle(delivery, State.RETRY, due_at=due, reason=reason, strikes=strikes)


def _mine(delivery: Delivery) -> dict[str, object]:
    return {"state": delivery.state, "lease_token": delivery.lease_token}


def _move(delivery: Delivery, known: Values, new: Values, due: datetime | None = None) -> bool:
    moved = transition(delivery.pk, known=known, new=new, due=due)
    if moved:
        for name, value in new.items():
            setattr(delivery, name, value)
    return moved


def _hand_over(message: EmailMessage, connection: BaseEmailBackend, delivery: Delivery) -> None:
    with deadline(MAIL_DEADLINE.total_seconds(), partial(_cut, connection)):
        # Opened here, or a backend would close it behind each mail, and a fault in closing
        # would look like a mail that was not taken.
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
