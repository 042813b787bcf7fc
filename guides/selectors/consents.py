"""Queries for suppressions and consents."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Case, Count, Exists, Max, OuterRef, QuerySet, When

from guides.email_addresses import address_hmac, inbox_hmac
from guides.models import Consent, Contact, Delivery, Suppression
from guides.selectors.content import guide_content
from guides.states import OPEN, WITH_A_YES, Kind, State

if TYPE_CHECKING:
    pass


NEWSLETTER_PURPOSES = (Consent.Purpose.FOLLOW_UP, Consent.Purpose.SECRET)
"""Consents that are reported to the newsletter tool. A series is the guide's own."""
PURPOSE_OF = {
    Kind.FOLLOW_UP: Consent.Purpose.FOLLOW_UP,
    Kind.SERIES: Consent.Purpose.SERIES,
    Kind.NEWS: Consent.Purpose.SECRET,
    Kind.CHECK_IN: Consent.Purpose.CHECK_IN,
}
"""What somebody must have said yes to, by kind of email."""
KIND_OF: dict[str, Kind] = {purpose: kind for kind, purpose in PURPOSE_OF.items()}

WORDINGS_SHOWN = 5


def address_suppression(email: str) -> Suppression | None:
    """The suppression of an address or its inbox, or None. A person's own decision comes before a
    bounce, which the PT can lift."""
    bounced = Suppression.Reason.BOUNCED
    return min(_suppressions(email), key=lambda row: row.reason == bounced, default=None)


def address_suppressed(email: str) -> bool:
    return _suppressions(email).exists()


def _suppressions(email: str) -> QuerySet[Suppression]:
    return Suppression.objects.filter(address_hmac__in=suppression_hashes(email))


def suppression_hashes(email: str) -> list[str]:
    """The hash of an address, and that of its inbox. Always two, so that a query for a plain
    address looks the same."""
    return [address_hmac(email), inbox_hmac(email)]


def addresses_suppressed(emails: Iterable[str]) -> set[str]:
    """Which of these addresses get no email, in one query."""
    hashes = {email: suppression_hashes(email) for email in emails}
    known = {code for codes in hashes.values() for code in codes}
    rows = Suppression.objects.filter(address_hmac__in=known)
    found = {*rows.values_list("address_hmac", flat=True)}
    return {email for email, codes in hashes.items() if not found.isdisjoint(codes)}


def contact_language(contact: Contact) -> str:
    """The language of the guide that a contact got last."""
    link = contact.links.select_related("edition").first()
    return guide_content(link.edition).language if link else settings.LANGUAGE_CODE


def consent_step(contact: Contact, purpose: Consent.Purpose) -> str:
    """The latest step of a contact's consent to a purpose, or blank."""
    last = contact.consents.filter(purpose=purpose).first()
    return last.step if last else ""


def consent_steps(contact: Contact) -> dict[str, str]:
    """The latest step by purpose."""
    return dict(contact.consents.order_by("at", "pk").values_list("purpose", "step"))


def consent_holds(contact: Contact, purpose: Consent.Purpose) -> bool:
    """Whether a consent is confirmed and not withdrawn. A new request doesn't undo it: anyone can
    type an address and check the box."""
    latest = contact.consents.filter(purpose=purpose).exclude(step=Consent.Step.ASKED).first()
    return latest is not None and latest.step == Consent.Step.CONFIRMED


def consents_confirmed() -> QuerySet[Consent]:
    """Confirmed, not withdrawn consents."""
    later = Consent.objects.filter(
        contact=OuterRef("contact"), purpose=OuterRef("purpose"), pk__gt=OuterRef("pk")
    )
    confirmed = Consent.objects.filter(step=Consent.Step.CONFIRMED)
    current = confirmed.exclude(Exists(later.exclude(step=Consent.Step.ASKED)))
    return current.select_related("contact").order_by("pk")


def consents_unused(purpose: str) -> QuerySet[Consent]:
    """Those for one purpose that still allow an email: one per address. A yes to the follow-up is
    used up once that email went out, and one to news once its email is on the way."""
    consents = consents_confirmed().filter(purpose=purpose)
    if purpose == Consent.Purpose.SECRET:
        return consents.exclude(Exists(news_for_consent()))
    if purpose != Consent.Purpose.FOLLOW_UP:
        return consents
    sent = Delivery.objects.filter(
        contact=OuterRef("contact"), kind=Kind.FOLLOW_UP, sent_at__gte=OuterRef("at")
    )
    return consents.exclude(Exists(sent))


def news_for_consent() -> QuerySet[Delivery]:
    """For a subquery: the news email that went out, or is about to, for a yes."""
    mails = Delivery.objects.filter(consent=OuterRef("pk"), kind=Kind.NEWS)
    return mails.exclude(state__in=[State.CANCELLED, State.FAILED])


def consent_used(contact: Contact, purpose: Consent.Purpose) -> bool:
    """Whether all that the contact's latest yes allows went out, or was stopped with the plan.
    Then they may say yes again."""
    if purpose == Consent.Purpose.CHECK_IN:
        return mail_waiting(contact, purpose) is None
    if purpose != Consent.Purpose.SECRET:
        return False
    yes = contact.consents.filter(purpose=purpose, step=Consent.Step.CONFIRMED).first()
    mails = Delivery.objects.filter(consent=yes, kind=Kind.NEWS, state=State.SENT)
    return yes is not None and mails.exists()


def consent_wordings(purpose: str) -> list[tuple[str, int]]:
    """The words that those who said yes had read, with how many, most read first."""
    counts = consents_unused(purpose).order_by().values("text_version").annotate(count=Count("pk"))
    rows = counts.order_by("-count", "text_version").values_list("text_version", "count")
    return list(rows[:WORDINGS_SHOWN])


def mail_waiting(contact: Contact, purpose: str) -> Delivery | None:
    """The contact's next queued email for a purpose, if any."""
    waiting = contact.deliveries.filter(kind=KIND_OF[purpose], state__in=OPEN)
    return waiting.order_by("due_at").first()


def mail_waits_until(contact: Contact) -> datetime | None:
    """When the last email that needs a yes is due. Those for check-ins are queued one by one, for
    as long as the link works."""
    waiting = contact.deliveries.filter(kind__in=WITH_A_YES, state__in=OPEN)
    until = Case(When(kind=Kind.CHECK_IN, then="link__expires_at"), default="due_at")
    last: datetime | None = waiting.aggregate(last=Max(until))["last"]
    return last
