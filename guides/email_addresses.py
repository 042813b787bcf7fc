"""Email addresses: IDNA encoding, normalized key, inbox, keyed hash, and a mask for pages."""

import idna
from django.utils.crypto import salted_hmac

GMAIL = ("gmail.com", "googlemail.com")


def address_to_mail(email: str) -> str:
    """The address with its domain encoded by IDNA 2008 (`xn--…`).

    Raises ValueError for an undeliverable address. Django encodes domains by IDNA 2003, which would
    send mail for straße.de to strasse.de, a domain that belongs to someone else.
    """
    local, _, domain = email.rpartition("@")
    if not local.isascii():
        raise ValueError("the part before the @ must be ASCII")
    return f"{local}@{idna.encode(domain, uts46=True).decode('ascii')}"


def address_ascii(email: str) -> str:
    """The address in ASCII if possible, else unchanged. For the practice's own addresses, where an
    error must not stop the mail."""
    if email.isascii():
        return email
    try:
        return address_to_mail(email)
    except ValueError:
        return email


def address_readable(email: str) -> str:
    """The address with its domain decoded from `xn--…`, as its owner writes it."""
    local, _, domain = email.rpartition("@")
    try:
        return f"{local}@{idna.decode(domain)}"
    except ValueError:
        return email


def address_key(email: str) -> str:
    """The normalized address, for comparison. Mail is sent to the address as typed."""
    return email.strip().lower()


def address_domain(email: str) -> str:
    """The domain in lower case and ASCII."""
    return address_ascii(address_key(email)).rpartition("@")[2].rstrip(".")


def address_inbox(email: str) -> str:
    """One spelling for all addresses of an inbox: without a plus tag, and for Gmail without dots.
    For counting and refusing only. Mail is sent to the address as typed."""
    local, domain = address_key(email).rpartition("@")[0], address_domain(email)
    local = local.partition("+")[0] or local
    if domain in GMAIL:
        local, domain = local.replace(".", "") or local, GMAIL[0]
    return f"{local}@{domain}"


def inbox_hmac(email: str) -> str:
    """The keyed hash of an address's inbox. That of a plain address is its own."""
    return address_hmac(address_inbox(email))


def address_hmac(email: str) -> str:
    """A keyed hash (64 hex digits) that identifies an address without storing it."""
    return salted_hmac("guides.suppression", address_key(email), algorithm="sha256").hexdigest()


def address_mask(email: str) -> str:
    """`r•••@example.org`: enough for its owner to see a typo, too little for a stranger."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}•••@{domain}"
