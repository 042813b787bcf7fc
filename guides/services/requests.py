"""What a runner asks for: the guide, the guide again, a fresh link.

A page answers the same for a new, a known and a suppressed address: what differs is only
whether the delivery row is queued or cancelled.
"""

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from guides import outbox, selectors
from guides.addresses import address_hmac, address_key, address_mask
from guides.models import Consent, Contact, Delivery, DownloadLink, GuideEdition
from guides.states import OPEN, State

if TYPE_CHECKING:
    from assessments.models import Submission

logger = logging.getLogger(__name__)

LINK_LIFE = timedelta(days=30)
RESEND_AFTER = timedelta(seconds=60)
DAY = timedelta(hours=24)
HOUR = timedelta(hours=1)
MAILS_PER_DAY = 3
"""To one address: the guide once, and two deliberate "send again"."""
ADDRESSES_PER_SUBMISSION = 3
"""A mistyped address may be corrected twice."""

ASKED_TODAY = "This address had its guide mail in the last 24 hours."
SUPPRESSED = "This address wants no mail."
CORRECTED = "The runner corrected the address."
GUIDE_WORDS = "Send me the guide."
FOLLOW_UP_WORDS = "Also send me one email in four weeks, to measure again."


class LimitReachedError(Exception):
    """Too many guide mails were asked for from one place, with one result, or in all."""


def guide_request(
    *, submission: "Submission", edition: GuideEdition, email: str, follow_up: bool, network: str
) -> None:
    """Store contact, consent and delivery in one transaction.

    Raises LimitReachedError before anything is stored.
    """
    origin = _network_hash(network)
    _limits_check(origin)
    _addresses_check(submission, email)
    with transaction.atomic():
        _cancel_mistyped(submission, email)
        if selectors.address_suppressed(email):
            _refuse(submission, edition, email, origin, SUPPRESSED)
            return
        contact = _contact_locked(email)
        _consents_add(contact, follow_up=follow_up)
        today = _today(contact)
        if today.filter(submission=submission).exists():
            return  # a double click, or the Back button
        if today.exists():
            _refuse(submission, edition, email, origin, ASKED_TODAY)
            return
        _deliver(_link_create(contact, edition, submission, submission.profile), origin)


def guide_send_again(*, submission: "Submission", network: str) -> None:
    """The runner's deliberate "send again". Does nothing too early, too often or while queued.

    Raises LimitReachedError before anything is stored.
    """
    last = selectors.deliveries_of(submission).select_related("contact", "link__edition").first()
    if last is None or last.contact is None or last.link is None:
        return
    if last.state not in OPEN and resend_is_due(last):
        _send_more(last.link, network)


def resend_is_due(delivery: Delivery) -> bool:
    """Whether a minute has passed, so that "send again" may be offered."""
    return delivery.queued_at <= timezone.now() - RESEND_AFTER


def link_renew(*, link: DownloadLink, network: str) -> None:
    """Mail a fresh link for an expired one, to the same address.

    Raises LimitReachedError before anything is stored.
    """
    _send_more(link, network)


def _send_more(link: DownloadLink, network: str) -> None:
    """One more mail for a right that its owner already has."""
    origin = _network_hash(network)
    _limits_check(origin)
    with transaction.atomic():
        contact = _contact_locked(link.contact.email)
        today = _today(contact)
        just_now = today.filter(queued_at__gt=timezone.now() - RESEND_AFTER).exists()
        if just_now or today.count() >= MAILS_PER_DAY:
            return
        if selectors.address_suppressed(contact.email):
            return
        _deliver(_link_create(contact, link.edition, link.submission, link.profile), origin)


def _link_create(
    contact: Contact, edition: GuideEdition, submission: "Submission | None", profile: str
) -> DownloadLink:
    now = timezone.now()
    return DownloadLink.objects.create(
        contact=contact,
        submission=submission,
        edition=edition,
        profile=profile,
        created_at=now,
        expires_at=now + LINK_LIFE,
    )


def _deliver(link: DownloadLink, origin: str) -> None:
    contact = link.contact
    earlier = contact.deliveries.filter(submission=link.submission).count()
    delivery = Delivery(
        contact=contact,
        submission=link.submission,
        link=link,
        masked_email=address_mask(contact.email),
        network=origin,
        dedupe_key=f"guide:{link.submission_id}:{link.edition_id}:{contact.pk}:{earlier}",
    )
    outbox.delivery_add(delivery=delivery)


def _refuse(
    submission: "Submission", edition: GuideEdition, email: str, origin: str, reason: str
) -> None:
    """Leave a row that sends nothing, so that the page which follows looks as for anyone."""
    who = address_hmac(email)[:16]
    delivery = Delivery(
        submission=submission,
        masked_email=address_mask(email),
        network=origin,
        dedupe_key=f"refused:{submission.pk}:{edition.pk}:{who}:{timezone.now():%Y%m%d}",
        state=State.CANCELLED,
        reason=reason,
    )
    outbox.delivery_add(delivery=delivery)


def _contact_locked(email: str) -> Contact:
    """The contact, locked until commit, so that two requests at once cannot both mail it."""
    contact, _ = Contact.objects.get_or_create(
        email_key=address_key(email), defaults={"email": email}
    )
    return Contact.objects.select_for_update().get(pk=contact.pk)


def _consents_add(contact: Contact, *, follow_up: bool) -> None:
    said = {Consent.Purpose.GUIDE: GUIDE_WORDS}
    if follow_up:
        said[Consent.Purpose.FOLLOW_UP] = FOLLOW_UP_WORDS
    Consent.objects.bulk_create(
        Consent(
            contact=contact,
            purpose=purpose,
            step=Consent.Step.ASKED,
            text_version=words,
            page="guides:request",
        )
        for purpose, words in said.items()
    )


def _today(contact: Contact) -> QuerySet[Delivery]:
    """What went or will go to this contact within 24 hours."""
    since = selectors.deliveries_since(timezone.now() - DAY)
    return since.filter(contact=contact).exclude(state=State.CANCELLED)


def _cancel_mistyped(submission: "Submission", email: str) -> None:
    """The runner typed another address: what still waits for the old one must not go out."""
    others = selectors.deliveries_of(submission).exclude(contact__email_key=address_key(email))
    outbox.deliveries_cancel(deliveries=others.order_by(), reason=CORRECTED)


def _addresses_check(submission: "Submission", email: str) -> None:
    asked = selectors.deliveries_of(submission).order_by()
    known = set(asked.values_list("masked_email", flat=True)) - {address_mask(email)}
    if len(known) >= ADDRESSES_PER_SUBMISSION:
        raise LimitReachedError


def _limits_check(origin: str) -> None:
    """At most so many requests an hour from one network, and in all."""
    hour = selectors.deliveries_since(timezone.now() - HOUR)
    if _reached(hour.filter(network=origin), settings.GUIDE_LIMIT_NETWORK_HOUR):
        logger.warning(
            "A network reached its limit of guide mails. Behind a proxy? TRUSTED_PROXIES"
        )
        raise LimitReachedError
    if _reached(hour, settings.GUIDE_LIMIT_HOUR):
        logger.error("The limit of guide mails in an hour is reached: GUIDE_LIMIT_HOUR")
        raise LimitReachedError


def _reached(rows: QuerySet[Delivery], limit: int) -> bool:
    """Whether there are `limit` rows, without counting those beyond."""
    return len(rows.values_list("pk", flat=True)[:limit]) >= limit


def _network_hash(network: str) -> str:
    """Enough to count one network's requests, too little to tell which it was."""
    return salted_hmac("guides.network", network, algorithm="sha256").hexdigest()[:32]
