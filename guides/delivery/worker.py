"""Claim, send, settle, drain: how a delivery row becomes a mail.

Every move is one conditional UPDATE that must change exactly one row. The hand-over to the mail
server is outside any transaction. What is promised: at-least-once until 48 hours or a refusal,
with at most one duplicate for each crash between the server's 250 and our commit.
"""

import logging
import random
import smtplib
import socket
import ssl
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Literal, NamedTuple

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connections
from django.utils import timezone

from guides import selectors
from guides.delivery import circuit_breaker, newsletter, outbox
from guides.delivery.dispatch import Values, row_move, row_stands
from guides.delivery.thread_pool import Lanes, Shared
from guides.mail import esp, messages
from guides.mail.connection import deadline, line_of_thread
from guides.models import Delivery
from guides.models.delivery import WAITS
from guides.states import (
    GAVE_UP,
    LEASE,
    MAIL_DEADLINE,
    OPEN,
    POISON_STRIKES,
    RETRY_AFTER,
    UNREACHED,
    Kind,
    State,
    retry_at,
)

logger = logging.getLogger(__name__)

DRAIN_SECONDS = 20
PROBE_EVERY = 15.0
"""Seconds between two tries while the mail server refuses us; beat's own pace."""
TELL_SECONDS = 5.0
"""How long a drain that met a refusal goes on with the newsletter tool, which is another road."""
CANDIDATES = 50
LOOK_SECONDS = 1.0
"""How long rows that were looked for together may wait: who asks meanwhile comes before others."""
CLAIM_COMPARES = ("state", "attempts", "strikes", "lease_token", "lease_until")
LEASE_NEEDED = 1.5 * MAIL_DEADLINE

SIGN_IN_REFUSED = "The mail server refused our sign-in. Is the password in EMAIL_URL right?"
TLS_REFUSED = "The mail server's TLS or certificate cannot be used. Is EMAIL_URL right?"
SENDER_REFUSED = "The mail server refused the sender. Is the address under Practice right?"


class PausedError(Exception):
    """The mail server refuses us, not a recipient: nothing can go out until it is mended."""


@dataclass(frozen=True)
class Fault:
    """Why a hand-over failed: what follows, and the reason in the PT's words."""

    kind: Literal["transient", "refused", "configuration"]
    reason: str


class Drained(NamedTuple):
    sent: int
    paused: bool


def drain(*, seconds: float = DRAIN_SECONDS) -> Drained:
    """Send what is due until nothing is, the time is up, or the mail server refuses us."""
    outbox.hint_forget()
    work = _Drain(seconds)
    try:
        work.lanes.run()
    except PausedError as error:
        circuit_breaker.pause(reason=str(error))
        outbox.hints_hold(PROBE_EVERY)
        until = time.monotonic() + min(seconds, TELL_SECONDS)
        told = _claims(_seen(Kind.NEWSLETTER), until)
        also = sum(send(each, line_of_thread()) for each in told)
        return Drained(sum(work.taken) + also, paused=True)
    more = _more_is_due()
    if more:
        outbox.hint()
    if more or not all(work.taken):
        circuit_breaker.alert()
    return Drained(sum(work.taken), paused=False)


class _Drain:
    """Lanes that send what is due, each over a line of its own, one mail at a time."""

    def __init__(self, seconds: float) -> None:
        self.until = time.monotonic() + seconds
        self.rows = Shared(_seen())
        self.lanes = Lanes(self.lane, settings.MAIL_AT_ONCE, leave=_leave)
        self.taken: list[bool] = []
        """Of each that was claimed: whether it was taken."""
        self.server_takes_mail = False

    def lane(self) -> None:
        line = line_of_thread()
        try:
            for delivery in _claims(self.rows, self.until):
                taken = send(delivery, line)
                self.taken.append(taken)
                if taken and delivery.kind != Kind.NEWSLETTER and not self.server_takes_mail:
                    self.server_takes_mail = True
                    self._widen()
        except BaseException:
            self.rows.end()
            raise
        finally:
            line.close_if_spent()

    def _widen(self) -> None:
        circuit_breaker.resume()
        if _more_is_due():
            self.lanes.widen()
            outbox.hint()  # a backlog: let another worker help


def _leave() -> None:
    line_of_thread().close()
    connections.close_all()  # this thread's own


