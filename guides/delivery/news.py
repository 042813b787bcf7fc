"""News emails on their way: confirmed, queued in batches, stopped.

A confirmation only marks the email. Workers then queue its readers batch by batch, in constant
memory and each batch in one transaction with its place, so a crash neither loses a reader nor
queues one twice. A yes allows one email, so the yes is what its row is unique by.
"""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, IntegerField, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from guides import selectors
from guides.delivery import outbox
from guides.models import Consent, Delivery, NewsEmail
from guides.reasons import NEWS_STOPPED, SUPPRESSED
from guides.states import Kind, State

BATCH = 500
QUEUE_SECONDS = 2.0
"""How long a drain goes on queueing, before it sends what's due."""


def news_confirm(*, news: NewsEmail, seen: Sequence[object]) -> bool:
    """Starts sending, once. False if it was started before, wasn't tested, or no longer reads as
    `seen`: its words and wordings."""
    with transaction.atomic():
        current = NewsEmail.objects.select_for_update().get(pk=news.pk)
        if not current.is_tested or [*current.words, *current.wordings] != [*seen]:
            return False
        newest = Consent.objects.aggregate(newest=Max("pk"))["newest"] or 0
        started = NewsEmail.objects.filter(pk=news.pk, confirmed_at=None).update(
            confirmed_at=timezone.now(), last_consent=newest
        )
        transaction.on_commit(outbox.hint, robust=True)
    return bool(started)


def news_stop(*, news: NewsEmail) -> int | None:
    """Stops an email that is going out. Returns how many readers won't get it that were queued, or
    None if it isn't going out."""
    going_out = NewsEmail.objects.filter(
        pk=news.pk, confirmed_at__isnull=False, stopped_at__isnull=True
    )
    with transaction.atomic():
        if not going_out.update(stopped_at=timezone.now()):  # also waits for a batch
            return None
        mails = Delivery.objects.filter(news=news.pk)
        return outbox.deliveries_cancel(deliveries=mails, reason=NEWS_STOPPED)


def news_queue(*, seconds: float = QUEUE_SECONDS) -> None:
    """Queues readers of the emails that are going out, for a while."""
    until = time.monotonic() + seconds
    for news in selectors.news_going_out():
        while _batch_queue(news.pk) and time.monotonic() < until:
            pass


@transaction.atomic
def _batch_queue(pk: int) -> bool:
    """Queues the next readers of one email. Returns whether there may be more."""
    news = selectors.news_going_out().select_for_update().filter(pk=pk).first()
    if news is None:
        return False
    # Locked, so that an erasure waits until their rows are there to be erased, too.
    yeses = selectors.news_readers(news).select_for_update(of=("contact",), no_key=True)
    consents = list(
        yeses.filter(pk__gt=news.queued_up_to, pk__lte=news.last_consent or 0).annotate(
            tries=_earlier_tries()
        )[:BATCH]
    )
    outbox.deliveries_add(deliveries=_deliveries(news, consents))
    done = len(consents) < BATCH
    NewsEmail.objects.filter(pk=pk).update(
        queued_up_to=news.last_consent if done else consents[-1].pk,
        queued=news.queued + len(consents),
    )
    return not done


def _deliveries(news: NewsEmail, consents: Sequence[Consent]) -> list[Delivery]:
    """Suppressed addresses get a row that sends nothing, so that it shows what became of them."""
    suppressed = selectors.addresses_suppressed(consent.contact.email for consent in consents)
    return [
        outbox.mail_for(
            Kind.NEWS,
            contact=consent.contact,
            due=_turn(news, news.queued + place),
            dedupe_key=f"news:{consent.pk}:{consent.tries}",  # type: ignore[attr-defined]
            news=news,
            consent=consent,
            **(_refused() if consent.contact.email in suppressed else {}),
        )
        for place, consent in enumerate(consents)
    ]


def _refused() -> dict[str, str]:
    return {"state": State.CANCELLED, "reason": SUPPRESSED}


def _turn(news: NewsEmail, place: int) -> datetime:
    """When the reader in this place gets it."""
    return (news.confirmed_at or timezone.now()) + news_takes(place)


def news_takes(readers: int) -> timedelta:
    """How long so many emails take: no more are due in an hour than the settings allow, or the rest
    would look late."""
    an_hour = settings.NEWS_LIMIT_HOUR or 10**9
    if settings.MAIL_PER_SECOND:
        an_hour = min(an_hour, settings.MAIL_PER_SECOND * 3600)
    return timedelta(hours=readers / an_hour)


def _earlier_tries() -> Coalesce:
    """How many earlier emails for the same yes were stopped or failed."""
    mails = Delivery.objects.filter(consent=OuterRef("pk"), kind=Kind.NEWS).order_by()
    counts = mails.values("consent").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counts), 0, output_field=IntegerField())
