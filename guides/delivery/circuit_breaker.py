"""A circuit breaker for the mail server, shared by all workers through one database row."""

import logging
from datetime import timedelta

from django.utils import timezone

from guides import selectors
from guides.models import MailServer

logger = logging.getLogger(__name__)

REMIND_AFTER = timedelta(hours=1)


def pause(*, reason: str) -> None:
    """Pauses all mail: the server refuses us, not a recipient. A new pause alerts immediately."""
    now = timezone.now()
    not_paused = MailServer.objects.filter(pk=MailServer.get_solo().pk, paused_since=None)
    not_paused.update(paused_since=now, told_at=None)
    MailServer.objects.update(reason=reason, probed_at=now)
    alert()


def resume() -> None:
    """Ends a pause, because the server accepted an email."""
    paused = MailServer.objects.exclude(paused_since=None)
    if paused.update(paused_since=None, reason=""):
        logger.warning("Mail is being sent again.")


def alert() -> None:
    """Logs a critical error if mail is paused or late: once, then at most once an hour."""
    status = selectors.mail_status()
    if status.troubled and _claim_alert():
        logger.critical(
            "%s The oldest due email has waited %d seconds.",
            _trouble(status),
            status.oldest_due.total_seconds(),
        )


def _trouble(status: selectors.MailStatus) -> str:
    if status.held_since:
        return "Mail is held since the restore. Release it: manage.py mail_release."
    if status.paused_since:
        return f"Mail is paused. {status.reason}"
    return "Mail is late. Is a worker running? Does the mail server answer?"


def _claim_alert() -> bool:
    """Whether this process may send the alert: none was sent within the last hour."""
    now = timezone.now()
    row = MailServer.get_solo()
    if row.told_at and row.told_at > now - REMIND_AFTER:
        return False
    return bool(MailServer.objects.filter(pk=row.pk, told_at=row.told_at).update(told_at=now))
