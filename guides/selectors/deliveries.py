"""Queries for deliveries."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection
from django.db.models import Min, Q, QuerySet, Value
from django.utils import timezone

from assessments.submissions.recalls import guide_allowed
from guides.models import Consent, Contact, Delivery, DownloadLink, GuideEdition, MailServer
from guides.models.delivery import WAITS
from guides.models.webhooks import Event
from guides.reasons import MAYBE_SENT, UNREACHED
from guides.selectors.check_ins import check_in_mail_at, check_in_offered
from guides.selectors.consents import PURPOSE_OF, address_suppressed, consent_holds
from guides.selectors.content import guide_live_for, guide_offers, series_for
from guides.selectors.recalls import recall_is_open, stops_now
from guides.states import LATE_AFTER, ONE_MAIL_EVERY, WITH_A_YES, Kind, State

if TYPE_CHECKING:
    from assessments.models import Submission

FAILED_SHOWN = timedelta(days=14)
"""How long failures are shown, counted from the request. There's no "seen" flag: a resent email
leaves the list on its own, and an address that doesn't exist matters for a while, not forever."""
SENT_WITH = (
    "contact", "consent__contact", "link__edition__guide", "link__submission", "news", "endpoint",
)  # fmt: skip
NOT_SENT_WITH = ("link__edition__content", "link__submission__answers", "link__submission__result")
DOWN = Q(state=State.RETRY, reason=UNREACHED)
"""Emails whose last attempt reached no server. They count as waiting since they were queued, though
their next attempt isn't due yet; otherwise an outage would look like an empty queue. A 451 for one
address isn't an outage."""


def guide_for(submission: "Submission") -> GuideEdition | None:
    """The guide that a result may request, or None, for instance before clearance."""
    allowed = guide_allowed(submission)
    if allowed == "never" or (allowed == "after_clearance" and submission.cleared_at is None):
        return None
    edition = guide_live_for(submission.edition.assessment.slug)
    if edition is None or edition.recalled_at:
        return None
    return edition if guide_offers(edition, submission.profile) else None


def deliveries_of(submission: "Submission") -> QuerySet[Delivery]:
    """The emails with the guide for a submission, newest first."""
    guides = Delivery.objects.filter(submission=submission, kind=Kind.GUIDE)
    return guides.order_by("-queued_at", "-pk")


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
    yes, and newsletter events. Nothing but a correction goes out for answers that today's version
    stops."""
    if delivery.kind == Kind.GUIDE:
        return not stops_now(delivery.link)
    if delivery.kind == Kind.NEWSLETTER:
        return bool(settings.NEWSLETTER_URL) and _is_latest_consent(delivery)
    if delivery.kind == Kind.WEBHOOK:
        return _event_is_active(delivery)
    contact = delivery.contact
    if delivery.kind == Kind.NEWS and not _news_allowed(delivery):
        return False
    if delivery.kind == Kind.RECALL:
        wanted = contact is not None and not address_suppressed(contact.email)
        return wanted and recall_is_open(delivery.recall_id)
    return (
        contact is not None
        and consent_holds(contact, PURPOSE_OF[Kind(delivery.kind)])
        and not address_suppressed(contact.email)
        and not stops_now(delivery.link)
        and (delivery.kind != Kind.SERIES or _series_goes_on(delivery.link))
        and (delivery.kind != Kind.CHECK_IN or _check_ins_go_on(delivery.link))
    )


def _event_is_active(delivery: Delivery) -> bool:
    """Whether the webhook still takes it, and what it's about wasn't erased or superseded."""
    if delivery.endpoint is None or not delivery.endpoint.takes(delivery.event):
        return False
    if delivery.event in {Event.RESULT, Event.RESULT_WITH_ANSWERS}:
        return delivery.submission is not None
    if delivery.event == Event.GUIDE_REQUESTED:
        return delivery.link is not None
    return delivery.event == Event.TEST or _is_latest_consent(delivery)


def _news_allowed(delivery: Delivery) -> bool:
    """Whether the yes that it rests on still stands, and no other email went out for it."""
    if not _is_latest_consent(delivery):
        return False
    others = Delivery.objects.filter(consent=delivery.consent_id, kind=Kind.NEWS, state=State.SENT)
    return not others.exclude(pk=delivery.pk).exists()


def _series_goes_on(link: DownloadLink | None) -> bool:
    """Whether the guide still has a series, and the contact a link to it that works. A version that
    was wrong sends no more of its words."""
    return (
        link is not None
        and link.edition.recalled_at is None
        and bool(series_for(link))
        and link_that_works(link) is not None
    )


def _check_ins_go_on(link: DownloadLink | None) -> bool:
    """Whether the runner's plan isn't over, and both the email and a link to the guide are left."""
    return (
        link is not None
        and link.edition.recalled_at is None
        and link_that_works(link) is not None
        and check_in_offered(link)
        and check_in_mail_at(link) is not None
    )


def link_that_works(link: DownloadLink) -> DownloadLink | None:
    """The contact's newest link to the same guide, or None if the PT turned it off."""
    same = DownloadLink.objects.filter(
        contact=link.contact_id, edition__guide=link.edition.guide_id, revoked_at=None
    )
    return same.order_by("-created_at", "-pk").first()


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


def deliveries_next(
    moment: datetime, most: int, only: Collection[Kind] = tuple(Kind)
) -> list[Delivery]:
    """The first of those, with related rows: by kind, abandoned ones before due ones. The cost
    doesn't depend on the length of the queue."""
    keys = _first_keys(moment, most, sorted(only))
    rows = deliveries_due(moment).select_related(*SENT_WITH).defer(*NOT_SENT_WITH).in_bulk(keys)
    return [rows[key] for key in keys if key in rows]


def _first_keys(moment: datetime, most: int, kinds: list[Kind]) -> list[int]:
    """One statement for all kinds: Django would take longer to put one together for each, with all
    that's related, than the database to answer."""
    parts = [
        part.values_list("kind", Value(number > 0), part.query.order_by[0], "pk")[:most]
        for number, part in enumerate(_querysets(moment, kinds))
    ]
    statements = [part.query.sql_with_params() for part in parts]
    union = " UNION ALL ".join(f"SELECT * FROM ({sql}) part" for sql, _ in statements)  # noqa: S608 - Django's own
    with connection.cursor() as cursor:
        cursor.execute(union, [value for _, params in statements for value in params])
        return [row[-1] for row in sorted(cursor.fetchall())[:most]]


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


def deliveries_doubtful() -> QuerySet[Delivery]:
    """Emails that may have gone out between a backup and its restore, and wait for a decision."""
    return Delivery.objects.filter(WAITS, reason=MAYBE_SENT)


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
    held_since: datetime | None = None

    @property
    def late(self) -> bool:
        return self.oldest_due > LATE_AFTER

    @property
    def troubled(self) -> bool:
        return self.late or self.paused_since is not None or self.held_since is not None


def mail_status() -> MailStatus:
    server = MailServer.objects.first() or MailServer()
    return MailStatus(oldest_due_age(), server.paused_since, server.reason, server.held_since)


def mail_held() -> bool:
    """Whether no email may go out, since nobody has released mail after a restore."""
    return MailServer.objects.exclude(held_since=None).exists()
