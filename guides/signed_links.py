"""Signed tokens for links in emails. They contain a primary key, never an address or an answer."""

from contextlib import suppress
from typing import TypeVar

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet
from django.urls import reverse

from assessments.selectors import edition_get
from assessments.submissions.signed_links import LinkSigner
from guides import selectors
from guides.models import Contact, DownloadLink

M = TypeVar("M", bound=Model)

GUIDE = LinkSigner("guides.links.guide")
UNSUBSCRIBE = LinkSigner("guides.links.unsubscribe")
PREFERENCES = LinkSigner("guides.links.preferences")

SIGNERS = {"guide": GUIDE, "unsubscribe": UNSUBSCRIBE, "preferences": PREFERENCES}
"""By the first part of the link's path."""


def guide_token(link: DownloadLink) -> str:
    return GUIDE.sign(str(link.pk))


def guide_link(token: str) -> DownloadLink | None:
    """The link, expired or not; None if it is forged, truncated, revoked or erased. Its editions
    come from the cache."""
    rows = DownloadLink.objects.filter(revoked_at=None).select_related("contact", "submission")
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


def absolute(name: str, token: str) -> str:
    """The absolute URL of a page, for an email."""
    return f"{settings.SITE_URL}{reverse(name, args=[token])}"


def _find(signer: LinkSigner, token: str, rows: QuerySet[M]) -> M | None:
    pk = signer.primary_key(token)
    with suppress(ObjectDoesNotExist):
        return None if pk is None else rows.get(pk=pk)
    return None
