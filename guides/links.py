"""Signed tokens of links in mails. They hold a row's number, never an address or an answer."""

from contextlib import suppress
from typing import TypeVar

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.core.signing import BadSignature, Signer
from django.db.models import Model, QuerySet
from django.urls import reverse

from guides import selectors
from guides.models import Contact, DownloadLink

M = TypeVar("M", bound=Model)

ANSWERS = ("submission__answers", "submission__safety", "submission__result")
"""What no page behind a link shows."""

GUIDE = Signer(salt="guides.links.guide", sep=".")
UNSUBSCRIBE = Signer(salt="guides.links.unsubscribe", sep=".")
PREFERENCES = Signer(salt="guides.links.preferences", sep=".")


def guide_token(link: DownloadLink) -> str:
    return GUIDE.sign(str(link.pk))


def guide_link(token: str) -> DownloadLink | None:
    """The link, expired or not; None for one that is forged, truncated, revoked or erased."""
    rows = DownloadLink.objects.filter(revoked_at=None).select_related("contact", "submission")
    link = _find(GUIDE, token, rows.defer(*ANSWERS))
    if link:
        link.edition = selectors.guide_edition(link.edition_id)
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
    """Whether it is one of ours, if only of somebody who was erased since."""
    return _number(PREFERENCES, token) is not None


def absolute(name: str, token: str) -> str:
    """The full address of a page in a mail."""
    return f"{settings.SITE_URL}{reverse(name, args=[token])}"


def _find(signer: Signer, token: str, rows: QuerySet[M]) -> M | None:
    number = _number(signer, token)
    with suppress(ObjectDoesNotExist):
        return None if number is None else rows.get(pk=number)
    return None


def _number(signer: Signer, token: str) -> int | None:
    """That of the row, None for a token that is not ours."""
    try:
        return int(signer.unsign(token))
    except BadSignature:
        return None
