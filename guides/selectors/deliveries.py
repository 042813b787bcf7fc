"""Queries for deliveries."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Min, Q, QuerySet
from django.utils import timezone

from guides.models import Consent, Contact, Delivery, DownloadLink, GuideEdition, MailServer
from guides.models.delivery import WAITS
from guides.selectors.consents import PURPOSE_OF, address_suppressed, consent_holds
from guides.selectors.content import guide_live_for, guide_offers, series_for
from guides.states import LATE_AFTER, ONE_MAIL_EVERY, UNREACHED, WITH_A_YES, Kind, State

if TYPE_CHECKING:
    from assessments.models import Submission

FAILED_SHOWN = timedelta(days=14)
"""How long failures are shown, counted from the request. There's no "seen" flag: a resent email
leaves the list on its own, and an address that doesn't exist matters for a while, not forever."""
SENT_WITH = ("contact", "consent__contact", "link__edition__guide", "link__submission")
NOT_SENT_WITH = ("link__edition__content", "link__submission__answers", "link__submission__result")
DOWN = Q(state=State.RETRY, reason=UNREACHED)
"""Emails whose last attempt reached no server. They count as waiting since they were queued, though
their next attempt isn't due yet; otherwise an outage would look like an empty queue. A 451 for one
address isn't an outage."""


def guide_for(submission: "Submission") -> GuideEdition | None:
    """The guide that a result may request, or None, for instance before clearance."""
    allowed = submission.result["guide"]
    if allowed == "never" or (allowed == "after_clearance" and submission.cleared_at is None):
        return None
    edition = guide_live_for(submission.edition.assessment.slug)
    return edition if edition and guide_offers(edition, submission.profile) else None


def deliveries_of(submission: "Submission") -> QuerySet[Delivery]:
    """The deliveries of a submission, newest first."""
    return Delivery.objects.filter(submission=submission).order_by("-queued_at", "-pk")


def submission_of_latest_guide(contact: Contact) -> "Submission | None":
    """The answers with which this address asked for a guide last."""
    asked = contact.deliveries.filter(kind=Kind.GUIDE).exclude(submission=None)
    latest = asked.select_related("submission__edition__assessment").first()
    return latest.submission if latest else None


def deliveries_since(moment: datetime) -> QuerySet[Delivery]:
    """Guide requests since a moment, for rate limits: follow-ups don't count."""
    return Delivery.objects.filter(kind=Kind.GUIDE, queued_at__gt=moment).order_by()


def delivery_is_active(delivery: Delivery) -> bool:
    """Whether to send it at all: rechecks consent right before emails that need a
    yes, and newsletter events."""
    if delivery.kind == Kind.GUIDE:
        return True
    if delivery.kind == Kind.NEWSLETTER:
        return bool(settings.NEWSLETTER_URL) and _is_latest_consent(delivery)
    contact = delivery.contact
    return (
        contact is not None
        and consent_holds(contact, PURPOSE_OF[Kind(delivery.kind)])
        and not address_suppressed(contact.email)
        and (delivery.kind != Kind.SERIES or _series_goes_on(delivery.link))
    )


def _series_goes_on(link: DownloadLink | None) -> bool:
    """Whether the guide still has a series, and the contact a link to it that works."""
    return link is not None and bool(series_for(link)) and link_that_works(link) is not None


def link_that_works(link: DownloadLink) -> DownloadLink | None:
    """The contact's newest link to the same guide, or None if the PT turned it off."""
    same = DownloadLink.objects.filter(
        contact=link.contact_id, edition__guide=link.edition.guide_id, revoked_at=None
    )
    return same.order_by("-created_at", "-pk").first()


def links_of_runner(runner: int) -> QuerySet[DownloadLink]:
    """The links to guides for all answers of a runner. `runner` is the key of the very first."""
    return DownloadLink.objects.filter(
        Q(submission=runner) | Q(submission__added_to=runner) | Q(submission__retest_of=runner)
    )


