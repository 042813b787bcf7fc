"""All mail is held after a restore, until somebody releases it.

What was due when the tables were copied may have gone out since: nobody can know. Those emails are
marked, and whoever releases mail decides about them.
"""

from django.db import transaction
from django.utils import timezone

from guides import selectors
from guides.delivery import outbox
from guides.delivery.news import news_stop
from guides.models import Delivery, MailServer, NewsEmail
from guides.models.news import GOING_OUT
from guides.reasons import MAYBE_SENT
from guides.states import OPEN, POSTS, State

SET_IN_SQL = (
    "DELETE FROM {table}; INSERT INTO {table} (id, reason, held_since, restoring) "
    "VALUES (1, '', '{now}', {true});"
)
"""Part of what puts the tables back, so that there is no moment without it."""


def hold_statements() -> str:
    return SET_IN_SQL.format(
        table=MailServer._meta.db_table, now=timezone.now().isoformat(" "), true="TRUE"
    )


def doubtful_mark() -> int:
    """Marks what was due by the time of the restore. What is due later was certainly not sent."""
    held = MailServer.objects.exclude(held_since=None).get()
    due = Delivery.objects.filter(state__in=OPEN, due_at__lte=held.held_since)
    return due.exclude(kind__in=POSTS).update(
        state=State.RETRY, lease_token="", lease_until=None, reason=MAYBE_SENT
    )


def hold_finish() -> None:
    """The restore is complete: mail may be released."""
    MailServer.objects.update(restoring=False)


def mail_release(*, send_doubtful: bool) -> bool:
    """Lets mail go again. What may have gone out before goes out (again), or is canceled. False if
    it isn't held, or the restore isn't complete."""
    with transaction.atomic():
        held = MailServer.objects.filter(restoring=False).exclude(held_since=None)
        if not held.update(held_since=None, told_at=None):
            return False
        if not send_doubtful:
            outbox.deliveries_cancel(deliveries=selectors.deliveries_doubtful(), reason=MAYBE_SENT)
            for news in NewsEmail.objects.filter(GOING_OUT):
                news_stop(news=news)
        transaction.on_commit(outbox.hint, robust=True)
    return True
