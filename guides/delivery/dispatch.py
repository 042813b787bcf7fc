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
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.utils import timezone

from guides import reasons, selectors
from guides.delivery import newsletter, posting
from guides.delivery.check_ins import check_in_go_on, check_in_waits_until
from guides.delivery.faults import DeliveryFault, PausedError, classify
from guides.delivery.webhooks import sending as webhooks
from guides.mail import esp, messages
from guides.mail.deadline import deadline
from guides.models import Delivery
from guides.models.delivery import WAITS
from guides.states import (
    LEASE,
    MAIL_DEADLINE,
    ONE_MAIL_EVERY,
    OPEN,
    POISON_STRIKES,
    POSTS,
    RETRY_AFTER,
    WITH_A_YES,
    Kind,
    State,
    retry_at,
)
from runfit.lib.messages import message

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
        _settle(delivery, State.CANCELLED, reason=reasons.NOT_WANTED)
        return False
    if delivery.kind in WITH_A_YES and (others := selectors.mails_lately(delivery)):
        _put_off(delivery, others)
        return False
    if delivery.kind == Kind.CHECK_IN:
        if due := check_in_waits_until(delivery):
            _wait(delivery, due, reasons.NOT_YET)
            return False
        check_in_go_on(delivery)
    accepted = _post(delivery) if delivery.kind in POSTS else _send_mail(delivery, connection)
    if accepted:
        logger.info("Sent email %s", delivery.trace)
        _settle(delivery, State.SENT, sent_at=timezone.now(), reason="", strikes=0)
    return accepted


def _put_off(delivery: Delivery, others: Sequence[datetime | None]) -> None:
    """Lets an email wait until its reader has had none for a day.

    Every worker looks for other emails after its own claim is stored. So of two that meet, one or
    both see the other and wait; at random, or they'd meet again.
    """
    soon = timezone.now() + RETRY_AFTER[0] * (1 + random.random())  # noqa: S311 - not a secret
    due = max(sent_at + ONE_MAIL_EVERY if sent_at else soon for sent_at in others)
    _wait(delivery, due, reasons.ONE_A_DAY)


def _wait(delivery: Delivery, due: datetime, reason: str) -> None:
    """Puts it off as if it had been queued for then."""
    uncounted = {"attempts": delivery.attempts - 1, "strikes": delivery.strikes - 1}
    _settle(delivery, State.RETRY, due_at=due, queued_at=due, reason=reason, **uncounted)


def _send_mail(delivery: Delivery, connection: BaseEmailBackend) -> bool:
    try:
        message = messages.build(delivery)
        if not _ensure_lease(delivery):
            return False
        hand_over(message, connection, delivery=delivery.pk)
    except (smtplib.SMTPException, OSError, *esp.FAULTS) as error:
        _close(connection)
        _settle_fault(delivery, classify(error))
        return False
    except Exception as error:  # noqa: BLE001 - one email that cannot be built must not stop the rest
        _close(connection)
        _settle_build_error(delivery, error)
        return False
    return True


def _post(delivery: Delivery) -> bool:
    """Posts to a tool of the PT's."""
    if not _ensure_lease(delivery):
        return False
    post = webhooks.post if delivery.kind == Kind.WEBHOOK else newsletter.post
    try:
        post(delivery)
    except posting.PostRefusedError as error:
        _settle_refused_post(delivery, error)
        return False
    except Exception as error:  # noqa: BLE001 - as for an email
        _settle_build_error(delivery, error)
        return False
    return True


def _settle_refused_post(delivery: Delivery, error: posting.PostRefusedError) -> None:
    _settle_fault(delivery, DeliveryFault("refused" if error.final else "transient", str(error)))
    if not error.status:
        _postpone_posts(delivery)
    failed = Delivery.objects.filter(pk=delivery.pk, state=State.FAILED)
    if delivery.erased_email and failed.exists():
        logger.error("Cannot report an erasure to a tool. See contacts_export.")


def _postpone_posts(silent: Delivery) -> None:
    """Postpones all rows for the same tool by a minute, because it doesn't answer."""
    later = timezone.now() + RETRY_AFTER[0]
    waiting = Delivery.objects.filter(WAITS, kind=silent.kind, endpoint=silent.endpoint_id)
    waiting.filter(due_at__lt=later).update(due_at=later)


def claim_rows(rows: Iterator[Delivery]) -> Iterator[Delivery]:
    """Claims rows one at a time, and skips those that have changed since they were read."""
    for delivery in rows:
        if delivery.strikes >= POISON_STRIKES:
            _settle(delivery, State.FAILED, reason=reasons.FIVE_TRIES)
        elif _claim_row(delivery):
            yield delivery


def due_rows(only: Collection[Kind] = tuple(Kind)) -> Iterator[Delivery]:
    """Rows that are due or were a moment ago, read in batches."""
    while candidates := _candidates(timezone.now(), only):
        random.shuffle(candidates)  # so that concurrent workers start at different rows
        candidates.sort(key=lambda delivery: delivery.kind)
        stale = time.monotonic() + BATCH_SECONDS
        for delivery in candidates:
            yield delivery
            if time.monotonic() > stale:
                break


def _candidates(now: datetime, only: Collection[Kind] = tuple(Kind)) -> list[Delivery]:
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
    # Without the traceback, which could hold an address.
    logger.error("Email %s cannot be built: %s", delivery.pk, type(error).__name__)
    reason = message(reasons.NOT_BUILT, error=type(error).__name__)
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
        _settle(delivery, State.FAILED, reason=message(reasons.AND_GAVE_UP, reason=reason))
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


def hand_over(
    message: EmailMessage, connection: BaseEmailBackend, *, delivery: int | None = None
) -> None:
    """Within the deadline. Raises what the connection does."""
    with deadline(MAIL_DEADLINE.total_seconds(), partial(_cut, connection)):
        # Opened here, or the backend would close it after each email, and an error on closing
        # would look like an email that was not accepted.
        connection.open()
        esp.hand_over(message, connection, delivery=delivery)


def _cut(connection: BaseEmailBackend) -> None:
    esp.cut(connection)
    session = getattr(connection, "connection", None)
    if isinstance(session, smtplib.SMTP) and session.sock:
        with suppress(OSError):
            session.sock.shutdown(socket.SHUT_RDWR)


def _close(connection: BaseEmailBackend) -> None:
    with suppress(smtplib.SMTPException, OSError):
        connection.close()
