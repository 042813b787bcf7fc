"""Stores events from mail services (delivered, bounced, complained), and suppresses addresses."""

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

from assessments.submissions.erasures import Refused, erasures_note
from guides.consents.services import consents_end
from guides.delivery import outbox
from guides.email_addresses import address_hmac, address_key, inbox_hmac
from guides.models import Contact, Delivery, MailEvent, Suppression
from guides.reasons import SERVICE_GAVE_ADDRESS_UP

Kind = MailEvent.Kind

IGNORED = frozenset({EventType.OPENED, EventType.CLICKED, EventType.QUEUED, EventType.SENT})
"""Not stored: opens and clicks for privacy, the others because they are already known."""
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
"""The path and values that mark a permanent bounce in each service's events. django-anymail reports
a full mailbox as bounced, too."""
SUPPRESSED = {
    Kind.BOUNCED: Suppression.Reason.BOUNCED,
    Kind.COMPLAINED: Suppression.Reason.COMPLAINED,
}
DIGITS = 18
"""Of the largest primary key."""


@dataclass(frozen=True, kw_only=True)
class ProviderEvent:
    """A service's event, with the fields that identify its delivery."""

    identity: str
    kind: Kind
    reason: str
    at: datetime
    address: str
    delivery: int
    message_id: str


@dataclass(frozen=True)
class TrackedDelivery:
    """A delivery that an event refers to, and its address."""

    pk: int
    address: str


def mail_events_add(*, provider: str, events: Iterable[AnymailTrackingEvent]) -> None:
    """Stores every event once. A hard bounce or a complaint suppresses its address.

    The number of queries doesn't depend on the number of events.
    """
    parsed = (_parse(provider, event) for event in events if event.event_type not in IGNORED)
    received = {event.identity: event for event in parsed}
    with transaction.atomic():
        stored = MailEvent.objects.filter(provider=provider, identity__in=received)
        known = set(stored.order_by().values_list("identity", flat=True))
        new = [event for event in received.values() if event.identity not in known]
        if not new:
            return
        deliveries = _deliveries(new)
        # Contacts are locked before their deliveries, as everywhere.
        _suppress(new, deliveries)
        MailEvent.objects.bulk_create(
            [
                MailEvent(
                    provider=provider,
                    identity=event.identity,
                    kind=event.kind,
                    reason=event.reason,
                    at=event.at,
                    delivery_id=delivery.pk
                    if (delivery := deliveries.get(event.identity))
                    else None,
                )
                for event in new
            ],
            ignore_conflicts=True,
        )


def _parse(provider: str, event: AnymailTrackingEvent) -> ProviderEvent:
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
    path, values = HARD.get(provider, ((), ()))
    if event_type in {EventType.BOUNCED, EventType.REJECTED} and _value_at(raw, path) in values:
        return Kind.BOUNCED
    return KINDS.get(event_type, Kind.OTHER)


def _identity(provider: str, event: AnymailTrackingEvent, raw: dict[str, Any]) -> str:
    """A hash of the service's event ID, or of the whole event if there is none. For Mailgun,
    django-anymail's event ID is a token that changes with every attempt."""
    event_id = _value_at(raw, ("event-data", "id")) if provider == "Mailgun" else event.event_id
    value = _text(event_id or json.dumps(raw, sort_keys=True, default=str))
    return salted_hmac("guides.mail_event", value, algorithm="sha256").hexdigest()


def _text(value: object) -> str:
    """The value as text that a database accepts: no null bytes and no lone surrogates."""
    return str(value or "").replace("\0", "").encode(errors="replace").decode()


def _moment(timestamp: datetime | None) -> datetime:
    if timestamp is None:
        return timezone.now()
    return timezone.make_aware(timestamp) if timezone.is_naive(timestamp) else timestamp


def _value_at(raw: Any, path: tuple[str, ...]) -> object:
    for name in path:
        raw = raw.get(name) if isinstance(raw, dict) else None
    return raw


def _deliveries(events: list[ProviderEvent]) -> dict[str, TrackedDelivery]:
    """The deliveries that events refer to, by the event's identity.

    Two sites may share an account with a service, so a primary key alone isn't enough: a match
    needs the key and the address, or the Message-ID.
    """
    matches = Q(pk__in={event.delivery for event in events if event.delivery})
    matches |= Q(message_id__in={event.message_id for event in events if event.message_id})
    rows = Delivery.objects.filter(matches).order_by()
    by_key, by_message_id = {}, {}
    for pk, message_id, address in rows.values_list("pk", "message_id", "contact__email_key"):
        by_key[pk, address] = by_message_id[message_id] = TrackedDelivery(pk, address or "")
    deliveries = {
        event.identity: by_key.get((event.delivery, event.address))
        or by_message_id.get(event.message_id)
        for event in events
    }
    return {identity: delivery for identity, delivery in deliveries.items() if delivery}


def _suppress(events: list[ProviderEvent], deliveries: dict[str, TrackedDelivery]) -> None:
    """Suppresses the addresses of bounces and complaints, even if no delivery was found."""
    reasons = {}
    for event in sorted(events, key=lambda event: event.kind == Kind.COMPLAINED):
        delivery = deliveries.get(event.identity)
        address = event.address or (delivery.address if delivery else "")
        if address and event.kind in SUPPRESSED:
            reasons[address] = SUPPRESSED[event.kind]
    if not reasons:
        return
    contacts = Contact.objects.filter(email_key__in=reasons).order_by("pk")
    locked = dict(contacts.select_for_update().values_list("pk", "email_key"))
    # An existing suppression stays, such as one after an erasure.
    Suppression.objects.bulk_create(
        [
            Suppression(address_hmac=_suppression_hash(address, reason), reason=reason)
            for address, reason in reasons.items()
        ],
        ignore_conflicts=True,
    )
    _replace_bounces_by_complaints(reasons)
    outbox.mails_cancel(contacts=locked, reason=SERVICE_GAVE_ADDRESS_UP)
    consents_end(ended_by={pk: reasons[address] for pk, address in locked.items()})


def _replace_bounces_by_complaints(reasons: dict[str, Suppression.Reason]) -> None:
    """A bounce can be lifted once the mailbox works again; a complaint can't."""
    complained = [
        _suppression_hash(address, reason)
        for address, reason in reasons.items()
        if reason == Suppression.Reason.COMPLAINED
    ]
    erasures_note(what=Refused.COMPLAINED, hmacs=complained)
    Suppression.objects.filter(
        address_hmac__in=complained, reason=Suppression.Reason.BOUNCED
    ).update(reason=Suppression.Reason.COMPLAINED)


def _suppression_hash(address: str, reason: Suppression.Reason) -> str:
    """A complaint is about the inbox, and a bounce about one address: maybe its tag is unknown."""
    return inbox_hmac(address) if reason == Suppression.Reason.COMPLAINED else address_hmac(address)