def claim() -> Delivery | None:
    """Take one row that is due or whose lease is over; None when there is none."""
    return next(_claimed(_seen()), None)


def send(delivery: Delivery, connection: BaseEmailBackend) -> bool:
    """Hand over and settle one claimed delivery. True where it was taken.

    Raises PausedError when no mail can go out at all.
    """
    if not selectors.delivery_wanted(delivery):
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
    except newsletter.NotTakenError as error:
        _settle_untold(delivery, error)
        return False
    return True


def _settle_untold(delivery: Delivery, error: newsletter.NotTakenError) -> None:
    _settle_fault(delivery, Fault("refused" if error.final else "transient", str(error)))
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


def classify(error: Exception) -> Fault:
    """What a failed hand-over means. What is not known to be final is tried again."""
    verdict = esp.verdict(error)
    return Fault(*verdict) if verdict else _classify_smtp(error)


def _classify_smtp(error: Exception) -> Fault:
    code = _code(error)
    permanent = 500 <= code < 600
    match error:
        case smtplib.SMTPAuthenticationError() | smtplib.SMTPNotSupportedError():
            return Fault("configuration", SIGN_IN_REFUSED)
        case ssl.SSLError() if _is_lasting(error):
            return Fault("configuration", TLS_REFUSED)
        case smtplib.SMTPSenderRefused() if permanent:
            return Fault("configuration", SENDER_REFUSED)
        case smtplib.SMTPRecipientsRefused() | smtplib.SMTPDataError() if permanent:
            return Fault("refused", f"The mail server refused this address or mail ({code}).")
        case smtplib.SMTPResponseException() | smtplib.SMTPRecipientsRefused():
            return Fault("transient", f"The mail server asked us to wait ({code}).")
        case _:
            return Fault("transient", UNREACHED)


def _claims(rows: Iterator[Delivery], until: float) -> Iterator[Delivery]:
    claimed = _claimed(rows)
    while time.monotonic() < until and _may_go(until) and (delivery := next(claimed, None)):
        yield delivery


def _claimed(rows: Iterator[Delivery]) -> Iterator[Delivery]:
    """Each is claimed when its turn comes, as it was seen."""
    for delivery in rows:
        if delivery.strikes >= POISON_STRIKES:
            _settle(delivery, State.FAILED, reason="It could not be sent in five tries.")
        elif _claim_row(delivery):
            yield delivery


def _seen(only: Kind | None = None) -> Iterator[Delivery]:
    """Rows that were due a moment ago: many are looked for at once."""
    while candidates := _candidates(timezone.now(), only):
        random.shuffle(candidates)  # workers that look at once begin at different rows
        candidates.sort(key=lambda delivery: delivery.kind)
        stale = time.monotonic() + LOOK_SECONDS
        for delivery in candidates:
            yield delivery
            if time.monotonic() > stale:
                break


def _may_go(until: float) -> bool:
    """Where the pace is limited, wait for a slot, before any lease runs."""
    return not settings.MAIL_PER_SECOND or (_more_is_due() and circuit_breaker.slot_take(until))


def _more_is_due() -> bool:
    return selectors.delivery_is_due(timezone.now())


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
    if lasts and row_stands(delivery.pk, known=held):
        return True
    return _move(delivery, _mine(delivery), {"lease_until": now + LEASE})


def _settle(delivery: Delivery, state: State, **values: object) -> None:
    if state not in OPEN:
        values["erased_email"] = ""
    settled = {"state": state, "lease_token": "", "lease_until": None, **values}
    if not row_move(delivery.pk, known=_mine(delivery), new=settled):
        logger.warning("Email %s was settled by someone else", delivery.pk)


def _settle_fault(delivery: Delivery, fault: Fault) -> None:
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
    moved = row_move(delivery.pk, known=known, new=new, due=due)
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


def _is_lasting(error: ssl.SSLError) -> bool:
    """A wrong certificate, or no TLS on this port; any other break in TLS may pass."""
    untrusted = isinstance(error, ssl.SSLCertVerificationError)
    return untrusted or getattr(error, "reason", "") == "WRONG_VERSION_NUMBER"


def _code(error: Exception) -> int:
    """The SMTP reply code behind an error, 0 where there was none."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            return int(max(code for code, _ in error.recipients.values()))
        case smtplib.SMTPResponseException():
            return int(error.smtp_code)
        case _:
            return 0
