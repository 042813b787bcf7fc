"""Signed tokens for links in emails. They contain a primary key, never an address or an answer."""

from base64 import b32encode
from contextlib import suppress
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.core.signing import BadSignature, Signer
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.crypto import salted_hmac

from assessments.selectors import edition_get
from guides import selectors
from guides.models import Contact, DownloadLink

M = TypeVar("M", bound=Model)

SIGNATURE_BYTES = 20  # 160 bits: 32 characters


class LinkSigner(Signer):
    """A signer that uses lowercase base32: signatures survive changes of case, and programs that
    turn text into links don't drop the last character, as some do with - and _. Still accepts
    base64 signatures from earlier emails. A result's token stays base64, since it's in no email."""

    def __init__(self, salt: str) -> None:
        super().__init__(salt=salt, sep=".")
        self._base64 = Signer(salt=salt, sep=".")
        self._purpose = f"{salt}signer"

    def signature(self, value: str | bytes, key: Any = None) -> str:
        signed = salted_hmac(
            self._purpose, value, key or self.key, algorithm=self.algorithm
        ).digest()
        return b32encode(signed[:SIGNATURE_BYTES]).decode("ascii").lower()

    def unsign(self, signed_value: str) -> str:
        try:
            return super().unsign(signed_value.lower())
        except BadSignature:
            return self._base64.unsign(signed_value)


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
    return _primary_key(PREFERENCES, token) is not None


def is_signed(kind: str, token: str) -> bool:
    """Whether the token is valid for this kind of link, even if its row was deleted."""
    return _primary_key(SIGNERS[kind], token) is not None


def absolute(name: str, token: str) -> str:
    """The absolute URL of a page, for an email."""
    return f"{settings.SITE_URL}{reverse(name, args=[token])}"


def _find(signer: Signer, token: str, rows: QuerySet[M]) -> M | None:
    pk = _primary_key(signer, token)
    with suppress(ObjectDoesNotExist):
        return None if pk is None else rows.get(pk=pk)
    return None


def _primary_key(signer: Signer, token: str) -> int | None:
    """The row's primary key; None if the token is invalid."""
    try:
        return int(signer.unsign(token))
    except BadSignature:
        return None
