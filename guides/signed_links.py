"""Signed tokens of links in mails. They hold a row's number, never an address or an answer."""

from base64 import b32encode
from contextlib import suppress
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.core.signing import BadSignature, Signer
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.crypto import salted_hmac

from guides import selectors
from guides.models import Contact, DownloadLink

M = TypeVar("M", bound=Model)

ANSWERS = ("submission__answers", "submission__safety", "submission__result")
"""What no page behind a link shows."""

SIGNATURE_BYTES = 20  # 160 bits: 32 letters


class LinkSigner(Signer):
    """Signs in base32, in lowercase: a signature can be read even if its address came in capitals,
    and no program that makes links of text leaves off its last character, as it does with - and _.
    Emails that went out before were signed in base64, which it still takes. A result's token stays
    base64: it's in no email."""

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
"""By how the addresses of their links begin."""


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


def is_signed(kind: str, token: str) -> bool:
    """Whether it is one of ours for such links, whatever became of its row."""
    return _number(SIGNERS[kind], token) is not None


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
