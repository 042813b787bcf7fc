"""The signed hidden field of a self-check: the edition, a nonce, and when the page was opened.

The nonce makes a double click one submission. The age blocks bots that post immediately, and those
that post with one token for days.
"""

import secrets
import time
from dataclasses import dataclass

from django.core import signing

SALT = "assessments.form_token"
MINIMUM_AGE = 2.0  # seconds; no one reads the safety list faster
MAXIMUM_AGE = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class FormToken:
    edition: int
    nonce: str
    opened: float

    @property
    def too_young(self) -> bool:
        return time.time() - self.opened < MINIMUM_AGE

    @property
    def too_old(self) -> bool:
        return time.time() - self.opened > MAXIMUM_AGE


def issue(edition: int) -> str:
    """A new token for a page with this edition."""
    return signing.dumps([edition, secrets.token_urlsafe(12), time.time()], salt=SALT)


def read(text: str) -> FormToken | None:
    """The token, or None if we didn't sign it."""
    try:
        return FormToken(*signing.loads(text, salt=SALT))
    except signing.BadSignature:
        return None
