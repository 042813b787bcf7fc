"""Signed tokens for links in emails. They contain a primary key, never an address or an answer."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.core.signing import BadSignature
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils import timezone

from assessments.selectors import edition_get, submissions_by_first
from assessments.submissions.signed_links import LinkSigner
from guides import selectors
from guides.models import Contact, DownloadLink

if TYPE_CHECKING:
    from assessments.models import Submission

M = TypeVar("M", bound=Model)

GUIDE = LinkSigner("guides.links.guide")
UNSUBSCRIBE = LinkSigner("guides.links.unsubscribe")
PREFERENCES = LinkSigner("guides.links.preferences")
ADDRESS = LinkSigner("guides.links.address")
ADDRESS_LIFE = timedelta(days=7)

SIGNERS = {"guide": GUIDE, "unsubscribe": UNSUBSCRIBE, "preferences": PREFERENCES}
"""By the first part of the link's path."""


def guide_token(link: DownloadLink) -> str:
    return GUIDE.sign(str(link.pk))


def guide_link(token: str) -> DownloadLink | None:
    """The link, expired or not; None if it is forged, truncated, revoked or erased. Its editions
    come from the cache."""
    rows = DownloadLink.objects.filter(revoked_at=None)
    rows = rows.select_related("contact", "submission", "training")
    link = _find(GUIDE, token, rows)
    if link:
        link.edition = selectors.guide_edition(link.edition_id)
    if link and link.submission:
        edition = edition_get(link.submission.edition_id)
        link.submission.edition = edition or link.submission.edition
    return link


def unsubscribe_token(contact: Contact) -> str:
    return UNSUBSCRIBE.sign(str(contact.pk))


def unsubscribe_contact(token: str) -> Contact | None:
    return _find(UNSUBSCRIBE, token, Contact.objects.all())


def preferences_token(contact: Contact) -> str:
    return PREFERENCES.sign(str(contact.pk))


def preferences_contact(token: str) -> Contact | None:
    return _find(PREFERENCES, token, Contact.objects.all())


def preferences_authentic(token: str) -> bool:
    """Whether the token is valid, even if its contact was erased."""
    return PREFERENCES.primary_key(token) is not None


def is_signed(kind: str, token: str) -> bool:
    """Whether the token is valid for this kind of link, even if its row was deleted."""
    return SIGNERS[kind].primary_key(token) is not None


def address_token(submission: "Submission") -> str:
    """For a link to type another address for the guide with these answers: once, for a week."""
    return ADDRESS.sign(f"{submission.pk}-{_microseconds(timezone.now())}")


class AddressLink(NamedTuple):
    submission: "Submission"
    last_request: int
    """The latest request for the guide with these answers, as a key; 0 if there's none."""
    used: bool
    """Whether somebody asked for the guide since the link was made."""


def address_link(token: str) -> AddressLink | None:
    """None if the link is forged or over."""
    try:
        pk, made = map(int, ADDRESS.unsign(token).split("-"))
    except (BadSignature, ValueError):
        return None
    if _microseconds(timezone.now() - ADDRESS_LIFE) > made:
        return None
    submission = submissions_by_first([pk]).filter(pk=pk).first()
    if submission is None:
        return None
    latest = selectors.deliveries_of(submission).first()
    if latest is None:
        return AddressLink(submission, last_request=0, used=False)
    return AddressLink(submission, latest.pk, used=_microseconds(latest.queued_at) > made)


def _microseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)


def absolute(name: str, token: str) -> str:
    """The absolute URL of a page, for an email."""
    return f"{settings.SITE_URL}{reverse(name, args=[token])}"


def _find(signer: LinkSigner, token: str, rows: QuerySet[M]) -> M | None:
    pk = signer.primary_key(token)
    with suppress(ObjectDoesNotExist):
        return None if pk is None else rows.get(pk=pk)
    return None
