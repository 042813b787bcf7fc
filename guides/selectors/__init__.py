"""Everything that reads: guides, contacts, deliveries."""

from guides.selectors.content import (
    forget,
    guide_by_slug,
    guide_content,
    guide_email_text,
    guide_live_for,
    guide_newest_edition,
    guide_offers,
)
from guides.selectors.delivery import (
    address_suppressed,
    consent_step,
    contact_language,
    deliveries_of,
    deliveries_since,
    guide_for,
    oldest_due_age,
)

__all__ = [
    "address_suppressed",
    "consent_step",
    "contact_language",
    "deliveries_of",
    "deliveries_since",
    "forget",
    "guide_by_slug",
    "guide_content",
    "guide_email_text",
    "guide_for",
    "guide_live_for",
    "guide_newest_edition",
    "guide_offers",
    "oldest_due_age",
]
