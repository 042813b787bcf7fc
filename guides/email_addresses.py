"""Email addresses: one spelling to mail to, one key, a mask for pages, and a keyed hash."""

import idna
from django.utils.crypto import salted_hmac


def address_to_mail(email: str) -> str:
    """The address with its domain as mail servers spell it (IDNA 2008, `xn--…`).

    Raises ValueError for one that no mail can reach. Django encodes domains by IDNA 2003, which
    would send mail for straße.de to strasse.de. That domain belongs to someone else.
    """
    local, _, domain = email.rpartition("@")
    if not local.isascii():
        raise ValueError("only plain letters may stand before the @")
    return f"{local}@{idna.encode(domain, uts46=True).decode('ascii')}"


def address_ascii(email: str) -> str:
    """An address of our own, which nobody corrects while mail goes out: in plain letters where it
    has such a spelling, else as it is."""
    if email.isascii():
        return email
    try:
        return address_to_mail(email)
    except ValueError:
        return email


def address_readable(email: str) -> str:
    """As its owner writes it: `xn--…` is how mail servers spell a domain, and nobody else."""
    local, _, domain = email.rpartition("@")
    try:
        return f"{local}@{idna.decode(domain)}"
    except ValueError:
        return email


def address_key(email: str) -> str:
    """What two spellings of one address share. Mail itself goes to what was typed."""
    return email.strip().lower()


def address_hmac(email: str) -> str:
    """64 hex digits that tell a known address again without keeping it."""
    return salted_hmac("guides.suppression", address_key(email), algorithm="sha256").hexdigest()


def address_mask(email: str) -> str:
    """`r•••@example.org`: enough for its owner to see a slip, too little for a stranger."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}•••@{domain}"
