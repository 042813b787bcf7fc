"""Email addresses: one key for each, a mask for pages, and a keyed hash."""

from django.utils.crypto import salted_hmac


def address_key(email: str) -> str:
    """What two spellings of one address share. Mail itself goes to what was typed."""
    return email.strip().casefold()


def address_hmac(email: str) -> str:
    """64 hex digits that tell a known address again without keeping it."""
    return salted_hmac("guides.suppression", address_key(email), algorithm="sha256").hexdigest()


def address_mask(email: str) -> str:
    """`r•••@example.org`: enough for its owner to see a slip, too little for a stranger."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}•••@{domain}"
