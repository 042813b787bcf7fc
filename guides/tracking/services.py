"""What a mail service tells of mails that it took: delivered, bounced, marked as spam."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from guides.consents.services import consents_end
from guides.delivery import outbox
from guides.email_addresses import address_hmac, address_key
from guides.models import Contact, Delivery, MailEvent, Suppression

Kind = MailEvent.Kind

CANCELLED = "The mail service told us that this address takes no more mail."
UNWANTED = frozenset({EventType.OPENED, EventType.CLICKED, EventType.QUEUED, EventType.SENT})
"""Not kept: who reads what is nobody's business, and that a mail is on its way is known."""
KINDS = {
    EventType.DELIVERED: Kind.DELIVERED,
    EventType.DEFERRED: Kind.DELAYED,
    EventType.BOUNCED: Kind.RETURNED,
    EventType.COMPLAINED: Kind.COMPLAINED,
    EventType.REJECTED: Kind.REJECTED,
    EventType.FAILED: Kind.REJECTED,
}
HARD: dict[str, tuple[tuple[str, ...], tuple[object, ...]]] = {
    "Brevo": (("event",), ("hard_bounce", "invalid_email")),
    "Mailgun": (("event-data", "reason"), ("bounce", "suppress-bounce")),
    "Mailjet": (("hard_bounce",), (True,)),
    "Postmark": (("Type",), ("HardBounce", "BadEmailAddress")),
    "Resend": (("data", "bounce", "type"), ("Permanent",)),
    "SendGrid": (("type",), ("bounce",)),
    "SparkPost": (("msys", "message_event", "bounce_class"), ("10", "30", "90")),
}
"""Where each service says that a bounce is permanent, and its words for that: django-anymail calls
a full mailbox bounced, too."""
SUPPRESSED = {
    Kind.BOUNCED: Suppression.Reason.BOUNCED,
    Kind.COMPLAINED: Suppression.Reason.COMPLAINED,
}
DIGITS = 18
"""Of the longest number that a row may have."""


@dataclass(frozen=True, kw_only=True)
class ProviderEvent:
    """One event in our words, with what finds the mail that it is about."""

    identity: str
    kind: Kind
    reason: str
    at: datetime
    address: str
    delivery: int
    message_id: str


@dataclass(frozen=True)
class TrackedDelivery:
    """A delivery that events tell of, and the address it went to."""

    pk: int
    address: str


def mail_events_add(*, provider: str, events: Iterable[AnymailTrackingEvent]) -> None:
    """Store each event once. A hard bounce or a complaint ends all mail to its address.

    A thousand events at once take as many queries as one.
    """
    told = {
        each.identity: each
        for each in (_told(provider, event) for event in events if event.event_type not in UNWANTED)
    }
    with transaction.atomic():
        stored = MailEvent.objects.filter(provider=provider, identity__in=told)
        known = set(stored.order_by().values_list("identity", flat=True))
        new = [each for each in told.values() if each.identity not in known]
        if not new:
            return
        mails = _mails(new)
        # Contacts are locked before their deliveries, as everywhere.
        _suppress(new, mails)
        MailEvent.objects.bulk_create(
            [
                MailEvent(
                    provider=provider,
                    identity=each.identity,
                    kind=each.kind,
                    reason=each.reason,
                    at=each.at,
                    delivery_id=mail.pk if (mail := mails.get(each.identity)) else None,
                )
                for each in new
            ],
            ignore_conflicts=True,
        )


def _told(provider: str, event: AnymailTrackingEvent) -> ProviderEvent:
    raw = event.esp_event if isinstance(event.esp_event, dict) else {}
    kind = _kind(provider, event.event_type, raw)
    metadata = event.metadata if isinstance(event.metadata, dict) else {}
    number = _text(metadata.get("delivery"))
    return ProviderEvent(
        identity=_identity(provider, event, raw),
        kind=kind,
        reason=_text(event.event_type if kind == Kind.OTHER else event.reject_reason)[:32],
        at=_moment(event.timestamp),
        address=address_key(_text(event.recipient)),
        delivery=int(number) if number.isdecimal() and len(number) <= DIGITS else 0,
        message_id=_text(event.message_id),
    )


