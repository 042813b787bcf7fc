"""Reads of contacts, deliveries and links."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Min, Q, QuerySet
from django.utils import timezone

from guides.models import Consent, Delivery, GuideEdition, MailServer
from guides.models.delivery import WAITS
from guides.selectors.consents import address_suppressed, consent_holds
from guides.selectors.content import guide_live_for, guide_offers
from guides.states import LATE_AFTER, UNREACHED, Kind, State

if TYPE_CHECKING:
    from assessments.models import Submission

FAILED_SHOWN = timedelta(days=14)
"""Counted from when it was asked for. There's no "seen" flag: what was sent again leaves the list
by itself, and an address that doesn't exist is worth knowing for a while, not forever."""
DOWN = Q(state=State.RETRY, reason=UNREACHED)
"""Emails whose last try reached no server. They count as waiting since they were asked for, though
their next try is still ahead; otherwise an outage would look like nothing due. A 451 for one
address isn't an outage."""


def guide_for(submission: "Submission") -> GuideEdition | None:
    """The guide that this result may ask for: none at a level that stops, or before clearance."""
    allowed = submission.result["guide"]
    if allowed == "never" or (allowed == "after_clearance" and submission.cleared_at is None):
        return None
    edition = guide_live_for(submission.edition.assessment.slug)
    return edition if edition and guide_offers(edition, submission.profile) else None


def deliveries_of(submission: "Submission") -> QuerySet[Delivery]:
    """What was asked for with this submission, the newest first."""
    return Delivery.objects.filter(submission=submission).order_by("-queued_at", "-pk")


def deliveries_since(moment: datetime) -> QuerySet[Delivery]:
    """What was asked for since: limits count guides, and nothing that follows on one."""
    return Delivery.objects.filter(kind=Kind.GUIDE, queued_at__gt=moment).order_by()


def delivery_is_wanted(delivery: Delivery) -> bool:
    """Asked once more before anything goes out that nobody waits for."""
    if delivery.kind == Kind.GUIDE:
        return True
    if delivery.kind == Kind.NEWSLETTER:
        return bool(settings.NEWSLETTER_URL) and _is_last_word(delivery)
    contact = delivery.contact
    return (
        contact is not None
        and consent_holds(contact, Consent.Purpose.FOLLOW_UP)
        and not address_suppressed(contact.email)
    )


def _is_last_word(delivery: Delivery) -> bool:
    """Whether nothing else was said on its purpose since."""
    if delivery.consent is None:
        return bool(delivery.erased_email)
    said = Consent.objects.filter(
        contact=delivery.consent.contact_id, purpose=delivery.consent.purpose
    )
    later = said.filter(pk__gt=delivery.consent.pk).exclude(step=Consent.Step.ASKED)
    return not later.exists()


def deliveries_due(moment: datetime) -> QuerySet[Delivery]:
    """What may be claimed at that moment: it is due, or its worker is gone."""
    return Delivery.objects.filter(_due(moment) | _abandoned(moment))


def deliveries_next(moment: datetime, most: int, only: Kind | None = None) -> list[Delivery]:
    """The first of those, with what hangs on them: kind by kind, who was left before who waits.
    A look costs the same however many there are."""
    kinds = [only] if only else list(Kind)
    abandoned, *due = (
        rows.select_related("contact", "consent__contact", "link__edition__guide").defer(
            "link__edition__content"
        )
        for rows in _in_turn(moment, kinds)
    )
    left, found = list(abandoned[:most]), []
    for kind, rows in zip(kinds, due, strict=True):
        found += [each for each in left if each.kind == kind]
        if len(found) < most:
            found += rows[: most - len(found)]
    return found[:most]


def delivery_is_due(moment: datetime) -> bool:
    return any(rows.exists() for rows in _in_turn(moment, list(Kind)))


def _in_turn(moment: datetime, kinds: list[Kind]) -> Iterator[QuerySet[Delivery]]:
    """The abandoned, then each kind of those that are due: each in the order of an index."""
    yield Delivery.objects.filter(_abandoned(moment), kind__in=kinds).order_by("lease_until")
    for kind in kinds:
        yield Delivery.objects.filter(_due(moment), kind=kind).order_by("due_at")


def _due(moment: datetime) -> Q:
    return WAITS & Q(due_at__lte=moment)


def _abandoned(moment: datetime) -> Q:
    return Q(state=State.SENDING, lease_until__lte=moment)


def deliveries_late() -> QuerySet[Delivery]:
    """What has been due for more than five minutes, or kept waiting by a server that is down."""
    moment = timezone.now() - LATE_AFTER
    down = Delivery.objects.filter(DOWN, queued_at__lte=moment)
    return deliveries_due(moment) | down


def deliveries_failed() -> QuerySet[Delivery]:
    """What was asked for lately and could not be sent."""
    since = timezone.now() - FAILED_SHOWN
    return Delivery.objects.filter(state=State.FAILED, queued_at__gt=since)


def oldest_due_age() -> timedelta:
    """How long the mail that has waited longest has been due; zero where none is.

    A mail whose worker is gone is due since its lease was over.
    """
    now = timezone.now()
    rows = Delivery.objects.order_by()
    waiting = rows.filter(WAITS).aggregate(due=Min("due_at"), down=Min("queued_at", filter=DOWN))
    abandoned = rows.filter(state=State.SENDING).aggregate(at=Min("lease_until"))
    since = min(filter(None, [*waiting.values(), *abandoned.values()]), default=now)
    return max(now - since, timedelta(0))


@dataclass(frozen=True, slots=True)
class MailStatus:
    """How it goes with mail."""

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