def mails_lately(delivery: Delivery) -> list[datetime | None]:
    """When the same contact got other emails that need a yes, if that's less than a day ago. None
    is for one that's being sent right now."""
    others = Delivery.objects.filter(contact=delivery.contact_id, kind__in=WITH_A_YES)
    lately = Q(sent_at__gt=timezone.now() - ONE_MAIL_EVERY)
    rows = others.exclude(pk=delivery.pk).filter(lately | Q(state=State.SENDING))
    return list(rows.order_by().values_list("sent_at", flat=True))


def _is_latest_consent(delivery: Delivery) -> bool:
    """Whether no later consent step supersedes this one."""
    if delivery.consent is None:
        return bool(delivery.erased_email)
    consents = Consent.objects.filter(
        contact=delivery.consent.contact_id, purpose=delivery.consent.purpose
    )
    later = consents.filter(pk__gt=delivery.consent.pk).exclude(step=Consent.Step.ASKED)
    return not later.exists()


def deliveries_due(moment: datetime) -> QuerySet[Delivery]:
    """Deliveries that a worker may claim: due, or with an expired lease."""
    return Delivery.objects.filter(_due(moment) | _abandoned(moment))


def deliveries_next(moment: datetime, most: int, only: Kind | None = None) -> list[Delivery]:
    """The first of those, with related rows: by kind, abandoned ones before due ones. The cost
    doesn't depend on the length of the queue."""
    kinds = [only] if only else list(Kind)
    abandoned, *due = (
        rows.select_related(*SENT_WITH).defer(*NOT_SENT_WITH) for rows in _querysets(moment, kinds)
    )
    leftovers, deliveries = list(abandoned[:most]), []
    for kind, rows in zip(kinds, due, strict=True):
        deliveries += [delivery for delivery in leftovers if delivery.kind == kind]
        if len(deliveries) < most:
            deliveries += rows[: most - len(deliveries)]
    return deliveries[:most]


def delivery_is_due(moment: datetime) -> bool:
    return any(rows.exists() for rows in _querysets(moment, list(Kind)))


def _querysets(moment: datetime, kinds: list[Kind]) -> Iterator[QuerySet[Delivery]]:
    """Abandoned deliveries, then due ones by kind; an index serves each queryset's order."""
    yield Delivery.objects.filter(_abandoned(moment), kind__in=kinds).order_by("lease_until")
    for kind in kinds:
        yield Delivery.objects.filter(_due(moment), kind=kind).order_by("due_at")


def _due(moment: datetime) -> Q:
    return WAITS & Q(due_at__lte=moment)


def _abandoned(moment: datetime) -> Q:
    return Q(state=State.SENDING, lease_until__lte=moment)


def deliveries_late() -> QuerySet[Delivery]:
    """Deliveries due for more than five minutes, or waiting because the mail server is down."""
    moment = timezone.now() - LATE_AFTER
    down = Delivery.objects.filter(DOWN, queued_at__lte=moment)
    return deliveries_due(moment) | down


def deliveries_failed() -> QuerySet[Delivery]:
    """Recent deliveries that couldn't be sent."""
    since = timezone.now() - FAILED_SHOWN
    return Delivery.objects.filter(state=State.FAILED, queued_at__gt=since)


def oldest_due_age() -> timedelta:
    """How long the oldest due email has waited, or zero. An abandoned email is due since its lease
    expired."""
    now = timezone.now()
    rows = Delivery.objects.order_by()
    waiting = rows.filter(WAITS).aggregate(due=Min("due_at"), down=Min("queued_at", filter=DOWN))
    abandoned = rows.filter(state=State.SENDING).aggregate(at=Min("lease_until"))
    since = min(filter(None, [*waiting.values(), *abandoned.values()]), default=now)
    return max(now - since, timedelta(0))


@dataclass(frozen=True, slots=True)
class MailStatus:
    """The state of email delivery."""

    oldest_due: timedelta
    paused_since: datetime | None
    reason: str

    @property
    def late(self) -> bool:
        return self.oldest_due > LATE_AFTER

    @property
    def troubled(self) -> bool:
        return self.late or self.paused_since is not None


def mail_status() -> MailStatus:
    server = MailServer.objects.first() or MailServer()
    return MailStatus(oldest_due_age(), server.paused_since, server.reason)