def _kind(provider: str, event_type: str, raw: dict[str, Any]) -> Kind:
    path, words = HARD.get(provider, ((), ()))
    if event_type in {EventType.BOUNCED, EventType.REJECTED} and _at(raw, path) in words:
        return Kind.BOUNCED
    return KINDS.get(event_type, Kind.OTHER)


def _identity(provider: str, event: AnymailTrackingEvent, raw: dict[str, Any]) -> str:
    """The service's own number, or else all that it said. Mailgun's is not where django-anymail
    looks: the token there is another one with each try."""
    number = _at(raw, ("event-data", "id")) if provider == "Mailgun" else event.event_id
    said = _text(number or json.dumps(raw, sort_keys=True, default=str))
    return salted_hmac("guides.mail_event", said, algorithm="sha256").hexdigest()


def _text(value: object) -> str:
    """A database takes no zero byte, and no half of a surrogate pair, which JSON may hold."""
    return str(value or "").replace("\0", "").encode(errors="replace").decode()


def _moment(timestamp: datetime | None) -> datetime:
    if timestamp is None:
        return timezone.now()
    return timezone.make_aware(timestamp) if timezone.is_naive(timestamp) else timestamp


def _at(raw: Any, path: tuple[str, ...]) -> object:
    for name in path:
        raw = raw.get(name) if isinstance(raw, dict) else None
    return raw


def _mails(told: list[ProviderEvent]) -> dict[str, TrackedDelivery]:
    """The mail that each event is about, by the event's identity.

    Two sites may share one account with a service, so a number alone isn't enough: it takes the
    number and the address, or the Message-ID.
    """
    which = Q(pk__in={each.delivery for each in told if each.delivery})
    which |= Q(message_id__in={each.message_id for each in told if each.message_id})
    rows = Delivery.objects.filter(which).order_by()
    by_number, by_message = {}, {}
    for pk, message_id, address in rows.values_list("pk", "message_id", "contact__email_key"):
        by_number[pk, address] = by_message[message_id] = TrackedDelivery(pk, address or "")
    found = {
        each.identity: by_number.get((each.delivery, each.address))
        or by_message.get(each.message_id)
        for each in told
    }
    return {identity: mail for identity, mail in found.items() if mail}


def _suppress(told: list[ProviderEvent], mails: dict[str, TrackedDelivery]) -> None:
    """A bounce or a complaint counts for its address, whoever's email it was."""
    reasons = {}
    for each in sorted(told, key=lambda each: each.kind == Kind.COMPLAINED):
        mail = mails.get(each.identity)
        address = each.address or (mail.address if mail else "")
        if address and each.kind in SUPPRESSED:
            reasons[address] = SUPPRESSED[each.kind]
    if not reasons:
        return
    contacts = Contact.objects.filter(email_key__in=reasons).order_by("pk")
    locked = dict(contacts.select_for_update().values_list("pk", "email_key"))
    # Whoever was erased stays so, whatever comes later.
    Suppression.objects.bulk_create(
        [
            Suppression(address_hmac=address_hmac(address), reason=reason)
            for address, reason in reasons.items()
        ],
        ignore_conflicts=True,
    )
    _complaints_outweigh_bounces(reasons)
    outbox.mails_cancel(contacts=locked, reason=CANCELLED)
    consents_end(ended_by={pk: reasons[address] for pk, address in locked.items()})


def _complaints_outweigh_bounces(reasons: dict[str, Suppression.Reason]) -> None:
    """A mailbox may be mended; what its owner said of our mail stands."""
    complained = [
        address_hmac(address)
        for address, reason in reasons.items()
        if reason == Suppression.Reason.COMPLAINED
    ]
    Suppression.objects.filter(
        address_hmac__in=complained, reason=Suppression.Reason.BOUNCED
    ).update(reason=Suppression.Reason.COMPLAINED)
