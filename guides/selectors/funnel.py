"""Daily funnel counts of guides, computed from existing rows."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from assessments.analytics.aggregation import EventCount
from assessments.hooks import FunnelStep
from guides.models import Consent, Delivery, DownloadLink
from guides.states import Kind, State

LATER = "later"
"""The item of events on a link that's a few days old: most visitors come back to train."""
COUNTED_STEPS = (
    FunnelStep("asked", "Asked for the guide"),
    FunnelStep("sent", "Guide email sent"),
    FunnelStep("fetched", "Guide page fetched, by people and by programs that check mail"),
    FunnelStep("opened", "Guide page opened"),
    FunnelStep("downloaded", "PDF downloaded"),
    FunnelStep("confirmed", "Said yes to the email after four weeks"),
)


def guide_event_counts(start: datetime, end: datetime) -> Iterator[EventCount]:
    """Event counts. Each runner counts once as asked and once as sent, however many emails, and
    however many checks they added."""
    mails = _guide_mails()
    asked_then = mails.filter(queued_at__gte=start, queued_at__lt=end)
    asked_before = mails.filter(pk__lt=OuterRef("pk"))
    yield from _email_counts("asked", asked_then.exclude(_by_same_runner(asked_before)))
    yield from _email_counts("sent", guides_first_sent(start, end))
    yield from _confirmed_counts(start, end)


def guides_first_sent(start: datetime, end: datetime) -> QuerySet[Delivery]:
    """The emails with a guide that were sent in this period, the first one of each visit."""
    sent = _guide_mails().filter(state=State.SENT)
    before = sent.filter(
        Q(sent_at__lt=OuterRef("sent_at")) | Q(sent_at=OuterRef("sent_at"), pk__lt=OuterRef("pk"))
    )
    return sent.filter(sent_at__gte=start, sent_at__lt=end).exclude(_by_same_runner(before))


def _guide_mails() -> QuerySet[Delivery]:
    return Delivery.objects.filter(kind=Kind.GUIDE, submission__isnull=False)


def _by_same_runner(mails: QuerySet[Delivery]) -> Q:
    """Whether any of these emails was for the same runner's answers, with or without added checks.
    Two conditions, so that each has its index."""
    first = Coalesce(OuterRef("submission__added_to"), OuterRef("submission"))
    for_first = mails.filter(submission=first)
    return Exists(for_first) | Exists(mails.filter(submission__added_to=first))


def _email_counts(step: str, mails: QuerySet[Delivery]) -> Iterator[EventCount]:
    rows = mails.order_by().values_list(
        "submission__edition", "submission__source", "submission__profile"
    )
    for edition, source, profile, number in rows.annotate(Count("pk")):
        yield EventCount(step, "", edition, source, profile, number=number)


def _confirmed_counts(start: datetime, end: datetime) -> Iterator[EventCount]:
    """Confirmed follow-ups, attributed to the guide that the contact requested last."""
    confirmed = Consent.objects.filter(
        purpose=Consent.Purpose.FOLLOW_UP, step=Consent.Step.CONFIRMED, at__gte=start, at__lt=end
    )
    before = DownloadLink.objects.filter(
        contact=OuterRef("contact"), created_at__lte=OuterRef("at")
    ).order_by("-created_at", "-pk")
    fields = ("submission__edition", "submission__source", "profile")
    edition, source, profile = (Subquery(before.values(name)[:1]) for name in fields)
    rows = confirmed.annotate(edition=edition, source=source, profile=profile).order_by()
    for edition_pk, source_name, profile_key in rows.values_list("edition", "source", "profile"):
        yield EventCount("confirmed", "", edition_pk, source_name or "", profile_key or "")
