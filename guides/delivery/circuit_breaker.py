"""What all workers remember together of the mail server: paused or not, who was told, the pace."""

import logging
from datetime import timedelta

from django.utils import timezone

from guides import selectors
from guides.models import MailServer

logger = logging.getLogger(__name__)

REMIND_AFTER = timedelta(hours=1)


def pause(*, reason: str) -> None:
    """The mail server refuses us, not a recipient. The first to meet that tells at once."""
    now = timezone.now()
    begins = MailServer.objects.filter(pk=MailServer.get_solo().pk, paused_since=None)
    begins.update(paused_since=now, told_at=None)
    MailServer.objects.update(reason=reason, probed_at=now)
    alert()


def resume() -> None:
    """It took a mail."""
    paused = MailServer.objects.exclude(paused_since=None)
    if paused.update(paused_since=None, reason=""):
        logger.warning("Mail goes out again.")


def alert() -> None:
    """Where mail is paused or late, tell who runs the site: once, then at most once an hour."""
    standing = selectors.mail_status()
    if standing.troubled and _may_tell():
        late = "Mail is late. Is a worker running, does the mail server answer?"
        logger.critical(
            "%s The oldest that is due has waited %d seconds.",
            f"Mail is paused. {standing.reason}" if standing.paused_since else late,
            standing.oldest_due.total_seconds(),
        )


def _may_tell() -> bool:
    now = timezone.now()
    row = MailServer.get_solo()
    if row.told_at and row.told_at > now - REMIND_AFTER:
        return False
    return bool(MailServer.objects.filter(pk=row.pk, told_at=row.told_at).update(told_at=now))
